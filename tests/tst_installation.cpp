// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kit/scratchfolder.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>
#include <QtEndian>

#include <memory>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Outcome
{
    int status = -1;
    QString output; ///< both streams, as a terminal shows them
};

Outcome run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments, QIODevice::ReadOnly);
    process.waitForFinished(60'000);
    return {.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            .output = QString::fromUtf8(process.readAll())};
}

/// The long options in @p text, sorted, each once.
QStringList optionsIn(const QString &text)
{
    static const QRegularExpression option(u"(?<![\\w-])--[a-z][a-z0-9-]*"_s);
    QStringList options;
    auto matches = option.globalMatch(text);
    while (matches.hasNext())
        options.append(matches.next().captured());
    options.sort();
    options.removeDuplicates();
    return options;
}

/// What stands under the heading @p name of the manual's source, where each option is described
/// after a tag; an option that is only spoken of does not count.
QString manualSection(const QString &manual, const QString &name)
{
    static const QRegularExpression next(u"\n\\.S[SH] "_s);
    static const QRegularExpression tag(u"\n\\.TP\n([^\n]*)"_s);
    const QString heading = u"\n.SS "_s + name + u'\n';
    const qsizetype begin = manual.indexOf(heading);
    if (begin < 0)
        return {};
    const qsizetype end = manual.indexOf(next, begin + heading.size());
    QString tags;
    auto matches = tag.globalMatch(manual.mid(begin, end - begin));
    while (matches.hasNext())
        tags += matches.next().captured(1) + u'\n';
    return tags;
}

/// Where zsh of this system looks.
QString zshFile()
{
    return QFile::exists(u"/etc/debian_version"_s) ? u"share/zsh/vendor-completions/_sockeye"_s
                                                   : u"share/zsh/site-functions/_sockeye"_s;
}

const QStringList subcommands {u"serve"_s,   u"wait"_s, u"tap"_s, u"run"_s,  u"recover"_s,
                               u"connect"_s, u"list"_s, u"who"_s, u"show"_s, u"export"_s};

} // namespace

/// What a package puts on a machine: complete, valid by the checkers of the distribution, and at
/// one with what the program itself says.
class tst_installation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void files();
    void programRuns();
    void programCarriesItsIcons();
    void checkers_data();
    void checkers();
    void bitmapsHaveTheirSize();
    void manualNamesEveryOption_data();
    void manualNamesEveryOption();
    void completionsNameEveryOption_data();
    void completionsNameEveryOption();

private:
    [[nodiscard]] QString installed(const QString &path) const;
    /// What `sockeye SUBCOMMAND --help` offers; of all subcommands if it is empty.
    [[nodiscard]] QStringList offered(const QString &subcommand) const;

    std::unique_ptr<ScratchFolder> m_scratch;
    QString m_prefix;
};

QString tst_installation::installed(const QString &path) const
{
    return m_prefix + u'/' + path;
}

QStringList tst_installation::offered(const QString &subcommand) const
{
    QString help = run(installed(u"bin/sockeye"_s), {u"--help"_s}).output;
    for (const QString &name : subcommands) {
        if (subcommand.isEmpty() || subcommand == name)
            help += run(installed(u"bin/sockeye"_s), {name, u"--help"_s}).output;
    }
    return optionsIn(help);
}

void tst_installation::initTestCase()
{
    m_scratch = std::make_unique<ScratchFolder>();
    m_prefix = m_scratch->file(u"prefix"_s);
    const Outcome outcome =
        run(QStringLiteral(SOCKEYE_CMAKE),
            {u"--install"_s, QStringLiteral(SOCKEYE_BINARY_DIR), u"--prefix"_s, m_prefix});
    QVERIFY2(outcome.status == 0, qPrintable(outcome.output));
}

void tst_installation::files()
{
    QStringList files;
    QDirIterator all(m_prefix, QDir::Files, QDirIterator::Subdirectories);
    while (all.hasNext())
        files.append(QDir(m_prefix).relativeFilePath(all.next()));
    files.sort();
    QStringList expected {u"bin/sockeye"_s,
                          u"libexec/sockeye/sockeye_guardian"_s,
                          u"share/applications/sockeye.desktop"_s,
                          u"share/bash-completion/completions/sockeye"_s,
                          u"share/doc/sockeye/copyright"_s,
                          u"share/fish/vendor_completions.d/sockeye.fish"_s,
                          u"share/icons/hicolor/scalable/apps/sockeye.svg"_s,
                          u"share/man/man1/sockeye.1.gz"_s,
                          u"share/metainfo/org.sockeye.sockeye.metainfo.xml"_s,
                          zshFile()};
    for (const int size : {16, 22, 24, 32, 48, 64, 128, 256})
        expected.append(u"share/icons/hicolor/%1x%1/apps/sockeye.png"_s.arg(size));
    expected.sort();
    QCOMPARE(files, expected);
}

void tst_installation::programRuns()
{
    const Outcome outcome = run(installed(u"bin/sockeye"_s), {u"--version"_s});
    QVERIFY2(outcome.output.contains(QStringLiteral(SOCKEYE_VERSION)), qPrintable(outcome.output));
    QCOMPARE(outcome.status, 0);
}

