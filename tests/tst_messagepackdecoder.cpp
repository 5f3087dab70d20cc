// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_MessagePackDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_MessagePackDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::MessagePack);
    rows.add(
        "values",
        bytes("\204\241a\227\001\376\313@\004\000\000\000\000\000\000\304\002xy\300\303\241t"
              "\003\201\241x\307\003\005abc\241n\321\377\177\243big\317\200\000\000\000\000\000"
              "\000\000"),
        R"(
{a: [1, -2, 2.5, 78 79, nil, true, "t"], 3: {x: 61 62 63}, n: -129, big: 9223372036854775808}
 : map @ 0 + 51
  a : array @ 1 + 22
    [0] = 1 : positive fixint @ 4 + 1
    [1] = -2 : negative fixint @ 5 + 1
    [2] = 2.5 : float 64 @ 6 + 9
    [3] = 78 79 : bin 8 @ 15 + 4
    [4] = nil : nil @ 19 + 1
    [5] = true : bool @ 20 + 1
    [6] = t : string @ 21 + 2
  3 : map @ 23 + 10
    x = 61 62 63 : ext 8, type 5 @ 25 + 8
  n = -129 : int 16 @ 33 + 5
  big = 9223372036854775808 : uint 64 @ 38 + 13
)");
    rows.add("float 32", bytes("\312=\314\314\315"),
             R"(
0.1
 = 0.1 : float 32 @ 0 + 5
)");
    rows.add("timestamps",
             bytes("\224\326\377eS\361\000\327\377\000\000\000\024eS\361\000\307\014\377;\232\311"
                   "\377\377\377\377\377\377\377\377\377\307\014\377\000\000\000\000@\000\000\000"
                   "\000\000\000\000"),
             R"(
[2023-11-14T22:13:20Z, 2023-11-14T22:13:20.000000005Z, 1969-12-31T23:59:59.999999999Z, 4611686018427387904 s]
 : array @ 0 + 47
  [0] = 2023-11-14T22:13:20Z : timestamp @ 1 + 6
  [1] = 2023-11-14T22:13:20.000000005Z : timestamp @ 7 + 10
  [2] = 1969-12-31T23:59:59.999999999Z : timestamp @ 17 + 15
  [3] = 4611686018427387904 s : timestamp @ 32 + 15
)");
    rows.add("no timestamp", bytes("\327\377\377\377\377\377\000\000\000\000"),
             R"(
ff ff ff ff 00 00 00 00
 = ff ff ff ff 00 00 00 00 : fixext 8, type -1 @ 0 + 10
)");
    rows.add("string that is no UTF-8", bytes("\241\377"),
             R"(
"\xff"
 = \xff : string @ 0 + 2
)");
    rows.add("a container as key", bytes("\201\222\001\002\241x"),
             R"(
{entry: {key: [1, 2], value: "x"}}
 : map @ 0 + 6
  entry @ 1 + 5
    key : array @ 1 + 3
      [0] = 1 : positive fixint @ 2 + 1
      [1] = 2 : positive fixint @ 3 + 1
    value = x : string @ 4 + 2
)");
    rows.add("request", bytes("\224\000\007\252nvim_input\221\242ab"),
             R"(
request 7 nvim_input ["ab"]
request 7 nvim_input
 : array @ 0 + 18
  [0] = 0 : positive fixint @ 1 + 1
  [1] = 7 : positive fixint @ 2 + 1
  [2] = nvim_input : string @ 3 + 11
  [3] : array @ 14 + 4
    [0] = ab : string @ 15 + 3
)");
    rows.add("response", bytes("\224\001\007\300\222\001\002"),
             R"(
response 7 [1, 2]
response 7
 : array @ 0 + 7
  [0] = 1 : positive fixint @ 1 + 1
  [1] = 7 : positive fixint @ 2 + 1
  [2] = nil : nil @ 3 + 1
  [3] : array @ 4 + 3
    [0] = 1 : positive fixint @ 5 + 1
    [1] = 2 : positive fixint @ 6 + 1
)",
             ToClient);
    rows.add("failure", bytes("\224\001\007\222\000\243bad\300"),
             R"(
response 7 error [0, "bad"]
response 7
 : array @ 0 + 10
  [0] = 1 : positive fixint @ 1 + 1
  [1] = 7 : positive fixint @ 2 + 1
  [2] : array @ 3 + 6
    [0] = 0 : positive fixint @ 4 + 1
    [1] = bad : string @ 5 + 4
  [3] = nil : nil @ 9 + 1
)",
             ToClient);
    rows.add("notification", bytes("\223\002\246redraw\220"),
             R"(
notification redraw []
notice redraw
 : array @ 0 + 10
  [0] = 2 : positive fixint @ 1 + 1
  [1] = redraw : string @ 2 + 7
  [2] : array @ 9 + 1
)",
             ToClient);
    rows.add("several", bytes("\001\241a"),
             R"(
[1, "a"]
 @ 0 + 3
  [0] = 1 : positive fixint @ 0 + 1
  [1] = a : string @ 1 + 2
)");
    rows.add("cut", bytes("\245he"),
             R"(
"he"
 = he : string @ 0 + 3
)",
             CutToServer);
    rows.add("ends in a string", bytes("\222\245h"),
             R"(
["h", error: the message ends before this does]
not valid
 : array @ 0 + 3
  [0] = h : string @ 1 + 2
  ! [0] = the message ends before this does @ 3 + 0
)");
    rows.add("ends behind a key", bytes("\201\241a"),
             R"(
{key: "a", error: the message ends before this does}
not valid
 : map @ 0 + 3
  key = a : string @ 1 + 2
  ! entry = the message ends before this does @ 3 + 0
)");
    rows.add("unused byte", bytes("\222\001\301"),
             R"(
[1, error: the byte c1 begins no object]
not valid
 : array @ 0 + 3
  [0] = 1 : positive fixint @ 1 + 1
  ! [1] = the byte c1 begins no object @ 2 + 1
)");
}

QTEST_GUILESS_MAIN(tst_MessagePackDecoder)
#include "tst_messagepackdecoder.moc"
