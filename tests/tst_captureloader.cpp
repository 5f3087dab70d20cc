// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "capturekit.h"
#include "kit/manualclock.h"
#include "kit/patience.h"
#include "kit/scratchfolder.h"

#include <QFile>
#include <QTest>

using namespace Sockeye;

namespace {

/// A capture of @p records messages of @p size bytes over three connections.
QByteArray captureOf(const ScratchFolder &scratch, int records, qsizetype size)
{
    const SystemClock clock;
    CaptureOptions options;
    options.file = scratch.file(QStringLiteral("source.pcapng"));
    options.overwrite = true;
    const auto log = CaptureLog::create(options, clock);
    (*log)->addServer({{1}, QStringLiteral("api"), QStringLiteral("/run/api")});
    std::vector<std::unique_ptr<CaptureStream>> streams;
    for (quint64 id = 1; id <= 3; ++id)
        streams.push_back((*log)->openStream(testConnection(id), RecordingPolicy::Lossless));
    for (int record = 0; record < records; ++record) {
        const QByteArray bytes = randomBytes(static_cast<quint32>(record), size);
        if (!streams[static_cast<size_t>(record) % 3]->append(Direction::ToServer, asSpan(bytes)))
            qFatal("cannot record");
    }
    if (!(*log)->flush())
        qFatal("cannot record");
    return contentOf(options.file);
}

void append(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Append));
    QCOMPARE(file.write(bytes), bytes.size());
}

quint64 count(const CaptureLog &log)
{
    return log.cursor().end;
}

} // namespace

/// A capture that is read while it is looked at, and while it is written.
class tst_CaptureLoader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allOfItAppears();
    void firstRowsAreThereAtOnce();
    void itGrows();
    void halfABlockIsWaitedFor();
    void damageIsToldAtOnce();
    void damageOfAGrowingFileIsToldLater();
    void reservedTailIsFilled();
    void stopped();
    void destroyedWhileReading();
    void cutShorter();
    void noCapture();
};

