// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// More lines than other files, and its functions are long too: they are tables.

#include "framerows.h"

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

Arrival toServer(const QByteArray &bytes)
{
    return {Direction::ToServer, bytes, 0};
}

Arrival toClient(const QByteArray &bytes)
{
    return {Direction::ToClient, bytes, 0};
}

/// Bytes of the client, then some that are missing.
Arrival gap(const QByteArray &bytes, quint64 missing)
{
    return {Direction::ToServer, bytes, missing};
}

Arrival gapToClient(const QByteArray &bytes, quint64 missing)
{
    return {Direction::ToClient, bytes, missing};
}

std::vector<FrameRow> plainRows()
{
    return {
        {"record",
         "record",
         {toServer("abc"_ba), toClient("\n"_ba), toServer("d"_ba)},
         {u"→ [abc]"_s, u"← [\\n]"_s, u"→ [d]"_s}},
        {"record, gap",
         "record",
         {gap("abc"_ba, 5), toServer("d"_ba)},
         {u"→ [abc]"_s, u"→ cut (5)[]"_s, u"→ [d]"_s}},
        {"lines",
         "line",
         {toServer("one\ntwo\r\n\n\r\nrest"_ba), toClient("x\n"_ba)},
         {u"→ [one]\\n"_s, u"→ [two]\\r\\n"_s, u"→ []\\n"_s, u"→ []\\r\\n"_s, u"← [x]\\n"_s,
          u"→ cut [rest]"_s}},
        {"line, returns within",
         "line",
         {toServer("a\rb\r\r\n\r"_ba)},
         {u"→ [a\\rb\\r]\\r\\n"_s, u"→ cut [\\r]"_s}},
        {"line, gap behind a return",
         "line",
         {gap("a\r"_ba, 1), toServer("\nb\n"_ba)},
         {u"→ cut [a\\r]"_s, u"→ cut (1)[]"_s, u"→ []\\n"_s, u"→ [b]\\n"_s}},
        {"line, gap at its end", "line", {gap("a\n"_ba, 7)}, {u"→ [a]\\n"_s, u"→ cut (7)[]"_s}},
        {"lines that are no text", "line", {toServer("\x00\xff\n"_ba)}, {u"→ [\\0\\xff]\\n"_s}},
        {"null",
         "null",
         {toServer("a\0\0bc"_ba), toClient("{}\0"_ba)},
         {u"→ [a]\\0"_s, u"→ []\\0"_s, u"← [{}]\\0"_s, u"→ cut [bc]"_s}},
        {"delimiter",
         "delimiter:3b3b",
         {toServer("a;b;;c;;;d;"_ba)},
         {u"→ [a;b];;"_s, u"→ [c];;"_s, u"→ cut [;d;]"_s}},
        {"delimiter that begins as it ends",
         "delimiter:616162", // aab
         {toServer("aaabaabxaaaa"_ba)},
         {u"→ [a]aab"_s, u"→ []aab"_s, u"→ cut [xaaaa]"_s}},
        {"delimiter with two borders",
         "delimiter:6162616261", // ababa
         {toServer("abababababaxababbababa"_ba)},
         {u"→ []ababa"_s, u"→ [b]ababa"_s, u"→ [xababb]ababa"_s}},
        {"delimiter, gap in it",
         "delimiter:0d0a",
         {gap("a\r"_ba, 1), toServer("\nb\r\n"_ba)},
         {u"→ cut [a\\r]"_s, u"→ cut (1)[]"_s, u"→ [\\nb]\\r\\n"_s}},
        {"fixed",
         "fixed:3",
         {toServer("abcdefgh"_ba), toClient("xyz"_ba)},
         {u"→ [abc]"_s, u"→ [def]"_s, u"← [xyz]"_s, u"→ cut [gh]"_s}},
        {"fixed, gap",
         "fixed:3",
         {gap("abcd"_ba, 2), toServer("efg"_ba)},
         {u"→ [abc]"_s, u"→ cut [d]"_s, u"→ cut (2)[]"_s, u"→ [efg]"_s}},
        {"fixed, one", "fixed:1", {toServer("ab"_ba)}, {u"→ [a]"_s, u"→ [b]"_s}},
    };
}

