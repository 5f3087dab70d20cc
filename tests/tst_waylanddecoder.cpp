// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_WaylandDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_WaylandDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::Wayland);
    rows.add("get_registry", bytes("\001\000\000\000\001\000\014\000\002\000\000\000"),
             R"(
#1 wl_display.get_registry(#2)
 = wl_display.get_registry @ 0 + 12
  object = 1 : id @ 0 + 4
  opcode = 1 : uint16 @ 4 + 2
  size = 12 : uint16 @ 6 + 2
  registry = 2 : new_id @ 8 + 4
)");
    rows.add("error",
             bytes("\001\000\000\000\000\000 \000\003\000\000\000\001\000\000\000\n"
                   "\000\000\000bad thing\000\000\000"),
             R"(
#1 wl_display.error(#3, 1, "bad thing")
 = wl_display.error @ 0 + 32
  object = 1 : id @ 0 + 4
  opcode = 0 : uint16 @ 4 + 2
  size = 32 : uint16 @ 6 + 2
  object_id = 3 : object @ 8 + 4
  code = 1 : uint @ 12 + 4
  message = bad thing : string @ 16 + 16
)",
             ToClient);
    rows.add("delete_id", bytes("\001\000\000\000\001\000\014\000\003\000\000\000"),
             R"(
#1 wl_display.delete_id(3)
 = wl_display.delete_id @ 0 + 12
  object = 1 : id @ 0 + 4
  opcode = 1 : uint16 @ 4 + 2
  size = 12 : uint16 @ 6 + 2
  id = 3 : uint @ 8 + 4
)",
             ToClient);
    rows.add("global",
             bytes("\002\000\000\000\000\000$\000\001\000\000\000\016\000\000\000wl_compositor\000"
                   "\000\000\005\000\000\000"),
             R"(
#2 wl_registry.global?(1, "wl_compositor", 5)
 = wl_registry.global : judged by its arguments @ 0 + 36
  object = 2 : id @ 0 + 4
  opcode = 0 : uint16 @ 4 + 2
  size = 36 : uint16 @ 6 + 2
  name = 1 : uint @ 8 + 4
  interface = wl_compositor : string @ 12 + 20
  version = 5 : uint @ 32 + 4
)",
             ToClient);
    rows.add("bind",
             bytes("\002\000\000\000\000\000(\000\001\000\000\000\016\000\000\000wl_compositor\000"
                   "\000\000\005\000\000\000\003\000\000\000"),
             R"(
#2 wl_registry.bind?(1, "wl_compositor", 5, #3)
 = wl_registry.bind : judged by its arguments @ 0 + 40
  object = 2 : id @ 0 + 4
  opcode = 0 : uint16 @ 4 + 2
  size = 40 : uint16 @ 6 + 2
  name = 1 : uint @ 8 + 4
  interface = wl_compositor : string @ 12 + 20
  version = 5 : uint @ 32 + 4
  id = 3 : new_id @ 36 + 4
)");
    rows.add(
        "words and a string",
        bytes("\011\000\000\000\003\000\034\000\003\000\000\000\000\377\377\377\006\000\000\000"
              "title\000\000\000"),
        R"(
#9 opcode 3(3, 4294967040, "title")
 @ 0 + 28
  object = 9 : id @ 0 + 4
  opcode = 3 : uint16 @ 4 + 2
  size = 28 : uint16 @ 6 + 2
  [0] = 3 : uint @ 8 + 4
  [1] = 4294967040 : uint (or int -256, fixed -1) @ 12 + 4
  [2] = title : string or words @ 16 + 12
)");
    rows.add("no arguments", bytes("\011\000\000\000\000\000\010\000"),
             R"(
#9 opcode 0()
 @ 0 + 8
  object = 9 : id @ 0 + 4
  opcode = 0 : uint16 @ 4 + 2
  size = 8 : uint16 @ 6 + 2
)");
    rows.add("ends early", bytes("\011\000\000\000\003\000\034\000\003\000\000\000\000\377"),
             R"(
#9 opcode 3(3)
not valid
 @ 0 + 14
  object = 9 : id @ 0 + 4
  opcode = 3 : uint16 @ 4 + 2
  ! size = 28 are announced, and 14 are there @ 6 + 2
  [0] = 3 : uint @ 8 + 4
  ! argument = the message ends before this does @ 12 + 2
)");
    rows.add("cut", bytes("\011\000\000\000\003\000\034\000\003\000\000\000\000\377\377\377\006"),
             R"(
#9 opcode 3(3, 4294967040)
 @ 0 + 17
  object = 9 : id @ 0 + 4
  opcode = 3 : uint16 @ 4 + 2
  size = 28 : uint16 @ 6 + 2
  [0] = 3 : uint @ 8 + 4
  [1] = 4294967040 : uint (or int -256, fixed -1) @ 12 + 4
)",
             CutToServer);
    rows.add("cut in the header", bytes("\011\000\000\000\003"),
             R"(
5 bytes of a message
 @ 0 + 5
  object = 9 : id @ 0 + 4
)",
             CutToServer);
    rows.add("big endian", bytes("\000\000\000\001\000\014\000\001\000\000\000\002"),
             R"(
#1 wl_display.get_registry(#2)
 = wl_display.get_registry @ 0 + 12
  object = 1 : id @ 0 + 4
  size = 12 : uint16 @ 4 + 2
  opcode = 1 : uint16 @ 6 + 2
  registry = 2 : new_id @ 8 + 4
)");
    rows.add("argument missing", bytes("\001\000\000\000\000\000\014\000\003\000\000\000"),
             R"(
#1 wl_display.error(#3)
not valid
 = wl_display.error @ 0 + 12
  object = 1 : id @ 0 + 4
  opcode = 0 : uint16 @ 4 + 2
  size = 12 : uint16 @ 6 + 2
  object_id = 3 : object @ 8 + 4
  ! code = the message ends before this does @ 12 + 0
)",
             ToClient);
    rows.add("more arguments",
             bytes("\001\000\000\000\001\000\020\000\003\000\000\000\004\000\000\000"),
             R"(
#1 wl_display.delete_id(3)
not valid
 = wl_display.delete_id @ 0 + 16
  object = 1 : id @ 0 + 4
  opcode = 1 : uint16 @ 4 + 2
  size = 16 : uint16 @ 6 + 2
  id = 3 : uint @ 8 + 4
  ! more = the message has no more arguments @ 12 + 4
)",
             ToClient);
}

QTEST_GUILESS_MAIN(tst_WaylandDecoder)
#include "tst_waylanddecoder.moc"