void tst_CaptureLoader::allOfItAppears()
{
    const ScratchFolder scratch;
    const QString file = scratch.write(QStringLiteral("it"), captureOf(scratch, 200, 70'000));
    const auto whole = CaptureLog::open(file);
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    TRY_VERIFY(!(*log)->reading().isReading);
    QCOMPARE(dump(**log), dump(**whole));
    QCOMPARE((*log)->reading().read, QFile(file).size());
    QCOMPARE((*log)->reading().size, QFile(file).size());
    QVERIFY((*log)->reading().isFollowed);
    QVERIFY(!(*log)->damage());
    QVERIFY(!(*whole)->reading().isReading && !(*whole)->reading().isFollowed);
}

void tst_CaptureLoader::firstRowsAreThereAtOnce()
{
    const ScratchFolder scratch;
    const QString file = scratch.write(QStringLiteral("it"), captureOf(scratch, 2000, 10'000));
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log && count(**log) > 100);
    QCOMPARE((*log)->records(0, 4).size(), size_t {4});
}

void tst_CaptureLoader::itGrows()
{
    const ScratchFolder scratch;
    const QByteArray all = captureOf(scratch, 40, 100);
    const QString file = scratch.write(QStringLiteral("it"), all.first(all.size() / 2));
    const auto whole = CaptureLog::open(scratch.file(QStringLiteral("source.pcapng")));
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    for (qsizetype at = all.size() / 2; at < all.size(); at += 1000)
        append(file, all.mid(at, 1000));
    TRY_COMPARE(count(**log), count(**whole));
    QCOMPARE(dump(**log), dump(**whole));
    QVERIFY(!(*log)->damage());
}

void tst_CaptureLoader::halfABlockIsWaitedFor()
{
    const ScratchFolder scratch;
    const QByteArray all = captureOf(scratch, 10, 100);
    const QString file = scratch.write(QStringLiteral("it"), all.first(all.size() - 250));
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    const quint64 before = count(**log);
    append(file, all.last(250).first(240)); // up to the midst of the last block
    TRY_VERIFY(count(**log) > before);
    append(file, all.last(10));
    TRY_COMPARE((*log)->reading().read, all.size());
    TRY_VERIFY(!(*log)->damage());
    const auto whole = CaptureLog::open(file);
    QCOMPARE(dump(**log), dump(**whole));
}

void tst_CaptureLoader::damageIsToldAtOnce()
{
    const ScratchFolder scratch;
    QByteArray all = captureOf(scratch, 100, 100);
    const QString file = scratch.write(QStringLiteral("it"), all + "nonsense of some length");
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    TRY_VERIFY((*log)->damage());
    QCOMPARE((*log)->damage()->code, ProblemCode::CaptureDamaged);
    QCOMPARE((*log)->damage()->args.value(QStringLiteral("offset")), QString::number(all.size()));
    const auto whole = CaptureLog::open(scratch.file(QStringLiteral("source.pcapng")));
    QCOMPARE(dump(**log), dump(**whole));
    // The good part can be saved, and is whole.
    QVERIFY((*log)->save(scratch.file(QStringLiteral("good"))));
    QCOMPARE(contentOf(scratch.file(QStringLiteral("good"))), all);
}

void tst_CaptureLoader::damageOfAGrowingFileIsToldLater()
{
    const ScratchFolder scratch;
    const QByteArray all = captureOf(scratch, 10, 100);
    const QString file = scratch.write(QStringLiteral("it"), all.first(all.size() - 300));
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    append(file, all.last(300).first(290));
    TRY_VERIFY((*log)->damage());
    append(file, all.last(10)); // it went on after all
    TRY_VERIFY(!(*log)->damage());
    TRY_COMPARE((*log)->reading().read, all.size());
}

void tst_CaptureLoader::reservedTailIsFilled()
{
    const ScratchFolder scratch;
    const QByteArray all = captureOf(scratch, 30, 100);
    const qsizetype written =
        CaptureLog::open(scratch.file(QStringLiteral("source.pcapng"))) ? all.size() / 2 : 0;
    QByteArray reserved = all;
    std::fill(reserved.begin() + written, reserved.end(), '\0');
    const QString file = scratch.write(QStringLiteral("it"), reserved);
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    QFile target(file);
    QVERIFY(target.open(QIODevice::ReadWrite));
    QVERIFY(target.seek(written));
    QCOMPARE(target.write(all.mid(written)), all.size() - written);
    target.close();
    TRY_COMPARE((*log)->reading().read, all.size());
    QCOMPARE(dump(**log), dump(**CaptureLog::open(file)));
    QVERIFY(!(*log)->damage());
}

void tst_CaptureLoader::stopped()
{
    const ScratchFolder scratch;
    const QByteArray all = captureOf(scratch, 200, 70'000);
    const QString file = scratch.write(QStringLiteral("it"), all);
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    (*log)->stopReading();
    TRY_VERIFY(!(*log)->reading().isReading);
    QVERIFY(!(*log)->reading().isFollowed);
    const quint64 shown = count(**log);
    QVERIFY(shown > 0);
    QCOMPARE((*log)->records(0, 1 << 20).size(), shown);
    // What was read can be saved and is whole; perhaps it was all.
    QVERIFY((*log)->save(scratch.file(QStringLiteral("part"))));
    const auto part = CaptureLog::open(scratch.file(QStringLiteral("part")));
    QVERIFY(part);
    QCOMPARE(count(**part), shown);
}

void tst_CaptureLoader::destroyedWhileReading()
{
    const ScratchFolder scratch;
    const QString file = scratch.write(QStringLiteral("it"), captureOf(scratch, 200, 70'000));
    const int threads = threadCount();
    for (int round = 0; round < 20; ++round)
        QVERIFY(CaptureLog::openGrowing(file));
    QCOMPARE(threadCount(), threads);
}

void tst_CaptureLoader::cutShorter()
{
    const ScratchFolder scratch;
    const QByteArray all = captureOf(scratch, 100, 1000);
    const QString file = scratch.write(QStringLiteral("it"), all);
    const auto log = CaptureLog::openGrowing(file);
    QVERIFY(log);
    TRY_VERIFY(!(*log)->reading().isReading);
    const quint64 shown = count(**log);
    QVERIFY(QFile::resize(file, all.size() / 2));
    // What is gone reads as nothing; the rest is there.
    QCOMPARE((*log)->payload(shown - 1), QByteArray());
    QVERIFY(!(*log)->payload(5).isEmpty());
    append(file, "more, but not of a capture");
    QCOMPARE(count(**log), shown);
}

void tst_CaptureLoader::noCapture()
{
    const ScratchFolder scratch;
    const auto text =
        CaptureLog::openGrowing(scratch.write(QStringLiteral("text"), "hello world\n"));
    QVERIFY(!text);
    QCOMPARE(text.error().code, ProblemCode::NotACapture);
    const auto empty = CaptureLog::openGrowing(scratch.write(QStringLiteral("empty"), {}));
    QVERIFY(!empty);
    QCOMPARE(empty.error().code, ProblemCode::NotACapture);
    QVERIFY(!CaptureLog::openGrowing(scratch.file(QStringLiteral("missing"))));
}

QTEST_GUILESS_MAIN(tst_CaptureLoader)
#include "tst_captureloader.moc"
