// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_HttpDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_HttpDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::Http1);
    rows.add("request",
             bytes("GET /a?b HTTP/1.1\r\n"
                   "Host: x\r\n"
                   "X-E:\r\n"
                   "X-F: a\r\n"
                   " b\r\n"
                   "\r\n"),
             R"(
GET /a?b
request GET /a?b
 @ 0 + 48
  request line = GET /a?b HTTP/1.1 @ 0 + 17
    method = GET @ 0 + 3
    target = /a?b @ 4 + 4
    version = HTTP/1.1 @ 9 + 8
  Host = x : header @ 19 + 7
  X-E : header @ 28 + 3
  X-F = a\r\n b : header @ 34 + 10
)");
    rows.add("body",
             bytes("POST /a HTTP/1.1\r\n"
                   "Content-Type: application/json\r\n"
                   "Content-Length: 5\r\n"
                   "\r\n"
                   "[1,2]"),
             R"(
POST /a, application/json, 5 bytes
request POST /a
 @ 0 + 76
  request line = POST /a HTTP/1.1 @ 0 + 16
    method = POST @ 0 + 4
    target = /a @ 5 + 2
    version = HTTP/1.1 @ 8 + 8
  Content-Type = application/json : header @ 18 + 30
  Content-Length = 5 : header @ 50 + 17
  body = [1,2] : application/json @ 71 + 5
)");
    rows.add("binary body",
             bytes("POST /a HTTP/1.1\r\n"
                   "Content-Length: 3\r\n"
                   "\r\n"
                   "\000\001\377"),
             R"(
POST /a, 3 bytes
request POST /a
 @ 0 + 42
  request line = POST /a HTTP/1.1 @ 0 + 16
    method = POST @ 0 + 4
    target = /a @ 5 + 2
    version = HTTP/1.1 @ 8 + 8
  Content-Length = 3 : header @ 18 + 17
  body = 00 01 ff @ 39 + 3
)");
    rows.add("body ends early",
             bytes("POST /a HTTP/1.1\r\n"
                   "Content-Length: 5\r\n"
                   "\r\n"
                   "[1,"),
             R"(
POST /a, 3 bytes
request POST /a
not valid
 @ 0 + 42
  request line = POST /a HTTP/1.1 @ 0 + 16
    method = POST @ 0 + 4
    target = /a @ 5 + 2
    version = HTTP/1.1 @ 8 + 8
  Content-Length = 5 : header @ 18 + 17
  body = [1, @ 39 + 3
  ! body = the message ends before this does @ 42 + 0
)");
    rows.add("body is cut",
             bytes("POST /a HTTP/1.1\r\n"
                   "Content-Length: 5\r\n"
                   "\r\n"
                   "[1,"),
             R"(
POST /a, 3 bytes
request POST /a
 @ 0 + 42
  request line = POST /a HTTP/1.1 @ 0 + 16
    method = POST @ 0 + 4
    target = /a @ 5 + 2
    version = HTTP/1.1 @ 8 + 8
  Content-Length = 5 : header @ 18 + 17
  body = [1, @ 39 + 3
)",
             CutToServer);
    rows.add("more behind it",
             bytes("POST /a HTTP/1.1\r\n"
                   "Content-Length: 5\r\n"
                   "\r\n"
                   "[1,2]xx"),
             R"(
POST /a, 5 bytes
request POST /a
not valid
 @ 0 + 46
  request line = POST /a HTTP/1.1 @ 0 + 16
    method = POST @ 0 + 4
    target = /a @ 5 + 2
    version = HTTP/1.1 @ 8 + 8
  Content-Length = 5 : header @ 18 + 17
  body = [1,2] @ 39 + 5
  ! more = the message is over, and more follows @ 44 + 2
)");
    rows.add("chunks",
             bytes("HTTP/1.1 200 OK\r\n"
                   "Transfer-Encoding: chunked\r\n"
                   "\r\n"
                   "5\r\n"
                   "hello\r\n"
                   "6;x=y\r\n"
                   " world\r\n"
                   "0\r\n"
                   "Tr: 1\r\n"
                   "\r\n"),
             R"(
200 OK, 11 bytes
response
 @ 0 + 84
  status line = HTTP/1.1 200 OK @ 0 + 15
    version = HTTP/1.1 @ 0 + 8
    status = 200 @ 9 + 3
    reason = OK @ 13 + 2
  Transfer-Encoding = chunked : header @ 17 + 26
  body : chunked @ 50 + 20
    [0] = hello : chunk @ 50 + 5
    [1] =  world : chunk @ 64 + 6
  Tr = 1 : trailer @ 75 + 5
)",
             ToClient);
    rows.add("no body where one is announced",
             bytes("HTTP/1.1 200 OK\r\n"
                   "Content-Length: 50\r\n"
                   "\r\n"),
             R"(
200 OK
response
 @ 0 + 39
  status line = HTTP/1.1 200 OK @ 0 + 15
    version = HTTP/1.1 @ 0 + 8
    status = 200 @ 9 + 3
    reason = OK @ 13 + 2
  Content-Length = 50 : header @ 17 + 18
)",
             ToClient);
    rows.add("body up to the end",
             bytes("HTTP/1.0 404 Not Found\r\n"
                   "\r\n"
                   "body"),
             R"(
404 Not Found, 4 bytes
response
 @ 0 + 30
  status line = HTTP/1.0 404 Not Found @ 0 + 22
    version = HTTP/1.0 @ 0 + 8
    status = 404 @ 9 + 3
    reason = Not Found @ 13 + 9
  body = body @ 26 + 4
)",
             ToClient);
    rows.add("no reason",
             bytes("HTTP/1.1 204\r\n"
                   "\r\n"),
             R"(
204
response
 @ 0 + 16
  status line = HTTP/1.1 204 @ 0 + 12
    version = HTTP/1.1 @ 0 + 8
    status = 204 @ 9 + 3
)",
             ToClient);
    rows.add("interim",
             bytes("HTTP/1.1 100 Continue\r\n"
                   "\r\n"),
             R"(
100 Continue
notice
 @ 0 + 25
  status line = HTTP/1.1 100 Continue @ 0 + 21
    version = HTTP/1.1 @ 0 + 8
    status = 100 @ 9 + 3
    reason = Continue @ 13 + 8
)",
             ToClient);
    rows.add("another protocol",
             bytes("HTTP/1.1 101 Switching\r\n"
                   "Upgrade: tcp\r\n"
                   "Connection: Upgrade\r\n"
                   "\r\n"
                   "\001\002"),
             R"(
101 Switching
response
 @ 0 + 63
  status line = HTTP/1.1 101 Switching @ 0 + 22
    version = HTTP/1.1 @ 0 + 8
    status = 101 @ 9 + 3
    reason = Switching @ 13 + 9
  Upgrade = tcp : header @ 24 + 12
  Connection = Upgrade : header @ 38 + 19
  data = \x01\x02 : of the new protocol @ 61 + 2
)",
             ToClient);
    rows.add("cut in the first line", bytes("HTTP/1.1 2"),
             R"(
2
 @ 0 + 10
  status line = HTTP/1.1 2 @ 0 + 10
    version = HTTP/1.1 @ 0 + 8
    status = 2 @ 9 + 1
)",
             CutToClient);
    rows.add("cut in the method", bytes("GE"),
             R"(
GE
 @ 0 + 2
  request line = GE @ 0 + 2
    method = GE @ 0 + 2
)",
             CutToServer);
    rows.add("cut in a header",
             bytes("GET / HTTP/1.1\r\n"
                   "Hos"),
             R"(
GET /
request GET /
 @ 0 + 19
  request line = GET / HTTP/1.1 @ 0 + 14
    method = GET @ 0 + 3
    target = / @ 4 + 1
    version = HTTP/1.1 @ 6 + 8
  Hos : header @ 16 + 3
)",
             CutToServer);
    rows.add("two lengths",
             bytes("POST / HTTP/1.1\r\n"
                   "Content-Length: 1\r\n"
                   "Content-Length: 2\r\n"
                   "\r\n"
                   "a"),
             R"(
POST /
request POST /
not valid
 @ 0 + 58
  request line = POST / HTTP/1.1 @ 0 + 15
    method = POST @ 0 + 4
    target = / @ 5 + 1
    version = HTTP/1.1 @ 7 + 8
  Content-Length = 1 : header @ 17 + 17
  Content-Length : header @ 36 + 14
  ! error = unexpected content-length header @ 52 + 6
)");
    rows.add("no HTTP",
             bytes("bogus\r\n"
                   "\r\n"),
             R"(
bogus
not valid
 @ 0 + 9
  request line = bogus @ 0 + 5
    method = bogus @ 0 + 5
  ! error = invalid HTTP method @ 0 + 9
)");
    rows.add("nothing", bytes(""),
             R"(
0 bytes
not valid
 @ 0 + 0
  ! head = the message ends before this does @ 0 + 0
)");
}

QTEST_GUILESS_MAIN(tst_HttpDecoder)
#include "tst_httpdecoder.moc"
