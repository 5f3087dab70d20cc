// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_TextDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_TextDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::Text);
    rows.add("nothing", bytes(""),
             R"(

 : UTF-8 @ 0 + 0
)");
    rows.add("a line", bytes("gr\303\274\303\237e"),
             R"(
grüße
 = grüße : UTF-8 @ 0 + 7
)");
    rows.add("lines",
             bytes("hello\r\n"
                   "world\n"),
             R"(
hello\r\nworld\n
 : UTF-8 @ 0 + 13
  line 1 = hello @ 0 + 7
  line 2 = world @ 7 + 6
)");
    rows.add("no end of the last line",
             bytes("a\n"
                   "\n"
                   "b"),
             R"(
a\n\nb
 : UTF-8 @ 0 + 4
  line 1 = a @ 0 + 2
  line 2 @ 2 + 1
  line 3 = b @ 3 + 1
)");
    rows.add("Latin-1", bytes("caf\351\000"),
             R"(
café\x00
 = café\x00 : Latin-1 @ 0 + 5
)");
    rows.add("cut within a character",
             bytes("a\n"
                   "\303"),
             R"(
a\n\xc3
 : UTF-8 @ 0 + 3
  line 1 = a @ 0 + 2
  line 2 = \xc3 @ 2 + 1
)",
             CutToServer);
}

QTEST_GUILESS_MAIN(tst_TextDecoder)
#include "tst_textdecoder.moc"
