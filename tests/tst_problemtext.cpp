// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/problemtext.h"

#include <QAbstractSocket>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QtTest>

#include <cerrno>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Every code, in the order of the enumeration.
std::vector<ProblemCode> allCodes()
{
    std::vector<ProblemCode> codes;
    for (int code = 0; code <= int(ProblemCode::SystemCallFailed); ++code)
        codes.push_back(ProblemCode(code));
    return codes;
}

/// Every argument that any text may use, as "<name>".
QMap<QString, QString> everyArgument()
{
    QFile source(QStringLiteral(SOCKEYE_SOURCE_DIR "/core/base/problemtext.cpp"));
    QMap<QString, QString> args;
    if (!source.open(QIODevice::ReadOnly))
        return args;
    static const QRegularExpression placeholder(u"\\{([a-z]+)\\}"_s);
    auto found = placeholder.globalMatch(QString::fromUtf8(source.readAll()));
    while (found.hasNext()) {
        const QString name = found.next().captured(1);
        args.insert(name, u'<' + name + u'>');
    }
    return args;
}

QStringList textsOf(const Problem &problem)
{
    return {whatHappened(problem), whyItHappened(problem), whatToDo(problem)};
}

} // namespace

class tst_ProblemText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCodeHasItsTexts();
    void namesAreOne();
    void errorsSayWhatToDo();
    void argumentsAreFilledOnce();
    void missingArgumentLeavesNoBrace();
    void systemSaysWhy();
    void lineForTheTerminal();
    void detail_data();
    void detail();
    void everyRemedyHasALabel();
    void equalByContent();
};

void tst_ProblemText::everyCodeHasItsTexts()
{
    const QMap<QString, QString> args = everyArgument();
    QVERIFY(args.size() > 20);
    for (const ProblemCode code : allCodes()) {
        const Problem problem {.code = code, .args = args};
        QVERIFY2(!whatHappened(problem).isEmpty(), qPrintable(codeName(code)));
        for (const QString &text : textsOf(problem)) {
            if (text.isEmpty())
                continue;
            QVERIFY2(!text.contains(u'{') && !text.contains(u'}'), qPrintable(text));
            QVERIFY2(!text.contains(u"  "_s) && text == text.trimmed(), qPrintable(text));
            QVERIFY2(!text.contains(u'\n'), qPrintable(text));
            QVERIFY2(text.endsWith(u'.') || text.contains(u"For example: "_s), qPrintable(text));
        }
    }
}

void tst_ProblemText::namesAreOne()
{
    QSet<QString> names;
    for (const ProblemCode code : allCodes())
        names.insert(codeName(code));
    QCOMPARE(names.size(), qsizetype(allCodes().size()));
    QCOMPARE(codeName(ProblemCode::AddressInUse), u"AddressInUse"_s);
}

void tst_ProblemText::errorsSayWhatToDo()
{
    // What nobody can foresee has nothing but the system's own word.
    const QSet<QString> unforeseen {u"ConnectFailed"_s, u"SystemCallFailed"_s};
    for (const ProblemCode code : allCodes()) {
        const bool isSilent = whatToDo({.code = code}).isEmpty();
        QVERIFY2(isSilent == unforeseen.contains(codeName(code)), qPrintable(codeName(code)));
    }
}

void tst_ProblemText::argumentsAreFilledOnce()
{
    // A name may look like a placeholder, or like one of QString::arg().
    const Problem problem {.code = ProblemCode::NameEscapesFolder,
                           .args = {{u"name"_s, u"{folder}%1"_s}, {u"folder"_s, u"{name}"_s}}};
    QCOMPARE(whatHappened(problem), u"The name {folder}%1 leads out of {name}."_s);
}

void tst_ProblemText::missingArgumentLeavesNoBrace()
{
    QCOMPARE(whatHappened({.code = ProblemCode::FolderMissing}), u"The folder  does not exist."_s);
}

void tst_ProblemText::systemSaysWhy()
{
    QCOMPARE(whyItHappened({.code = ProblemCode::SystemCallFailed, .errnoValue = ENOSPC}),
             u"The system says: No space left on device."_s);
    QCOMPARE(whyItHappened({.code = ProblemCode::SystemCallFailed}), QString());
    // A reason of our own is better than the system's.
    QVERIFY(whyItHappened({.code = ProblemCode::AddressStale, .errnoValue = ECONNREFUSED})
                .startsWith(u"A program left it"_s));
}

void tst_ProblemText::lineForTheTerminal()
{
    const Problem problem {.code = ProblemCode::FolderMissing,
                           .args = {{u"folder"_s, u"/nowhere"_s}},
                           .errnoValue = ENOENT,
                           .socketError = QAbstractSocket::HostNotFoundError,
                           .qtText = u"Name error"_s};
    QCOMPARE(oneLine(problem),
             u"The folder /nowhere does not exist. A socket cannot be made in a folder that is not "
             "there. Make the folder, or pick another name. [HostNotFoundError “Name error” · "
             "ENOENT]"_s);
    QVERIFY(!oneLine({.code = ProblemCode::NameEmpty}).contains(u'['));
}

void tst_ProblemText::detail_data()
{
    QTest::addColumn<int>("errnoValue");
    QTest::addColumn<int>("socketError");
    QTest::addColumn<QString>("qtText");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << 0 << -1 << u""_s << u""_s;
    QTest::newRow("errno") << EADDRINUSE << -1 << u""_s << u"EADDRINUSE"_s;
    QTest::newRow("qt") << 0 << int(QAbstractSocket::AddressInUseError) << u""_s
                        << u"AddressInUseError"_s;
    QTest::newRow("both") << EACCES << int(QAbstractSocket::SocketAccessError) << u"no"_s
                          << u"SocketAccessError “no” · EACCES"_s;
    QTest::newRow("errno without a name") << 4095 << -1 << u""_s << u"4095"_s;
    QTest::newRow("the first of Qt's errors") << 0 << 0 << u""_s << u"ConnectionRefusedError"_s;
}

void tst_ProblemText::detail()
{
    QFETCH(int, errnoValue);
    QFETCH(int, socketError);
    QFETCH(QString, qtText);
    QFETCH(QString, expected);
    QCOMPARE(technicalDetail({.code = ProblemCode::ListenFailed,
                              .errnoValue = errnoValue,
                              .socketError = socketError,
                              .qtText = qtText}),
             expected);
}

void tst_ProblemText::everyRemedyHasALabel()
{
    QSet<QString> labels;
    for (int remedy = 0; remedy <= int(Remedy::NeverStall); ++remedy)
        labels.insert(label(Remedy(remedy)));
    QCOMPARE(labels.size(), int(Remedy::NeverStall) + 1);
    QVERIFY(!labels.contains(QString()));
    // The dangerous one is never the first, which a hasty Return would press.
    for (const ProblemCode code : allCodes()) {
        const std::vector<Remedy> offered = remedies({.code = code});
        QVERIFY(offered.empty() || offered.front() != Remedy::TakeOver);
    }
}

void tst_ProblemText::equalByContent()
{
    const Problem problem {.code = ProblemCode::NameTooLong, .args = {{u"length"_s, u"107"_s}}};
    QVERIFY(problem == Problem(problem));
    QVERIFY(problem != Problem {.code = ProblemCode::NameTooLong});
}

QTEST_GUILESS_MAIN(tst_ProblemText)
#include "tst_problemtext.moc"
