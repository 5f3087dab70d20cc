// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "core/decode/dbusform.h"

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_DBusDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_DBusDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::DBus);
    rows.add(
        "Hello",
        bytes("l\001\000\001\000\000\000\000\001\000\000\000m\000\000\000\001\001o\000\025\000"
              "\000\000/org/freedesktop/DBus\000\000\000\002\001s\000\024\000\000\000org.freede"
              "sktop.DBus\000\000\000\000\003\001s\000\005\000\000\000Hello\000\000\000\006\001"
              "s\000\024\000\000\000org.freedesktop.DBus\000\000\000\000"),
        R"(
call org.freedesktop.DBus.Hello()
request 1 org.freedesktop.DBus.Hello
 @ 0 + 128
  byte order = little endian : byte @ 0 + 1
  type = method_call : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 0 : uint32 @ 4 + 4
  serial = 1 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 113
    PATH = /org/freedesktop/DBus : object path in variant @ 16 + 30
    INTERFACE = org.freedesktop.DBus : string in variant @ 48 + 29
    MEMBER = Hello : string in variant @ 80 + 14
    DESTINATION = org.freedesktop.DBus : string in variant @ 96 + 29
)");
    rows.add(
        "dictionary",
        bytes("l\004\000\001 \000\000\000\005\000\000\000<\000\000\000\001\001o\000\002\000\000"
              "\000/a\000\000\000\000\000\000\002\001s\000\003\000\000\000a.b\000\000\000\000"
              "\000\003\001s\000\001\000\000\000C\000\000\000\000\000\000\000\010\001g\000\006s"
              "a{sv}\000\000\000\000\000\002\000\000\000hi\000\000\020\000\000\000\000\000\000"
              "\000\001\000\000\000k\000\001u\000\000\000\000\011\000\000\000"),
        R"(
signal a.b.C("hi", {k: 9})
notice a.b.C
 @ 0 + 112
  byte order = little endian : byte @ 0 + 1
  type = signal : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 32 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 64
    PATH = /a : object path in variant @ 16 + 11
    INTERFACE = a.b : string in variant @ 32 + 12
    MEMBER = C : string in variant @ 48 + 10
    SIGNATURE = sa{sv} : signature in variant @ 64 + 12
  body : sa{sv} @ 80 + 32
    [0] = hi : string @ 80 + 7
    [1] : a{sv} @ 88 + 24
      k = 9 : uint32 in variant @ 96 + 16
)",
        ToClient);
    rows.add("bytes and a structure",
             bytes("l\002\000\001\020\000\000\000\005\000\000\000\024\000\000\000\005\001u\000\001"
                   "\000\000\000\010\001g\000\006ay(ii)\000\000\000\000\000\003\000\000\000abc\000"
                   "\001\000\000\000\377\377\377\377"),
             R"(
reply to 1 (abc, [1, -1])
response 1
 @ 0 + 56
  byte order = little endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 16 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 24
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
    SIGNATURE = ay(ii) : signature in variant @ 24 + 12
  body : ay(ii) @ 40 + 16
    [0] = abc : ay @ 40 + 7
    [1] : (ii) @ 48 + 8
      [0] = 1 : int32 @ 48 + 4
      [1] = -1 : int32 @ 52 + 4
)",
             ToClient);
    rows.add(
        "basic types",
        bytes("l\002\000\001@\000\000\000\005\000\000\000\032\000\000\000\005\001u\000\001\000"
              "\000\000\010\001g\000\014ybnqiuxtdogh\000\000\000\000\000\000\000\001\000\000"
              "\000\001\000\000\000\376\377\003\000\374\377\377\377\005\000\000\000\000\000\000"
              "\000\372\377\377\377\377\377\377\377\007\000\000\000\000\000\000\000\000\000\000"
              "\000\000\000\340?\002\000\000\000/x\000\002ai\000\000\000\000\000\000"),
        R"(
reply to 1 (1, true, -2, 3, -4, 5, -6, 7, 0.5, /x, ai, 0)
response 1
 @ 0 + 112
  byte order = little endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 64 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 30
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
    SIGNATURE = ybnqiuxtdogh : signature in variant @ 24 + 18
  body : ybnqiuxtdogh @ 48 + 64
    [0] = 1 : byte @ 48 + 1
    [1] = true : boolean @ 52 + 4
    [2] = -2 : int16 @ 56 + 2
    [3] = 3 : uint16 @ 58 + 2
    [4] = -4 : int32 @ 60 + 4
    [5] = 5 : uint32 @ 64 + 4
    [6] = -6 : int64 @ 72 + 8
    [7] = 7 : uint64 @ 80 + 8
    [8] = 0.5 : double @ 88 + 8
    [9] = /x : object path @ 96 + 7
    [10] = ai : signature @ 103 + 4
    [11] = 0 : unix fd @ 108 + 4
)",
        ToClient);
    rows.add("big endian",
             bytes("B\002\001\001\000\000\000\000\000\000\000\007\000\000\000\010\005\001u\000\000"
                   "\000\000\006"),
             R"(
reply to 6 ()
response 6
 @ 0 + 24
  byte order = big endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = NO_REPLY_EXPECTED : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 0 : uint32 @ 4 + 4
  serial = 7 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 12
    REPLY_SERIAL = 6 : uint32 in variant @ 16 + 8
)",
             ToClient);
    rows.add("error",
             bytes("l\003\000\001\010\000\000\000\011\000\000\000'\000\000\000\004\001s\000\n"
                   "\000\000\000a.b.Failed\000\000\000\000\000\000\005\001u\000\004\000\000\000\010"
                   "\001g\000\001s\000\000\003\000\000\000why\000"),
             R"(
error a.b.Failed to 4 ("why")
response 4
 @ 0 + 64
  byte order = little endian : byte @ 0 + 1
  type = error : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 8 : uint32 @ 4 + 4
  serial = 9 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 43
    ERROR_NAME = a.b.Failed : string in variant @ 16 + 19
    REPLY_SERIAL = 4 : uint32 in variant @ 40 + 8
    SIGNATURE = s : signature in variant @ 48 + 7
  body : s @ 56 + 8
    [0] = why : string @ 56 + 8
)",
             ToClient);
    rows.add("no reply expected",
             bytes("l\001\001\001\000\000\000\000\001\000\000\000\033\000\000\000\001\001o\000\002"
                   "\000\000\000/a\000\000\000\000\000\000\003\001s\000\002\000\000\000Go\000\000"
                   "\000\000\000\000"),
             R"(
call Go()
notice 1 Go
 @ 0 + 48
  byte order = little endian : byte @ 0 + 1
  type = method_call : byte @ 1 + 1
  flags = NO_REPLY_EXPECTED : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 0 : uint32 @ 4 + 4
  serial = 1 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 31
    PATH = /a : object path in variant @ 16 + 11
    MEMBER = Go : string in variant @ 32 + 11
)");
    rows.add("fields missing",
             bytes("l\001\000\001\000\000\000\000\005\000\000\000\010\000\000\000\005\001u\000\001"
                   "\000\000\000"),
             R"(
call ()
request 5
not valid
 @ 0 + 24
  byte order = little endian : byte @ 0 + 1
  type = method_call : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 0 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 12
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
  ! PATH = this type of message must have this field @ 24 + 0
  ! MEMBER = this type of message must have this field @ 24 + 0
)");
    rows.add("bad path",
             bytes("l\001\000\001\000\000\000\000\005\000\000\000\032\000\000\000\001\001o\000\004"
                   "\000\000\000a//b\000\000\000\000\003\001s\000\001\000\000\000A\000\000\000\000"
                   "\000\000\000"),
             R"(
call ()
request 5
not valid
 @ 0 + 48
  byte order = little endian : byte @ 0 + 1
  type = method_call : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 0 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 36
    ! PATH = no valid object path @ 20 + 28
)");
    rows.add("bad boolean",
             bytes("l\002\000\001\004\000\000\000\005\000\000\000\017\000\000\000\005\001u\000\001"
                   "\000\000\000\010\001g\000\001b\000\000\002\000\000\000"),
             R"(
reply to 1 (error: a boolean is 0 or 1)
response 1
not valid
 @ 0 + 36
  byte order = little endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 4 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 19
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
    SIGNATURE = b : signature in variant @ 24 + 7
  body : b @ 32 + 4
    ! [0] = a boolean is 0 or 1 @ 32 + 4
)",
             ToClient);
    rows.add("padding",
             bytes("l\002\000\001\010\000\000\000\005\000\000\000\020\000\000\000\005\001u\000\001"
                   "\000\000\000\010\001g\000\002yu\000\001\000\007\000\001\000\000\000"),
             R"(
reply to 1 (1, error: the bytes that fill up to a multiple of 4 must be 0)
response 1
not valid
 @ 0 + 40
  byte order = little endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 8 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 20
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
    SIGNATURE = yu : signature in variant @ 24 + 8
  body : yu @ 32 + 8
    [0] = 1 : byte @ 32 + 1
    ! [1] = the bytes that fill up to a multiple of 4 must be 0 @ 33 + 7
)",
             ToClient);
    rows.add("array ends within an element",
             bytes("l\002\000\001\010\000\000\000\005\000\000\000\020\000\000\000\005\001u\000\001"
                   "\000\000\000\010\001g\000\002au\000\003\000\000\000\001\000\000\000"),
             R"(
reply to 1 ([1, error: the array ends within this element])
response 1
not valid
 @ 0 + 40
  byte order = little endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 8 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 20
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
    SIGNATURE = au : signature in variant @ 24 + 8
  body : au @ 32 + 8
    [0] : au @ 32 + 8
      [0] = 1 : uint32 @ 36 + 4
      ! [0] = the array ends within this element @ 36 + 4
)",
             ToClient);
    rows.add("more than the signature",
             bytes("l\002\000\001\002\000\000\000\005\000\000\000\017\000\000\000\005\001u\000\001"
                   "\000\000\000\010\001g\000\001y\000\000\001\002"),
             R"(
reply to 1 (1, error: the signature names no more values)
response 1
not valid
 @ 0 + 34
  byte order = little endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 2 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 19
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
    SIGNATURE = y : signature in variant @ 24 + 7
  body : y @ 32 + 2
    [0] = 1 : byte @ 32 + 1
    ! more = the signature names no more values @ 33 + 1
)",
             ToClient);
    rows.add("body ends early",
             bytes("l\002\000\001\004\000\000\000\005\000\000\000\017\000\000\000\005\001u\000\001"
                   "\000\000\000\010\001g\000\001u\000\000\001\000"),
             R"(
reply to 1 (error: the message ends before this does)
response 1
not valid
 @ 0 + 34
  byte order = little endian : byte @ 0 + 1
  type = method_return : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 4 : uint32 @ 4 + 4
  serial = 5 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 19
    REPLY_SERIAL = 1 : uint32 in variant @ 16 + 8
    SIGNATURE = u : signature in variant @ 24 + 7
  body : u @ 32 + 2
    ! [0] = the message ends before this does @ 32 + 2
)",
             ToClient);
    rows.add("cut in a path",
             bytes("l\001\000\001\000\000\000\000\001\000\000\000.\000\000\000\001\001o\000\025\000"
                   "\000\000/org/freedesktop"),
             R"(
call ()
request 1
 @ 0 + 40
  byte order = little endian : byte @ 0 + 1
  type = method_call : byte @ 1 + 1
  flags = 0 : byte @ 2 + 1
  version = 1 : byte @ 3 + 1
  body length = 0 : uint32 @ 4 + 4
  serial = 1 : uint32 @ 8 + 4
  fields : a(yv) @ 12 + 28
    PATH = /org/freedesktop : cut @ 20 + 20
)",
             CutToServer);
    rows.add("no D-Bus",
             bytes("GET / HTTP/1.1\r\n"
                   "\r\n"),
             R"(
18 bytes of a message
not valid
 @ 0 + 18
  ! byte order = neither l (little) nor B (big) @ 0 + 1
)");
    rows.add("first line", bytes("\000AUTH EXTERNAL 30"),
             R"(
AUTH EXTERNAL (0)
 : SASL @ 0 + 17
  credentials = 0 : byte @ 0 + 1
  command = AUTH @ 1 + 4
  arguments = EXTERNAL 30 : EXTERNAL, identity 0 @ 6 + 11
)",
             {Direction::ToServer, DBusForm::AuthLine, false});
    rows.add("OK", bytes("OK 1234deadbeef"),
             R"(
OK 1234deadbeef
 : SASL @ 0 + 15
  command = OK @ 0 + 2
  arguments = 1234deadbeef @ 3 + 12
)",
             {Direction::ToClient, DBusForm::AuthLine, false});
    rows.add("rejected", bytes("REJECTED EXTERNAL DBUS_COOKIE_SHA1"),
             R"(
REJECTED EXTERNAL DBUS_COOKIE_SHA1
 : SASL @ 0 + 34
  command = REJECTED @ 0 + 8
  arguments = EXTERNAL DBUS_COOKIE_SHA1 @ 9 + 25
)",
             {Direction::ToClient, DBusForm::AuthLine, false});
    rows.add("unknown command", bytes("WHAT"),
             R"(
WHAT
not valid
 : SASL @ 0 + 4
  ! command = WHAT: there is no such @ 0 + 4
)",
             {Direction::ToClient, DBusForm::AuthLine, false});
}

QTEST_GUILESS_MAIN(tst_DBusDecoder)
#include "tst_dbusdecoder.moc"