/// The linker drops resources without a word; a resource's name stands in the program as UTF-16.
void tst_installation::programCarriesItsIcons()
{
    const QByteArray program = contentOf(installed(u"bin/sockeye"_s));
    QDirIterator icons(QStringLiteral(SOCKEYE_SOURCE_DIR "/resources/icons"), {u"*.svg"_s});
    QVERIFY(icons.hasNext());
    while (icons.hasNext()) {
        icons.next();
        QByteArray name;
        for (const QChar c : icons.fileName())
            name.append(static_cast<char>(c.row())).append(static_cast<char>(c.cell()));
        QVERIFY2(program.contains(name), qPrintable(icons.fileName()));
    }
}

void tst_installation::checkers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments"); // %1: the prefix
    QTest::newRow("desktop entry")
        << u"desktop-file-validate"_s << QStringList {u"%1/share/applications/sockeye.desktop"_s};
    QTest::newRow("AppStream") << u"appstreamcli"_s
                               << QStringList {
                                      u"validate"_s, u"--no-net"_s, u"--strict"_s,
                                      u"%1/share/metainfo/org.sockeye.sockeye.metainfo.xml"_s};
    // -Z prints what groff warns of and typesets nothing.
    QTest::newRow("manual") << u"sh"_s
                            << QStringList {u"-c"_s,
                                            u"test -z \"$(man --warnings -E UTF-8 -l -Tutf8 -Z "
                                            "%1/share/man/man1/sockeye.1.gz 2>&1 >/dev/null)\""_s};
    QTest::newRow("bash") << u"bash"_s
                          << QStringList {u"-n"_s,
                                          u"%1/share/bash-completion/completions/sockeye"_s};
    QTest::newRow("zsh") << u"zsh"_s << QStringList {u"-n"_s, u"%1/"_s + zshFile()};
    QTest::newRow("fish") << u"fish"_s
                          << QStringList {u"--no-execute"_s,
                                          u"%1/share/fish/vendor_completions.d/sockeye.fish"_s};
}

void tst_installation::checkers()
{
    QFETCH(QString, program);
    QFETCH(QStringList, arguments);
    if (QStandardPaths::findExecutable(program).isEmpty())
        QSKIP(qPrintable(program + u" is not installed; tests/run installs it"_s));
    arguments.replaceInStrings(u"%1"_s, m_prefix);
    const Outcome outcome = run(program, arguments);
    QVERIFY2(outcome.status == 0, qPrintable(outcome.output));
}

void tst_installation::bitmapsHaveTheirSize()
{
    for (const int size : {16, 22, 24, 32, 48, 64, 128, 256}) {
        const QByteArray png =
            contentOf(installed(u"share/icons/hicolor/%1x%1/apps/sockeye.png"_s.arg(size)));
        QVERIFY(png.size() > 24 && png.startsWith("\x89PNG"));
        QCOMPARE(qFromBigEndian<qint32>(png.constData() + 16), size); // IHDR: width, height
        QCOMPARE(qFromBigEndian<qint32>(png.constData() + 20), size);
    }
}

void tst_installation::manualNamesEveryOption_data()
{
    QTest::addColumn<QString>("subcommand");
    for (const QString &subcommand : subcommands)
        QTest::newRow(qPrintable(subcommand)) << subcommand;
}

void tst_installation::manualNamesEveryOption()
{
    QFETCH(QString, subcommand);
    const QString manual =
        QString::fromUtf8(contentOf(QStringLiteral(SOCKEYE_SOURCE_DIR "/resources/sockeye.1")))
            .remove(u'\\');
    QStringList described = optionsIn(manualSection(manual, subcommand));
    if (subcommand == u"serve"_s || subcommand == u"wait"_s)
        described += optionsIn(manualSection(manual, u"Listening options"_s));
    described.append(u"--help"_s); // of every subcommand, and said so once
    described.sort();
    described.removeDuplicates();
    QCOMPARE(described,
             optionsIn(run(installed(u"bin/sockeye"_s), {subcommand, u"--help"_s}).output));
}

void tst_installation::completionsNameEveryOption_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("bash") << u"share/bash-completion/completions/sockeye"_s;
    QTest::newRow("zsh") << zshFile();
    QTest::newRow("fish") << u"share/fish/vendor_completions.d/sockeye.fish"_s;
}

void tst_installation::completionsNameEveryOption()
{
    QFETCH(QString, file);
    QString text = QString::fromUtf8(contentOf(installed(file)));
    // As fish writes them, and nobody else.
    text.replace(
        QRegularExpression(u"^(complete .*) -l ([a-z])"_s, QRegularExpression::MultilineOption),
        u"\\1 --\\2"_s);
    QStringList missing = offered(QString());
    for (const QString &option : optionsIn(text))
        missing.removeAll(option);
    QCOMPARE(missing, QStringList());
    QStringList invented = optionsIn(text);
    for (const QString &option : offered(QString()))
        invented.removeAll(option);
    QCOMPARE(invented, QStringList());
}

QTEST_GUILESS_MAIN(tst_installation)
#include "tst_installation.moc"
