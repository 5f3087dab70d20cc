// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_JsonDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_JsonDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::Json);
    rows.add("values",
             bytes(" {\"a\": [1, -2.5e400, \"x\\n\\u00e9\"], \"b\":{}, \"a\":null, \"\":true} "),
             R"(
{"a": [1, -2.5e400, "x\\n\\u00e9"], "b":{}, "a":null, "":true}
 : object @ 0 + 62
  a : array @ 2 + 31
    [0] = 1 : number @ 8 + 1
    [1] = -2.5e400 : number @ 11 + 8
    [2] = x\né : string @ 21 + 11
  b : object @ 35 + 6
  a = null : null, name given before @ 43 + 8
  "" = true : boolean @ 53 + 7
)");
    rows.add("a scalar", bytes("\"text\""),
             R"(
"text"
 = text : string @ 0 + 6
)");
    rows.add("number as it is written", bytes("[0.10, 1E5, 123456789012345678901234567890]"),
             R"(
[0.10, 1E5, 123456789012345678901234567890]
 : array @ 0 + 43
  [0] = 0.10 : number @ 1 + 4
  [1] = 1E5 : number @ 7 + 3
  [2] = 123456789012345678901234567890 : number @ 12 + 30
)");
    rows.add("cut in a string", bytes("{\"a\": [1, \"abc"),
             R"(
{"a": [1, "abc
 : object @ 0 + 14
  a : array @ 1 + 13
    [0] = 1 : number @ 7 + 1
    [1] = "abc : cut @ 10 + 4
)",
             CutToServer);
    rows.add("cut in a name", bytes("{\"a\": 1, \"b"),
             R"(
{"a": 1, "b
 : object @ 0 + 11
  a = 1 : number @ 1 + 6
  "b : cut @ 9 + 2
)",
             CutToServer);
    rows.add("cut in a number", bytes("[1, 23"),
             R"(
[1, 23
 : array @ 0 + 6
  [0] = 1 : number @ 1 + 1
  [1] = 23 : number @ 4 + 2
)",
             CutToServer);
    rows.add("ends early", bytes("{\"a\": [1, \"abc"),
             R"(
{"a": [1, "abc
not valid
 : object @ 0 + 14
  a : array @ 1 + 13
    [0] = 1 : number @ 7 + 1
    ! end = Missing a closing quotation mark in string. @ 14 + 0
)");
    rows.add("comma missing", bytes("{\"a\": [1 \"abc\"]}"),
             R"(
{"a": [1 "abc"]}
not valid
 : object @ 0 + 16
  a : array @ 1 + 15
    [0] = 1 : number @ 7 + 1
    ! error = Missing a comma or ']' after an array element. @ 9 + 7
)");
    rows.add("more behind it", bytes("[1] x"),
             R"(
[1] x
not valid
 : array @ 0 + 5
  [0] = 1 : number @ 1 + 1
  ! error = the JSON text is over, and more follows @ 4 + 1
)");
    rows.add("nothing", bytes(""),
             R"(

not valid
 @ 0 + 0
  ! end = The document is empty. @ 0 + 0
)");
    rows.add("no UTF-8", bytes("{\"a\":\"\377\"}"),
             R"(
{"a":"\xff"}
not valid
 : object @ 0 + 9
  ! error = Invalid encoding in string. @ 6 + 3
)");
    rows.add("a byte 0", bytes("\"\000\""),
             R"(
"\x00"
not valid
 @ 0 + 3
  ! error = Missing a closing quotation mark in string. @ 1 + 2
)");
    rows.add("a huge number and a lone minus", bytes("[1e999, -]"),
             R"(
[1e999, -]
not valid
 : array @ 0 + 10
  [0] = 1e999 : number @ 1 + 5
  ! error = Invalid value. @ 9 + 1
)");
    rows.add(
        "LSP request",
        bytes("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"textDocument/hover\",\"params\":{\"te"
              "xtDocument\":{\"uri\":\"file:///a/x.c\"},\"position\":{\"line\":3,\"character\":"
              "4}}}"),
        R"(
request 5 textDocument/hover: x.c:4
request 5 textDocument/hover
 : object @ 0 + 140
  jsonrpc = 2.0 : string @ 1 + 15
  id = 5 : number @ 17 + 6
  method = textDocument/hover : string @ 24 + 29
  params : object @ 54 + 85
    textDocument : object @ 64 + 38
      uri = file:///a/x.c : string @ 80 + 21
    position : object @ 103 + 35
      line = 3 : number @ 115 + 8
      character = 4 : number @ 124 + 13
)");
    rows.add(
        "LSP notification",
        bytes("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/publishDiagnostics\",\"params\":{"
              "\"uri\":\"file:///x.c\",\"diagnostics\":[{},{}]}}"),
        R"(
notification textDocument/publishDiagnostics: x.c, 2 diagnostics
notice textDocument/publishDiagnostics
 : object @ 0 + 113
  jsonrpc = 2.0 : string @ 1 + 15
  method = textDocument/publishDiagnostics : string @ 17 + 42
  params : object @ 60 + 52
    uri = file:///x.c : string @ 70 + 19
    diagnostics : array @ 90 + 21
      [0] : object @ 105 + 2
      [1] : object @ 108 + 2
)");
    rows.add("response", bytes("{\"jsonrpc\":\"2.0\",\"id\":\"5\",\"result\":[1,2]}"),
             R"(
response "5": 2 items
response "5"
 : object @ 0 + 41
  jsonrpc = 2.0 : string @ 1 + 15
  id = 5 : string @ 17 + 8
  result : array @ 26 + 14
    [0] = 1 : number @ 36 + 1
    [1] = 2 : number @ 38 + 1
)",
             ToClient);
    rows.add("error",
             bytes("{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32601,\"message\":\"no\"}}"),
             R"(
response 5: error -32601: no
response 5
 : object @ 0 + 63
  jsonrpc = 2.0 : string @ 1 + 15
  id = 5 : number @ 17 + 6
  error : object @ 24 + 38
    code = -32601 : number @ 33 + 13
    message = no : string @ 47 + 14
)",
             ToClient);
    rows.add(
        "batch",
        bytes("[{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"a\"},{\"jsonrpc\":\"2.0\",\"id\":\"b"
              "\",\"method\":\"c\"}]"),
        R"(
batch of 2: a, c
request "b",5 a, c
 : array @ 0 + 79
  [0] : object @ 1 + 37
    jsonrpc = 2.0 : string @ 2 + 15
    id = 5 : number @ 18 + 6
    method = a : string @ 25 + 12
  [1] : object @ 39 + 39
    jsonrpc = 2.0 : string @ 40 + 15
    id = b : string @ 56 + 8
    method = c : string @ 65 + 12
)");
    rows.add("batch of responses",
             bytes("[{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"result\":1},{\"jsonrpc\":\"2.0\",\"id\":5,"
                   "\"result\":2}]"),
             R"(
batch of 2: responses "b", 5
response "b",5
 : array @ 0 + 75
  [0] : object @ 1 + 37
    jsonrpc = 2.0 : string @ 2 + 15
    id = b : string @ 18 + 8
    result = 1 : number @ 27 + 10
  [1] : object @ 39 + 35
    jsonrpc = 2.0 : string @ 40 + 15
    id = 5 : number @ 56 + 6
    result = 2 : number @ 63 + 10
)");
    rows.add("version 1", bytes("{\"id\":1,\"method\":\"m\",\"params\":[]}"),
             R"(
request 1 m
request 1 m
 : object @ 0 + 33
  id = 1 : number @ 1 + 6
  method = m : string @ 8 + 12
  params : array @ 21 + 11
)");
    rows.add("version 1 response", bytes("{\"id\":1,\"result\":7,\"error\":null}"),
             R"(
response 1: 7
response 1
 : object @ 0 + 32
  id = 1 : number @ 1 + 6
  result = 7 : number @ 8 + 10
  error = null : null @ 19 + 12
)");
    rows.add("DAP request",
             bytes("{\"seq\":2,\"type\":\"request\",\"command\":\"launch\",\"arguments\":{\"program"
                   "\":\"/bin/ls\"}}"),
             R"(
request 2 launch: ls
request 2 launch
 : object @ 0 + 79
  seq = 2 : number @ 1 + 7
  type = request : string @ 9 + 16
  command = launch : string @ 26 + 18
  arguments : object @ 45 + 33
    program = /bin/ls : string @ 58 + 19
)");
    rows.add(
        "DAP response",
        bytes("{\"seq\":3,\"type\":\"response\",\"request_seq\":2,\"success\":false,\"command\""
              ":\"launch\",\"message\":\"bad\"}"),
        R"(
response 2 launch: failed: bad
response 2
 : object @ 0 + 94
  seq = 3 : number @ 1 + 7
  type = response : string @ 9 + 17
  request_seq = 2 : number @ 27 + 15
  success = false : boolean @ 43 + 15
  command = launch : string @ 59 + 18
  message = bad : string @ 78 + 15
)");
    rows.add(
        "DAP event",
        bytes("{\"seq\":4,\"type\":\"event\",\"event\":\"stopped\",\"body\":{\"reason\":\"break"
              "point\"}}"),
        R"(
event stopped: breakpoint
notice stopped
 : object @ 0 + 73
  seq = 4 : number @ 1 + 7
  type = event : string @ 9 + 14
  event = stopped : string @ 24 + 17
  body : object @ 42 + 30
    reason = breakpoint : string @ 50 + 21
)");
    rows.add("no call at all", bytes("{\"id\":1,\"method\":2}"),
             R"(
{"id":1,"method":2}
 : object @ 0 + 19
  id = 1 : number @ 1 + 6
  method = 2 : number @ 8 + 10
)");
}

QTEST_GUILESS_MAIN(tst_JsonDecoder)
#include "tst_jsondecoder.moc"
