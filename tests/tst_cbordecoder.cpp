// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_CborDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_CborDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::Cbor);
    rows.add("values",
             bytes("\244aa\207\001!\373@\004\000\000\000\000\000\000Bxy\366\365bt\n"
                   "\003\241ax\301\0307au\367as\370c"),
             R"(
{a: [1, -2, 2.5, 78 79, null, true, "t\n"], 3: {x: 55}, u: undefined, s: 99}
 : map @ 0 + 37
  a : array @ 1 + 22
    [0] = 1 : unsigned integer @ 4 + 1
    [1] = -2 : negative integer @ 5 + 1
    [2] = 2.5 : double @ 6 + 9
    [3] = 78 79 : byte string @ 15 + 3
    [4] = null : null @ 18 + 1
    [5] = true : boolean @ 19 + 1
    [6] = t\n : text string @ 20 + 3
  3 : map @ 23 + 7
    x = 55 : tag 1 (epoch time), unsigned integer @ 25 + 5
  u = undefined : undefined @ 30 + 3
  s = 99 : simple value @ 33 + 4
)");
    rows.add("indefinite lengths", bytes("\277aa\237\001\377\177abac\377_A\001\377\377"),
             R"(
{a: [1], bc: 01}
 : map, indefinite length @ 0 + 17
  a : array, indefinite length @ 1 + 5
    [0] = 1 : unsigned integer @ 4 + 1
  bc = 01 : byte string, indefinite length @ 6 + 10
)");
    rows.add("half floats", bytes("\204\371|\000\371>\000\371\376\000\371\000\001"),
             R"(
[inf, 1.5, nan, 5.9604645e-08]
 : array @ 0 + 13
  [0] = inf : half float @ 1 + 3
  [1] = 1.5 : half float @ 4 + 3
  [2] = nan : half float @ 7 + 3
  [3] = 5.9604645e-08 : half float @ 10 + 3
)");
    rows.add("integers at their ends",
             bytes("\203\033\377\377\377\377\377\377\377\377;\377\377\377\377\377\377\377\377;\177"
                   "\377\377\377\377\377\377\377"),
             R"(
[18446744073709551615, -18446744073709551616, -9223372036854775808]
 : array @ 0 + 28
  [0] = 18446744073709551615 : unsigned integer @ 1 + 9
  [1] = -18446744073709551616 : negative integer @ 10 + 9
  [2] = -9223372036854775808 : negative integer @ 19 + 9
)");
    rows.add("tags within each other", bytes("\331\331\367\301\001"),
             R"(
1
 = 1 : tag 55799 (CBOR), tag 1 (epoch time), unsigned integer @ 0 + 5
)");
    rows.add("sequence", bytes("\001\002"),
             R"(
[1, 2]
 @ 0 + 2
  [0] = 1 : unsigned integer @ 0 + 1
  [1] = 2 : unsigned integer @ 1 + 1
)");
    rows.add("a container as key", bytes("\241\203\001\002\003\004a\005"),
             R"(
[{entry: {key: [1, 2, 3], value: 4}}, "\x05"]
 @ 0 + 8
  [0] : map @ 0 + 6
    entry @ 1 + 5
      key : array @ 1 + 4
        [0] = 1 : unsigned integer @ 2 + 1
        [1] = 2 : unsigned integer @ 3 + 1
        [2] = 3 : unsigned integer @ 4 + 1
      value = 4 : unsigned integer @ 5 + 1
  [1] = \x05 : text string @ 6 + 2
)");
    rows.add("cut in a string", bytes("ehe"),
             R"(
"he"
 = he : text string @ 0 + 3
)",
             CutToServer);
    rows.add("cut in a map", bytes("\242\001\002\003"),
             R"(
{1: 2, key: 3}
 : map @ 0 + 4
  1 = 2 : unsigned integer @ 1 + 2
  key = 3 : unsigned integer @ 3 + 1
)",
             CutToServer);
    rows.add("ends in a string", bytes("\202ehe"),
             R"(
["he", error: the message ends before this does]
not valid
 : array @ 0 + 4
  [0] = he : text string @ 1 + 3
  ! [0] = the message ends before this does @ 1 + 3
)");
    rows.add("no UTF-8", bytes("a\377"),
             R"(
["\xff", error: not all of it is UTF-8, as a text string must be]
not valid
 @ 0 + 2
  [0] = \xff : text string @ 0 + 2
  ! [0] = not all of it is UTF-8, as a text string must be @ 0 + 2
)");
    rows.add("break without a begin", bytes("\202\377"),
             R"(
{error: Invalid CBOR stream: unexpected 'break' byte}
not valid
 : array @ 0 + 2
  ! length = Invalid CBOR stream: unexpected 'break' byte @ 1 + 1
)");
    rows.add("more than there can be", bytes("\233\377\377\377\377\377\377\377\377\000"),
             R"(
{error: the message ends before this does}
not valid
 : array @ 0 + 10
  ! length = the message ends before this does @ 9 + 1
)");
    rows.add("reserved", bytes("\034"),
             R"(
[error: Invalid CBOR stream: illegal number encoding (future extension)]
not valid
 @ 0 + 1
  ! [0] = Invalid CBOR stream: illegal number encoding (future extension) @ 0 + 1
)");
    rows.add("nothing", bytes(""),
             R"(
{error: there is none}
not valid
 @ 0 + 0
  ! item = there is none @ 0 + 0
)");
}

QTEST_GUILESS_MAIN(tst_CborDecoder)
#include "tst_cbordecoder.moc"
