// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_ProtobufDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_ProtobufDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::Protobuf);
    rows.add("wire types",
             bytes("\010\226\001\022\007testing\032\003\010\226\001\"\006\003\216\002\236\247\005-"
                   "\000\000\200?1\000\000\000\000\000\000\370?;\010\005<@\377\377\377\377\377\377"
                   "\377\377\377\001J\000"),
             R"(
{1: 150, 2: "testing", 3: {1: 150}, 4: 03 8e 02 9e a7 05, 5: 1065353216, 6: 4609434218613702656, 7: {1: 5}, 8: 18446744073709551615, 9: ""}
 @ 0 + 56
  1 = 150 : varint (or sint 75) @ 0 + 3
  2 = testing : string @ 3 + 9
  3 : message or bytes @ 12 + 5
    1 = 150 : varint (or sint 75) @ 14 + 3
  4 = 03 8e 02 9e a7 05 : bytes @ 17 + 8
  5 = 1065353216 : fixed32 (or float 1) @ 25 + 5
  6 = 4609434218613702656 : fixed64 (or double 1.5) @ 30 + 9
  7 : group @ 39 + 4
    1 = 5 : varint (or sint -3) @ 40 + 2
  8 = 18446744073709551615 : varint (or int -1, sint -9223372036854775808) @ 43 + 11
  9 : string, bytes or message @ 54 + 2
)");
    rows.add("string or message",
             bytes("\n"
                   "\002hi"),
             R"(
{1: "hi"}
 @ 0 + 4
  1 = hi : string or message @ 0 + 4
    13 = 105 : varint (or sint -53) @ 2 + 2
)");
    rows.add("too long",
             bytes("\n"
                   "\005hi"),
             R"(
{error: 5 bytes are announced, and 2 are left}
not valid
 @ 0 + 4
  ! 1 = 5 bytes are announced, and 2 are left @ 0 + 4
)");
    rows.add("cut",
             bytes("\n"
                   "\005hi"),
             R"(
{1: hi}
 @ 0 + 4
  1 = hi : cut @ 0 + 4
)",
             CutToServer);
    rows.add("ends in a varint", bytes("\010"),
             R"(
{error: the message ends before this does}
not valid
 @ 0 + 1
  ! 1 = the message ends before this does @ 0 + 1
)");
    rows.add("no wire type", bytes("\017\000"),
             R"(
{error: field 1 of wire type 7: there is no such}
not valid
 @ 0 + 2
  ! tag = field 1 of wire type 7: there is no such @ 0 + 2
)");
    rows.add("field 0", bytes("\000\001"),
             R"(
{error: field 0 of wire type 0: there is no such}
not valid
 @ 0 + 2
  ! tag = field 0 of wire type 0: there is no such @ 0 + 2
)");
    rows.add("end of no group", bytes("\014"),
             R"(
{error: the end of a group 1 that has no begin}
not valid
 @ 0 + 1
  ! tag = the end of a group 1 that has no begin @ 0 + 1
)");
    rows.add("group without end", bytes("\013\010\001"),
             R"(
{1: {1: 1, error: the message ends before this does}}
not valid
 @ 0 + 3
  1 : group @ 0 + 3
    1 = 1 : varint @ 1 + 2
    ! end of group = the message ends before this does @ 3 + 0
)");
    rows.add("varint too long", bytes("\010\377\377\377\377\377\377\377\377\377\377\377\377"),
             R"(
{error: a varint of more than 10 bytes}
not valid
 @ 0 + 13
  ! 1 = a varint of more than 10 bytes @ 0 + 13
)");
    rows.add("nothing", bytes(""),
             R"(
empty message
 @ 0 + 0
)");
}

QTEST_GUILESS_MAIN(tst_ProtobufDecoder)
#include "tst_protobufdecoder.moc"