std::vector<FrameRow> lengthRows()
{
    return {
        {"1 byte",
         "length:1",
         {toServer("\x03"
                   "abc\x00\x01x\x05y"_ba)},
         {u"→ \\x03[abc]"_s, u"→ \\0[]"_s, u"→ \\x01[x]"_s, u"→ cut \\x05[y]"_s}},
        {"2 bytes",
         "length:2",
         {toServer("\x00\x02hi\x00"_ba)},
         {u"→ \\0\\x02[hi]"_s, u"→ cut \\0[]"_s}},
        {"2 bytes, little",
         "length:2:little",
         {toServer("\x02\x00hi"_ba), toClient("\x00\x00"_ba)},
         {u"→ \\x02\\0[hi]"_s, u"← \\0\\0[]"_s}},
        {"4 bytes",
         "length:4",
         {toServer("\0\0\0\x02hi\0\0\0\x01"_ba)},
         {u"→ \\0\\0\\0\\x02[hi]"_s, u"→ cut \\0\\0\\0\\x01[]"_s}},
        {"8 bytes",
         "length:8:little",
         {toServer("\x02\0\0\0\0\0\0\0hi"_ba)},
         {u"→ \\x02\\0\\0\\0\\0\\0\\0\\0[hi]"_s}},
        {"8 bytes that no message has",
         "length:8",
         {gap("\x80\0\0\0\0\0\0\0hi"_ba, 1), toServer("\0\0\0\0\0\0\0\x01x"_ba)},
         {u"→ unframed [\\x80\\0\\0\\0\\0\\0\\0\\0hi]"_s, u"→ cut (1)[]"_s,
          u"→ \\0\\0\\0\\0\\0\\0\\0\\x01[x]"_s}},
        {"as many as there can be",
         "length:8",
         {toServer("\x7f\xff\xff\xff\xff\xff\xff\xf7x"_ba)},
         {u"→ cut \\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xf7[x]"_s}},
        {"one more",
         "length:8",
         {toServer("\x7f\xff\xff\xff\xff\xff\xff\xf8x"_ba)},
         {u"→ unframed [\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xf8x]"_s}},
        {"inclusive",
         "length:2:inclusive",
         {toServer("\x00\x04hi\x00\x02\x00\x01zz"_ba)},
         {u"→ \\0\\x04[hi]"_s, u"→ \\0\\x02[]"_s, u"→ unframed [\\0\\x01zz]"_s}},
        {"offset",
         "length:2:offset=1",
         {toServer("T\x00\x02hiU\x00\x00V\x00"_ba)},
         {u"→ T\\0\\x02[hi]"_s, u"→ U\\0\\0[]"_s, u"→ cut V\\0[]"_s}},
        {"offset, inclusive",
         "length:1:offset=2:inclusive",
         {toServer("ab\x05xyab\x03"_ba)},
         {u"→ ab\\x05[xy]"_s, u"→ ab\\x03[]"_s}},
        {"offset, gap in front of the number",
         "length:1:offset=2",
         {gap("a"_ba, 1), toServer("ab\x01x"_ba)},
         {u"→ cut a[]"_s, u"→ cut (1)[]"_s, u"→ ab\\x01[x]"_s}},
        {"offset of more than comes",
         "length:4:offset=4294967295",
         {toServer("abc"_ba)},
         {u"→ cut abc[]"_s}},
        {"varint",
         "length:varint",
         {toServer("\x02hi\x80\x00\x00\x81\x00x\x80"_ba)},
         {u"→ \\x02[hi]"_s, u"→ \\x80\\0[]"_s, u"→ \\0[]"_s, u"→ \\x81\\0[x]"_s,
          u"→ cut \\x80[]"_s}},
        {"varint of 150",
         "length:varint",
         {toServer("\x96\x01"_ba + QByteArray(150, 'x'))},
         {u"→ \\x96\\x01["_s + QString(150, u'x') + u']'}},
        {"varint, too long",
         "length:varint",
         {toServer("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"_ba)},
         {u"→ unframed [\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x01]"_s}},
        {"varint, more than 64 bits",
         "length:varint",
         {toServer("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02zz"_ba)},
         {u"→ unframed [\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x02zz]"_s}},
        {"qdatastream",
         "qdatastream",
         {toServer("\0\0\0\x02hi\xff\xff\xff\xff\0\0\0\0"_ba), toClient("\0\0\0\x05h"_ba)},
         {u"→ \\0\\0\\0\\x02[hi]"_s, u"→ form 1 \\xff\\xff\\xff\\xff[]"_s, u"→ \\0\\0\\0\\0[]"_s,
          u"← cut \\0\\0\\0\\x05[h]"_s}},
        {"qdatastream, long",
         "qdatastream",
         {toServer("\xff\xff\xff\xfe\0\0\0\0\0\0\0\x02hi\xff\xff\xff\xfe\0"_ba)},
         {u"→ \\xff\\xff\\xff\\xfe\\0\\0\\0\\0\\0\\0\\0\\x02[hi]"_s,
          u"→ cut \\xff\\xff\\xff\\xfe\\0[]"_s}},
        {"qdatastream, long and negative",
         "qdatastream",
         {gap("\xff\xff\xff\xfe\xff\0\0\0\0\0\0\x02hi"_ba, 1), toServer("\0\0\0\x01x"_ba)},
         {u"→ unframed [\\xff\\xff\\xff\\xfe\\xff\\0\\0\\0\\0\\0\\0\\x02hi]"_s, u"→ cut (1)[]"_s,
          u"→ \\0\\0\\0\\x01[x]"_s}},
    };
}

