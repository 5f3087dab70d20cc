// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_DataStreamDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_DataStreamDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::QDataStream);
    rows.add(
        "QVariants",
        bytes("\000\000\000\n"
              "\000\000\000\000\n"
              "\000h\000\344\000l\000l\000o\000\000\000\002\000\377\377\377\373\000\000\000\011"
              "\000\000\000\000\002\000\000\000\001\000\001\000\000\000\006\000@\004\000\000"
              "\000\000\000\000\000\000\000\010\000\000\000\000\001\000\000\000\002\000k\000"
              "\000\000\014\000\000\000\000\002\000\001\000\000\000\013\000\000\000\000\001\000"
              "\000\000\002\000s\000\000\000\016\000\000\000\000\000\000%\211`\000\000\000\017"
              "\000\0006\356\200\000\000\000\020\000\000\000\000\000\000%\211`\000\000\003\350"
              "\001\000\000\000\n"
              "\000\377\377\377\377"),
        R"(
[hällo, -5, [true, 2.5], {k: 00 01}, [s], 2023-02-24, 01:00:00.000, 2023-02-24T00:00:01.000Z, ""]
 : QVariant in sequence @ 0 + 146
  [0] = hällo : QString @ 0 + 19
  [1] = -5 : int @ 19 + 9
  [2] : QVariantList @ 28 + 28
    [0] = true : bool @ 37 + 6
    [1] = 2.5 : double @ 43 + 13
  [3] : QVariantMap @ 56 + 26
    k = 00 01 : QByteArray @ 65 + 17
  [4] : QStringList @ 82 + 15
    [0] = s : QString @ 91 + 6
  [5] = 2023-02-24 : QDate @ 97 + 13
  [6] = 01:00:00.000 : QTime @ 110 + 9
  [7] = 2023-02-24T00:00:01.000Z : QDateTime @ 119 + 18
  [8] : QString @ 137 + 9
)");
    rows.add(
        "guess",
        bytes("\000\000\000\007\000\000\000\n"
              "\000h\000e\000l\000l\000o\000\000\000\003abc\000\005\000\000\000\004\000x\000y"),
        R"(
[7, hello, abc, 5, xy]
 : guessed: the bytes hold no types @ 0 + 35
  [0] = 7 : quint32? @ 0 + 4
  [1] = hello : QString? @ 4 + 14
  [2] = abc : QByteArray? @ 18 + 7
  [3] = 5 : quint16? @ 25 + 2
  [4] = xy : QString? @ 27 + 8
)");
    rows.add("guess, one byte ahead",
             bytes("\007\000\000\000\n"
                   "\000h\000e\000l\000l\000ozz"),
             R"(
[7, hello, 31354]
 : guessed: the bytes hold no types @ 0 + 17
  [0] = 7 : quint8? @ 0 + 1
  [1] = hello : QString? @ 1 + 14
  [2] = 31354 : quint16? @ 15 + 2
)");
    rows.add("negative", bytes("\377\377\377\375"),
             R"(
[4294967293]
 : guessed: the bytes hold no types @ 0 + 4
  [0] = 4294967293 : quint32? (or qint32 -3) @ 0 + 4
)");
    rows.add("unknown type of a QVariant", bytes("\000\000\022g\000\001\002\003\004"),
             R"(
[4711, 66051, 4]
 : guessed: the bytes hold no types @ 0 + 9
  [0] = 4711 : quint32? @ 0 + 4
  [1] = 66051 : quint32? @ 4 + 4
  [2] = 4 : quint8? @ 8 + 1
)");
    rows.add("cut",
             bytes("\000\000\000\002\000\000\000\000\001\000\000\000\n"
                   "\000\000\000\000"),
             R"(
[1]
 : QVariant in sequence @ 0 + 17
  [0] = 1 : int @ 0 + 9
)",
             CutToServer);
    rows.add("nothing", bytes(""),
             R"(
no bytes
 @ 0 + 0
)");
}

QTEST_GUILESS_MAIN(tst_DataStreamDecoder)
#include "tst_datastreamdecoder.moc"
