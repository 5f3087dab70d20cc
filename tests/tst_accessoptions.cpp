// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/accessoptions.h"
#include "tests/kit/scratchfolder.h"

#include <QLocalServer>
#include <QtTest>

#include <sys/stat.h>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

class tst_AccessOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text_data();
    void text();
    void unknownWord();
    void everySetSurvivesQtAndText();
    void modeIsTheOneQtMakes_data();
    void modeIsTheOneQtMakes();
    void umaskIsReadNotChanged();
    void modeLetters();
};

void tst_AccessOptions::text_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<AccessOptions>("options");
    QTest::addColumn<QString>("back");
    QTest::newRow("empty") << u""_s << AccessOptions {} << u"none"_s;
    QTest::newRow("none") << u"none"_s << AccessOptions {} << u"none"_s;
    QTest::newRow("user") << u"user"_s << AccessOptions {.user = true} << u"user"_s;
    QTest::newRow("cases") << u" User , GROUP"_s << AccessOptions {.user = true, .group = true}
                           << u"user,group"_s;
    QTest::newRow("world") << u"world"_s
                           << AccessOptions {.user = true, .group = true, .other = true}
                           << u"world"_s;
    QTest::newRow("world in parts")
        << u"other,group,user"_s << AccessOptions {.user = true, .group = true, .other = true}
        << u"world"_s;
    QTest::newRow("abstract") << u"abstract"_s << AccessOptions {.abstract = true} << u"abstract"_s;
    QTest::newRow("both") << u"abstract,user"_s << AccessOptions {.user = true, .abstract = true}
                          << u"user,abstract"_s;
}

void tst_AccessOptions::text()
{
    QFETCH(QString, text);
    QFETCH(AccessOptions, options);
    QFETCH(QString, back);
    const Result<AccessOptions> parsed = AccessOptions::parse(text);
    QVERIFY(parsed);
    QVERIFY(*parsed == options);
    QCOMPARE(parsed->toString(), back);
}

void tst_AccessOptions::unknownWord()
{
    const Result<AccessOptions> parsed = AccessOptions::parse(u"user, owner"_s);
    QVERIFY(!parsed);
    QVERIFY((parsed.error()
             == Problem {.code = ProblemCode::AccessOptionUnknown,
                         .args = {{u"option"_s, u"owner"_s},
                                  {u"known"_s, u"user, group, other, world, abstract, none"_s}}}));
    QVERIFY(!AccessOptions::parse(u"user,"_s));
}

void tst_AccessOptions::everySetSurvivesQtAndText()
{
    for (int bits = 0; bits < 16; ++bits) {
        const auto flags = QLocalServer::SocketOptions(bits);
        const AccessOptions options = AccessOptions::fromSocketOptions(flags);
        QCOMPARE(options.socketOptions(), flags);
        QVERIFY(AccessOptions::parse(options.toString()) == options);
    }
}

void tst_AccessOptions::modeIsTheOneQtMakes_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<int>("mask");
    for (int bits = 0; bits < 8; ++bits) {
        for (const int mask : {0, 022, 027, 077})
            QTest::addRow("options %d, umask %03o", bits, mask) << bits << mask;
    }
}

void tst_AccessOptions::modeIsTheOneQtMakes()
{
    QFETCH(int, bits);
    QFETCH(int, mask);
    const ScratchFolder scratch;
    const auto flags = QLocalServer::SocketOptions(bits);
    QLocalServer server;
    server.setSocketOptions(flags);
    const mode_t before = ::umask(static_cast<mode_t>(mask));
    const bool isListening = server.listen(scratch.file(u"s"_s));
    const mode_t seen = currentUmask();
    ::umask(before);
    QVERIFY(isListening);
    QCOMPARE(seen, static_cast<mode_t>(mask));
    struct stat status = {};
    QCOMPARE(::lstat(scratch.bytes(u"s"_s).constData(), &status), 0);
    const auto mode = AccessOptions::fromSocketOptions(flags).mode(static_cast<mode_t>(mask));
    QVERIFY(mode);
    QCOMPARE(modeText(*mode), modeText(status.st_mode & 0777U));
}

void tst_AccessOptions::umaskIsReadNotChanged()
{
    QVERIFY(!AccessOptions({.user = true, .abstract = true}).mode(0));
    const mode_t before = ::umask(027);
    QCOMPARE(currentUmask(), mode_t(027));
    QCOMPARE(::umask(before), mode_t(027));
}

void tst_AccessOptions::modeLetters()
{
    QCOMPARE(modeText(0770), u"srwxrwx---"_s);
    QCOMPARE(modeText(0), u"s---------"_s);
    QCOMPARE(modeText(0521), u"sr-x-w---x"_s);
}

QTEST_GUILESS_MAIN(tst_AccessOptions)
#include "tst_accessoptions.moc"