std::vector<FrameRow> contentLengthRows()
{
    const char *const s = "content-length";
    return {
        {"lsp",
         s,
         {toServer("Content-Length: 2\r\n\r\n{}Content-Length: 0\r\n\r\n"_ba),
          toClient("Content-Length: 3\r\n\r\n[1"_ba)},
         {u"→ Content-Length: 2\\r\\n\\r\\n[{}]"_s, u"→ Content-Length: 0\\r\\n\\r\\n[]"_s,
          u"← cut Content-Length: 3\\r\\n\\r\\n[[1]"_s}},
        {"any order, any case",
         s,
         {toServer("CONTENT-TYPE: application/vscode-jsonrpc; charset=utf-8\r\nx-y:\r\n"
                   "content-LENGTH:\t 2 \r\n\r\n{}"_ba)},
         {u"→ CONTENT-TYPE: application/vscode-jsonrpc; charset=utf-8\\r\\nx-y:\\r\\n"
          "content-LENGTH:\\t 2 \\r\\n\\r\\n[{}]"_s}},
        {"bare line ends",
         s,
         {toServer("Content-Length: 1\n\nx"_ba)},
         {u"→ Content-Length: 1\\n\\n[x]"_s}},
        {"said twice",
         s,
         {toServer("Content-Length: 1\r\ncontent-length: 1\r\n\r\nx"_ba)},
         {u"→ Content-Length: 1\\r\\ncontent-length: 1\\r\\n\\r\\n[x]"_s}},
        {"said twice, differently",
         s,
         {toServer("Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"_ba)},
         {u"→ unframed [Content-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nx]"_s}},
        {"prints a line",
         s,
         {toServer("started at noon\nContent-Length: 1\r\n\r\nx"_ba)},
         {u"→ unframed [started at noon\\n]"_s, u"→ Content-Length: 1\\r\\n\\r\\n[x]"_s}},
        {"prints what looks like a header",
         s,
         {toServer("warning: old\nno\nContent-Type: a\r\nContent-Length: 1\r\n\r\nx"_ba)},
         {u"→ unframed [warning: old\\nno\\n]"_s,
          u"→ Content-Type: a\\r\\nContent-Length: 1\\r\\n\\r\\n[x]"_s}},
        {"prints without an end of line",
         s,
         {toServer("doneContent-Length: 1\r\n\r\nx\n"_ba)},
         {u"→ unframed [done]"_s, u"→ Content-Length: 1\\r\\n\\r\\n[x]"_s, u"→ unframed [\\n]"_s}},
        {"prints a word and a colon",
         s,
         {toServer("done: Content-Length: 1\r\n\r\nx"_ba)},
         {u"→ unframed [done: ]"_s, u"→ Content-Length: 1\\r\\n\\r\\n[x]"_s}},
        {"a name begun twice",
         s,
         {toServer("CoContent-Content-Length: 1\r\n\r\nx"_ba)},
         {u"→ unframed [CoContent-]"_s, u"→ Content-Length: 1\\r\\n\\r\\n[x]"_s}},
        {"no length",
         s,
         {toServer("Content-Type: a\r\n\r\n{}Content-Length: 1\r\n\r\nx"_ba)},
         {u"→ unframed [Content-Type: a\\r\\n\\r\\n{}]"_s,
          u"→ Content-Length: 1\\r\\n\\r\\n[x]"_s}},
        {"no number",
         s,
         {toServer("Content-Length: \r\n\r\nContent-Length: 1 2\r\n\r\nContent-Length: -1\r\n\r\n"
                   "Content-Length: 1\r\n\r\nx"_ba)},
         {u"→ unframed [Content-Length: \\r\\n\\r\\n]"_s,
          u"→ unframed [Content-Length: 1 2\\r\\n\\r\\n]"_s,
          u"→ unframed [Content-Length: -1\\r\\n\\r\\n]"_s,
          u"→ Content-Length: 1\\r\\n\\r\\n[x]"_s}},
        {"as much as there can be",
         s,
         {toServer("Content-Length: 9223372036854775807\r\n\r\nx"_ba)},
         {u"→ cut Content-Length: 9223372036854775807\\r\\n\\r\\n[x]"_s}},
        {"one more",
         s,
         {toServer("Content-Length: 9223372036854775808\r\n\r\nx"_ba)},
         {u"→ unframed [Content-Length: 9223372036854775808\\r\\n\\r\\nx]"_s}},
        {"a return alone",
         s,
         {toServer("Content-Length: 1\rContent-Length: 1\r\n\rx"_ba)},
         {u"→ unframed [Content-Length: 1\\r]"_s, u"→ unframed [Content-Length: 1\\r\\n\\rx]"_s}},
        {"header cut",
         s,
         {gap("Content-Length: 10\r\n"_ba, 4), toServer("Content-Le"_ba)},
         {u"→ cut Content-Length: 10\\r\\n[]"_s, u"→ cut (4)[]"_s, u"→ cut Content-Le[]"_s}},
        {"gap in a name",
         s,
         {gap("junk Content-"_ba, 1), toServer("Length: 1\r\n\r\nx"_ba)},
         {u"→ unframed [junk Content-]"_s, u"→ cut (1)[]"_s,
          u"→ unframed [Length: 1\\r\\n\\r\\nx]"_s}},
        {"header too long",
         s,
         {toServer("A: "_ba + QByteArray(8200, 'x') + "\r\nContent-Length: 1\r\n\r\ny"_ba)},
         {u"→ unframed [A: "_s + QString(8200, u'x') + u"\\r\\n]"_s,
          u"→ Content-Length: 1\\r\\n\\r\\n[y]"_s}},
        {"header as long as can be",
         s,
         {toServer("Content-Length: 1\r\nA: "_ba + QByteArray(8192 - 26, 'x') + "\r\n\r\ny"_ba)},
         {u"→ Content-Length: 1\\r\\nA: "_s + QString(8192 - 26, u'x') + u"\\r\\n\\r\\n[y]"_s}},
        {"a byte longer",
         s,
         {toServer("Content-Length: 1\r\nA: "_ba + QByteArray(8192 - 25, 'x') + "\r\n\r\ny"_ba)},
         {u"→ unframed [Content-Length: 1\\r\\nA: "_s + QString(8192 - 25, u'x')
          + u"\\r\\n\\r\\ny]"_s}},
    };
}

std::vector<FrameRow> httpRows()
{
    const char *const s = "http";
    return {
        {"request and response",
         s,
         {toServer("GET / HTTP/1.1\r\nHost: a\r\n\r\n"_ba),
          toClient("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"_ba)},
         {u"→ [GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi]"_s}},
        {"pipelining",
         s,
         {toServer("POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"
                   "GET /b HTTP/1.1\r\n\r\n\r\nGET /c"_ba),
          toClient(
              "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"_ba)},
         {u"→ [POST /a HTTP/1.1\\r\\nContent-Length: 1\\r\\n\\r\\nx]"_s,
          u"→ [GET /b HTTP/1.1\\r\\n\\r\\n]"_s, u"← [HTTP/1.1 204 No Content\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n]"_s, u"→ cut \\r\\n[GET /c]"_s}},
        {"chunked",
         s,
         {toClient("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\nabc\r\n1;a=b\r\nd\r\n0\r\nTrailer: x\r\n\r\nHTTP/1.1 304 Not\r\n\r\n"_ba)},
         {u"← [HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
          "3\\r\\nabc\\r\\n1;a=b\\r\\nd\\r\\n0\\r\\nTrailer: x\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 304 Not\\r\\n\\r\\n]"_s}},
        {"no body after HEAD, 204 and 304",
         s,
         {toServer("HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"_ba),
          toClient("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                   "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
                   "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"_ba)},
         {u"→ [HEAD / HTTP/1.1\\r\\n\\r\\n]"_s, u"→ [GET / HTTP/1.1\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 304 Not Modified\\r\\nContent-Length: 9\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 204 No\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\nx]"_s}},
        {"interim responses answer nothing",
         s,
         {toServer("HEAD / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n"_ba),
          toClient("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
                   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"_ba)},
         {u"→ [HEAD / HTTP/1.1\\r\\nExpect: 100-continue\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 100 Continue\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 103 Early\\r\\nLink: x\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n]"_s}},
        {"until the end",
         s,
         {toClient("HTTP/1.0 200 OK\r\n\r\nHTTP/1.0 200 OK\r\n\r\n"_ba)},
         {u"← [HTTP/1.0 200 OK\\r\\n\\r\\nHTTP/1.0 200 OK\\r\\n\\r\\n]"_s}},
        {"until a gap",
         s,
         {gapToClient("HTTP/1.0 200 OK\r\n\r\nab"_ba, 1), toClient("HTTP"_ba)},
         {u"← cut [HTTP/1.0 200 OK\\r\\n\\r\\nab]"_s, u"← cut (1)[]"_s, u"← cut [HTTP]"_s}},
        {"an encoding that only the end ends",
         s,
         {toClient("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab"_ba)},
         {u"← [HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\nab]"_s}},
        {"upgrade",
         s,
         {toServer("GET /chat HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"_ba),
          toClient("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                   "Upgrade: websocket\r\n\r\n\x81\x01x"_ba),
          toServer("GET / HTTP/1.1\r\n\r\n"_ba), toClient("\x81"_ba)},
         {u"→ [GET /chat HTTP/1.1\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\n"
          "Upgrade: websocket\\r\\n\\r\\n]"_s,
          u"→ unframed [GET / HTTP/1.1\\r\\n\\r\\n]"_s, u"← unframed [\\x81\\x01x\\x81]"_s}},
        {"upgrade refused",
         s,
         {toServer("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"_ba),
          toClient("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"_ba),
          toServer("GET / HTTP/1.1\r\n\r\n"_ba)},
         {u"→ [GET / HTTP/1.1\\r\\nConnection: Upgrade\\r\\nUpgrade: h2c\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\nx]"_s,
          u"→ [GET / HTTP/1.1\\r\\n\\r\\n]"_s}},
        {"switched, gap",
         s,
         {toServer("GET"_ba), toClient("HTTP/1.1 101 A\r\n\r\n"_ba), gap("GET"_ba, 3),
          toServer("GET / HTTP/1.1\r\n\r\n"_ba)},
         {u"← [HTTP/1.1 101 A\\r\\n\\r\\n]"_s, u"→ unframed [GETGET]"_s, u"→ cut (3)[]"_s,
          u"→ unframed [GET / HTTP/1.1\\r\\n\\r\\n]"_s}},
        {"connect",
         s,
         {toServer("CONNECT a:1 HTTP/1.1\r\n\r\n"_ba),
          toClient("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd"_ba), toServer("\x16\x03"_ba)},
         {u"→ [CONNECT a:1 HTTP/1.1\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\n]"_s, u"→ unframed [\\x16\\x03]"_s,
          u"← unframed [abcd]"_s}},
        {"connect refused",
         s,
         {toServer("CONNECT a:1 HTTP/1.1\r\n\r\n"_ba),
          toClient("HTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\nx"_ba),
          toServer("GET / HTTP/1.1\r\n\r\n"_ba)},
         {u"→ [CONNECT a:1 HTTP/1.1\\r\\n\\r\\n]"_s,
          u"← [HTTP/1.1 403 No\\r\\nContent-Length: 1\\r\\n\\r\\nx]"_s,
          u"→ [GET / HTTP/1.1\\r\\n\\r\\n]"_s}},
        {"no HTTP",
         s,
         {toServer("hello\nworld"_ba), toClient("\x00\x01"_ba)},
         {u"→ unframed [hello\\nworld]"_s, u"← unframed [\\0\\x01]"_s}},
        {"no HTTP, then a message",
         s,
         {toServer("hello\r\n\r\nGET x\r\nGET / HTTP/1.1\r\n\r\n"_ba)},
         {u"→ unframed [hello\\r\\n\\r\\nGET x\\r\\n]"_s, u"→ [GET / HTTP/1.1\\r\\n\\r\\n]"_s}},
        {"a bad chunk",
         s,
         {toServer("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nz\r\n"
                   "GET / HTTP/1.1\r\n\r\n"_ba)},
         {u"→ unframed [POST / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\nx\\r\\nz\\r\\n]"_s,
          u"→ [GET / HTTP/1.1\\r\\n\\r\\n]"_s}},
        {"a message cut by its end",
         s,
         {toServer("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"_ba)},
         {u"→ cut [POST / HTTP/1.1\\r\\nContent-Length: 5\\r\\n\\r\\nab]"_s}},
        {"a gap forgets the requests",
         s,
         {toServer("HEAD / HTTP/1.1\r\n\r\n"_ba), gapToClient({}, 5),
          toClient("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"_ba)},
         {u"→ [HEAD / HTTP/1.1\\r\\n\\r\\n]"_s, u"← cut (5)[]"_s,
          u"← [HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\nx]"_s}},
        {"empty lines only", s, {toServer("\r\n\r\n"_ba)}, {u"→ unframed [\\r\\n\\r\\n]"_s}},
        {"header too long",
         s,
         {toServer("GET / HTTP/1.1\r\nA: "_ba + QByteArray(65536, 'x') + "\r\n\r\n"_ba
                   + "GET /b HTTP/1.1\r\n\r\n"_ba)},
         {u"→ unframed [GET / HTTP/1.1\\r\\nA: "_s + QString(65536, u'x') + u"\\r\\n\\r\\n]"_s,
          u"→ [GET /b HTTP/1.1\\r\\n\\r\\n]"_s}},
    };
}

/// A method call without a body: the fields are a path of 2 bytes, and 6 bytes to pad.
const QByteArray littleMessage =
    "l\1\0\1\0\0\0\0\1\0\0\0\x0a\0\0\0\1\1o\0\2\0\0\0/a\0\0\0\0\0\0"_ba;
const QByteArray bigMessage = "B\2\1\1\0\0\0\3\0\0\0\2\0\0\0\x08\5\1u\0\0\0\0\1xyz"_ba;
const QString littlePicture =
    u"l\\x01\\0\\x01\\0\\0\\0\\0\\x01\\0\\0\\0\\n\\0\\0\\0\\x01\\x01o\\0\\x02\\0\\0\\0/a\\0\\0\\0\\0\\0\\0"_s;
const QString bigPicture =
    u"B\\x02\\x01\\x01\\0\\0\\0\\x03\\0\\0\\0\\x02\\0\\0\\0\\x08\\x05\\x01u\\0\\0\\0\\0\\x01xyz"_s;

std::vector<FrameRow> dbusRows()
{
    const char *const s = "dbus";
    const QString little = u'[' + littlePicture + u']';
    const QString big = u'[' + bigPicture + u']';
    const auto broken = [](qsizetype at, char c) {
        QByteArray bytes = littleMessage;
        bytes[at] = c;
        return bytes;
    };
    return {
        {"dbus",
         s,
         {toServer("\0AUTH EXTERNAL 30\r\n"_ba), toClient("OK 1234deadbeef\r\n"_ba),
          toServer("NEGOTIATE_UNIX_FD\r\n"_ba), toClient("AGREE_UNIX_FD\r\n"_ba),
          toServer("BEGIN\r\n"_ba + littleMessage), toClient(bigMessage + littleMessage)},
         {u"→ form 1 \\0[AUTH EXTERNAL 30]\\r\\n"_s, u"← form 1 [OK 1234deadbeef]\\r\\n"_s,
          u"→ form 1 [NEGOTIATE_UNIX_FD]\\r\\n"_s, u"← form 1 [AGREE_UNIX_FD]\\r\\n"_s,
          u"→ form 1 [BEGIN]\\r\\n"_s, u"→ "_s + little, u"← "_s + big, u"← "_s + little}},
        {"dbus, all at once",
         s,
         {toServer("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"_ba + bigMessage + littleMessage),
          toClient("DATA\r\nOK 12\r\nREJECTED A B\r\n"_ba + littleMessage)},
         {u"→ form 1 \\0[AUTH EXTERNAL]\\r\\n"_s, u"→ form 1 [DATA]\\r\\n"_s,
          u"→ form 1 [BEGIN]\\r\\n"_s, u"→ "_s + big, u"→ "_s + little, u"← form 1 [DATA]\\r\\n"_s,
          u"← form 1 [OK 12]\\r\\n"_s, u"← form 1 [REJECTED A B]\\r\\n"_s, u"← "_s + little}},
        {"dbus, without authentication",
         s,
         {toServer(littleMessage), toClient(bigMessage)},
         {u"→ "_s + little, u"← "_s + big}},
        {"dbus, cut",
         s,
         {toServer("\0AUTH"_ba), toClient(littleMessage.first(20))},
         {u"→ cut form 1 \\0[AUTH]"_s,
          u"← cut [l\\x01\\0\\x01\\0\\0\\0\\0\\x01\\0\\0\\0\\n\\0\\0\\0\\x01\\x01o\\0]"_s}},
        {"dbus, gap in a message",
         s,
         {toServer("\0BEGIN\r\n"_ba), gap(littleMessage.first(5), 10),
          toServer(littleMessage.sliced(20) + bigMessage)},
         {u"→ form 1 \\0[BEGIN]\\r\\n"_s, u"→ cut [l\\x01\\0\\x01\\0]"_s, u"→ cut (10)[]"_s,
          u"→ unframed [\\x02\\0\\0\\0/a\\0\\0\\0\\0\\0\\0]"_s, u"→ "_s + big}},
        {"dbus, gap in a line",
         s,
         {gap("\0AUTH"_ba, 9), toServer("BEGIN\r\n"_ba + littleMessage)},
         {u"→ cut form 1 \\0[AUTH]"_s, u"→ cut (9)[]"_s, u"→ form 1 [BEGIN]\\r\\n"_s,
          u"→ "_s + little}},
        {"dbus, no lines",
         s,
         {toServer("\0GET /\n"_ba + littleMessage), toClient("\0OK\r\n"_ba)},
         {u"→ unframed [\\0GET /\\n]"_s, u"→ "_s + little, u"← unframed [\\0OK\\r\\n]"_s}},
        {"dbus, a second 0",
         s,
         {toServer("\0BEGIN\r\n\0"_ba + littleMessage)},
         {u"→ form 1 \\0[BEGIN]\\r\\n"_s, u"→ unframed [\\0]"_s, u"→ "_s + little}},
        {"dbus, a line too long",
         s,
         {toServer("\0A"_ba + QByteArray(16 * 1024, 'x'))},
         {u"→ unframed [\\0A"_s + QString(16 * 1024, u'x') + u']'}},
        {"dbus, version",
         s,
         {toServer(broken(3, 2) + littleMessage)},
         {u"→ unframed [l\\x01\\0\\x02"_s + littlePicture.mid(11) + u']', u"→ "_s + little}},
        {"dbus, type 0",
         s,
         {toServer(broken(1, 0) + littleMessage)},
         {u"→ unframed [l\\0\\0\\x01"_s + littlePicture.mid(11) + u']', u"→ "_s + little}},
        {"dbus, too long",
         s,
         {toServer(broken(7, 8) + littleMessage)},
         {u"→ unframed [l\\x01\\0\\x01\\0\\0\\0\\x08"_s + littlePicture.mid(19) + u']',
          u"→ "_s + little}},
        {"dbus, longest",
         s,
         {toServer(littleMessage.first(4) + "\xe0\xff\xff\7"_ba + littleMessage.sliced(8))},
         {u"→ cut [l\\x01\\0\\x01\\xe0\\xff\\xff\\x07"_s + littlePicture.mid(19) + u']'}},
        {"dbus, a message where one seemed to begin",
         s,
         {toServer("l"_ba + littleMessage + "B\1\1"_ba + littleMessage)},
         {u"→ unframed [l]"_s, u"→ "_s + little, u"→ unframed [B\\x01\\x01]"_s, u"→ "_s + little}},
        {"dbus, only what is known is looked for",
         s,
         {toServer("\0BEGIN\r\nz"_ba + broken(1, 5) + broken(2, 8) + broken(16, 10)
                   + broken(18, 'a') + littleMessage)},
         {u"→ form 1 \\0[BEGIN]\\r\\n"_s,
          u"→ unframed [zl\\x05"_s + littlePicture.mid(5) + u"l\\x01\\x08"_s + littlePicture.mid(7)
              + QString(littlePicture).replace(u"\\x01\\x01o"_s, u"\\n\\x01o"_s)
              + QString(littlePicture).replace(u'o', u'a') + u']',
          u"→ "_s + little}},
        {"dbus, type 5",
         s,
         {toServer(broken(1, 5) + bigMessage)},
         {u"→ [l\\x05"_s + littlePicture.mid(5) + u']', u"→ "_s + big}},
    };
}

std::vector<FrameRow> postgreSqlRows()
{
    const char *const s = "postgresql";
    const QByteArray startup = "\0\0\0\x10\0\3\0\0user\0me\0"_ba.replace("\x10", "\x11") + '\0';
    const QString startupPicture = u"form 1 [\\0\\0\\0\\x11\\0\\x03\\0\\0user\\0me\\0\\0]"_s;
    const QByteArray ssl = "\0\0\0\x08\x04\xd2\x16\x2f"_ba;
    const QString sslPicture = u"form 2 [\\0\\0\\0\\x08\\x04\\xd2\\x16/]"_s;
    const QByteArray ready = "Z\0\0\0\5I"_ba;
    const QString readyPicture = u"[Z\\0\\0\\0\\x05I]"_s;
    return {
        {"postgresql",
         s,
         {toServer(startup), toClient("R\0\0\0\x08\0\0\0\0"_ba + ready),
          toServer("Q\0\0\0\x07"
                   "a;\0X\0\0\0\4"_ba)},
         {u"→ "_s + startupPicture, u"← [R\\0\\0\\0\\x08\\0\\0\\0\\0]"_s, u"← "_s + readyPicture,
          u"→ [Q\\0\\0\\0\\x07a;\\0]"_s, u"→ [X\\0\\0\\0\\x04]"_s}},
        {"encryption refused",
         s,
         {toServer("\0\0\0\x08\x04\xd2\x16\x30"_ba), toClient("N"_ba), toServer(ssl),
          toClient("N"_ba), toServer(startup), toClient(ready)},
         {u"→ form 3 [\\0\\0\\0\\x08\\x04\\xd2\\x160]"_s, u"← form 5 [N]"_s, u"→ "_s + sslPicture,
          u"← form 5 [N]"_s, u"→ "_s + startupPicture, u"← "_s + readyPicture}},
        {"encryption",
         s,
         {toServer(ssl), toClient("S\x16\x03"_ba), gap("\x16\x03\x01"_ba, 2), toServer(startup)},
         {u"→ "_s + sslPicture, u"← form 5 [S]"_s, u"→ unframed [\\x16\\x03\\x01]"_s,
          u"→ cut (2)[]"_s, u"→ unframed "_s + startupPicture.mid(7),
          u"← unframed [\\x16\\x03]"_s}},
        {"encryption unknown to the server",
         s,
         {toServer(ssl), toClient("E\0\0\0\5\0"_ba), toServer(startup), toClient("S\0\0\0\4"_ba)},
         {u"→ "_s + sslPicture, u"← [E\\0\\0\\0\\x05\\0]"_s, u"→ "_s + startupPicture,
          u"← [S\\0\\0\\0\\x04]"_s}},
        {"encryption, no answer",
         s,
         {toServer(ssl), toClient("Y\0\0\0\4"_ba)},
         {u"→ "_s + sslPicture, u"← unframed [Y\\0\\0\\0\\x04]"_s}},
        {"gap where the answer may have been",
         s,
         {toServer(ssl), gapToClient({}, 1), toClient("S\0\0\0\4"_ba)},
         {u"→ "_s + sslPicture, u"← cut (1)[]"_s, u"← [S\\0\\0\\0\\x04]"_s}},
        {"cancel",
         s,
         {toServer("\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\1\0\0\0\2"_ba)},
         {u"→ form 4 [\\0\\0\\0\\x10\\x04\\xd2\\x16.\\0\\0\\0\\x01\\0\\0\\0\\x02]"_s}},
        {"cut",
         s,
         {toServer(startup.first(10)), toClient("R\0"_ba)},
         {u"→ cut form 1 [\\0\\0\\0\\x11\\0\\x03\\0\\0us]"_s, u"← cut [R\\0]"_s}},
        {"gap before the start is over",
         s,
         {gap(startup.first(10), 3), toServer("Q\0\0\0\5\0"_ba)},
         {u"→ cut form 1 [\\0\\0\\0\\x11\\0\\x03\\0\\0us]"_s, u"→ cut (3)[]"_s,
          u"→ [Q\\0\\0\\0\\x05\\0]"_s}},
        {"gap before the start",
         s,
         {gap({}, 3), toServer(startup)},
         {u"→ cut (3)[]"_s, u"→ "_s + startupPicture}},
        {"no start", s, {toServer("Q\0\0\0\5\0"_ba)}, {u"→ unframed [Q\\0\\0\\0\\x05\\0]"_s}},
        {"start too long",
         s,
         {toServer("\0\0\x27\x11\0\3\0\0user"_ba)},
         {u"→ unframed [\\0\\0'\\x11\\0\\x03\\0\\0user]"_s}},
        {"version 2",
         s,
         {toServer("\0\0\0\x10\0\2\0\0user"_ba)},
         {u"→ unframed [\\0\\0\\0\\x10\\0\\x02\\0\\0user]"_s}},
        {"unknown type",
         s,
         {gapToClient("R\0\0\0\4y\0\0\0\4R\0\0\0\4"_ba, 1), toClient(ready)},
         {u"← [R\\0\\0\\0\\x04]"_s, u"← unframed [y\\0\\0\\0\\x04R\\0\\0\\0\\x04]"_s,
          u"← cut (1)[]"_s, u"← "_s + readyPicture}},
        {"length of nothing", s, {toClient("R\0\0\0\3"_ba)}, {u"← unframed [R\\0\\0\\0\\x03]"_s}},
        {"longest", s, {toClient("D\x3f\xff\xff\xffx"_ba)}, {u"← cut [D?\\xff\\xff\\xffx]"_s}},
        {"longer", s, {toClient("D\x40\0\0\0x"_ba)}, {u"← unframed [D@\\0\\0\\0x]"_s}},
    };
}

QByteArray waylandMessage(quint32 object, quint32 size, const QByteArray &arguments)
{
    const quint32 words[] = {object, size << 16 | 1};
    return QByteArray(reinterpret_cast<const char *>(words), sizeof words) + arguments;
}

std::vector<FrameRow> waylandRows()
{
    const char *const s = "wayland";
    const auto shown = [](quint32 object, quint32 size, const QByteArray &arguments) {
        const QByteArray bytes = waylandMessage(object, size, arguments);
        return picture({{Direction::ToServer,
                         {.length = static_cast<quint64>(bytes.size()),
                          .bodyLength = static_cast<quint64>(bytes.size())}}},
                       {toServer(bytes)})
            .first()
            .mid(2);
    };
    return {
        {"wayland",
         s,
         {toServer(waylandMessage(1, 12, "abcd"_ba) + waylandMessage(2, 8, {})),
          toClient(waylandMessage(0xff000001, 65532, "x"_ba))},
         {u"→ "_s + shown(1, 12, "abcd"_ba), u"→ "_s + shown(2, 8, {}),
          u"← cut "_s + shown(0xff000001, 65532, "x"_ba)}},
        {"wayland, size 0",
         s,
         {gap(waylandMessage(1, 0, "ab"_ba), 1), toServer(waylandMessage(2, 8, {}))},
         {u"→ unframed "_s + shown(1, 0, "ab"_ba), u"→ cut (1)[]"_s, u"→ "_s + shown(2, 8, {})}},
        {"wayland, size no multiple of 4",
         s,
         {toServer(waylandMessage(1, 10, "ab"_ba))},
         {u"→ unframed "_s + shown(1, 10, "ab"_ba)}},
        {"wayland, object 0",
         s,
         {toServer(waylandMessage(0, 8, {}))},
         {u"→ unframed "_s + shown(0, 8, {})}},
        {"wayland, header cut",
         s,
         {toServer(waylandMessage(7, 8, {}).first(7))},
         {u"→ cut "_s + shown(7, 8, {}).left(shown(7, 8, {}).lastIndexOf(u'\\')) + u']'}},
    };
}

QString shownByte(char c)
{
    switch (c) {
    case '\n':
        return u"\\n"_s;
    case '\r':
        return u"\\r"_s;
    case '\t':
        return u"\\t"_s;
    case '\0':
        return u"\\0"_s;
    default:
        break;
    }
    if (c >= ' ' && c <= '~')
        return QString(QLatin1Char(c));
    return u"\\x"_s + QString::fromLatin1(QByteArray(1, c).toHex());
}

QString shownFrame(const Frame &frame, const QByteArray &bytes, bool isMissing)
{
    QString text;
    if (frame.state == FrameState::Cut)
        text += u"cut "_s;
    if (frame.state == FrameState::Unframed)
        text += u"unframed "_s;
    if (frame.form != 0)
        text += u"form %1 "_s.arg(frame.form);
    if (isMissing)
        return text + u"(%1)[]"_s.arg(frame.length);
    for (quint64 i = 0; i <= frame.length; ++i) {
        if (i == frame.bodyOffset)
            text += u'[';
        if (i == frame.bodyOffset + frame.bodyLength)
            text += u']';
        if (i < frame.length)
            text += shownByte(bytes[static_cast<qsizetype>(frame.offset + i)]);
    }
    return text;
}

} // namespace

const std::vector<FrameRow> &frameRows()
{
    static const std::vector<FrameRow> rows = [] {
        std::vector<FrameRow> all;
        for (const auto &some : {plainRows(), lengthRows(), contentLengthRows(), httpRows(),
                                 dbusRows(), postgreSqlRows(), waylandRows()})
            all.insert(all.end(), some.begin(), some.end());
        return all;
    }();
    return rows;
}

QStringList picture(const std::vector<FrameEvent> &events, const std::vector<Arrival> &arrivals)
{
    std::array<QByteArray, 2> bytes;
    std::array<std::vector<qsizetype>, 2> gaps;
    for (const Arrival &arrival : arrivals) {
        const auto side = static_cast<size_t>(arrival.direction);
        bytes[side] += arrival.bytes;
        if (arrival.missing > 0)
            gaps[side].push_back(bytes[side].size());
        bytes[side] += QByteArray(static_cast<qsizetype>(arrival.missing), '?');
    }
    QStringList lines;
    for (const auto &[direction, frame, arrival] : events) {
        const auto side = static_cast<size_t>(direction);
        const bool isMissing =
            std::find(gaps[side].begin(), gaps[side].end(), static_cast<qsizetype>(frame.offset))
            != gaps[side].end();
        lines << (direction == Direction::ToServer ? u"→ "_s : u"← "_s)
                + shownFrame(frame, bytes[side], isMissing);
    }
    return lines;
}

} // namespace Sockeye
