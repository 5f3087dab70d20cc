// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/hexview.h"

#include "core/models/textformat.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QtTest>

using namespace Sockeye;

namespace {

/// Remembers what it was asked for.
class WatchedSource final : public ByteSource
{
public:
    explicit WatchedSource(qint64 size)
        : m_size(size)
    { }
    [[nodiscard]] qint64 size() const override { return m_size; }
    [[nodiscard]] QByteArray bytes(qint64 offset, qint64 maximum) const override
    {
        asked.push_back(offset);
        largest = std::max(largest, maximum);
        QByteArray result(std::max<qint64>(0, std::min(maximum, m_size - offset)), 0);
        for (qint64 i = 0; i < result.size(); ++i)
            result[i] = static_cast<char>((offset + i) % 251);
        return result;
    }
    mutable std::vector<qint64> asked;
    mutable qint64 largest = 0;

private:
    qint64 m_size;
};

} // namespace

class tst_HexView : public QObject
{
    Q_OBJECT

public:
    static void initMain() { qputenv("QT_QPA_PLATFORM", "offscreen"); }

private Q_SLOTS:
    void init();
    void asksForVisiblePagesOnly();
    void cacheIsBounded();
    void everyByteHasItsPlace();
    void mouseSelects_data();
    void mouseSelects();
    void shiftExtends();
    void doubleClickTakesTheWord();
    void keys_data();
    void keys();
    void copies_data();
    void copies();
    void copyKeyCopiesTheActiveColumn();
    void selectsAllOfAHugeSourceWithoutReadingIt();
    void emptySourceDoesNothing();
    void bytesThatAreGone();
    void anotherSourceBeginsAnew();
    void scrollsToTheEnd();

private:
    void set(const QByteArray &bytes) { m_view->setSource(std::make_shared<MemorySource>(bytes)); }
    [[nodiscard]] QPoint centre(qint64 offset, HexView::Column column) const
    {
        return m_view->rectOf(offset, column).center();
    }

    std::unique_ptr<HexView> m_view;
};

void tst_HexView::init()
{
    m_view = std::make_unique<HexView>();
    m_view->resize(900, 300);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
}

void tst_HexView::asksForVisiblePagesOnly()
{
    const auto source = std::make_shared<WatchedSource>(qint64(1) << 33);
    m_view->setSource(source);
    m_view->grab();
    QCOMPARE(source->asked, std::vector<qint64> {0});
    QCOMPARE(source->largest, PagedBytes::pageSize);
    m_view->verticalScrollBar()->setValue(m_view->verticalScrollBar()->maximum());
    m_view->grab();
    QCOMPARE(source->asked.size(), 2U);
    QCOMPARE(source->asked.back(), (qint64(1) << 33) - PagedBytes::pageSize);
}

void tst_HexView::cacheIsBounded()
{
    PagedBytes pages;
    const auto source = std::make_shared<WatchedSource>(PagedBytes::pageSize * 200);
    pages.setSource(source);
    for (qint64 page = 0; page < 200; ++page)
        QCOMPARE(pages.read(page * PagedBytes::pageSize, 1).size(), 1);
    QCOMPARE(pages.cachedPages(), PagedBytes::maxPages);
    const QByteArray across = pages.read(PagedBytes::pageSize - 2, 4);
    QCOMPARE(across, source->bytes(PagedBytes::pageSize - 2, 4));
    QCOMPARE(pages.read(PagedBytes::pageSize * 200 - 1, 10).size(), 1);
    QCOMPARE(pages.read(PagedBytes::pageSize * 200, 10).size(), 0);
}

void tst_HexView::everyByteHasItsPlace()
{
    set(QByteArray(100, 'x'));
    for (qint64 offset = 0; offset < 100; ++offset) {
        for (const auto column : {HexView::Column::Hex, HexView::Column::Text}) {
            const HexView::Place place = m_view->placeAt(centre(offset, column));
            QCOMPARE(place.offset, offset);
            QCOMPARE(place.column, column);
        }
    }
    QCOMPARE(m_view->placeAt({5, 10'000}).offset, 96);
    QCOMPARE(m_view->placeAt({10'000, 10'000}).offset, 99);
    QCOMPARE(m_view->placeAt({-50, -50}).offset, 0);
}

void tst_HexView::mouseSelects_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    for (const int column : {0, 1}) {
        QTest::addRow("%d forward", column) << column << qint64(3) << qint64(20);
        QTest::addRow("%d backward", column) << column << qint64(20) << qint64(3);
    }
}

void tst_HexView::mouseSelects()
{
    set(QByteArray(64, 'x'));
    QFETCH(int, column);
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    const auto side = static_cast<HexView::Column>(column);
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, centre(from, side));
    QVERIFY(!m_view->hasSelection());
    QMouseEvent move(QEvent::MouseMove, QPointF(centre(to, side)),
                     m_view->viewport()->mapToGlobal(QPointF(centre(to, side))), Qt::NoButton,
                     Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_view->viewport(), &move);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, centre(to, side));
    QCOMPARE(m_view->selectionStart(), std::min(from, to));
    QCOMPARE(m_view->selectionLength(), 18);
    QCOMPARE(m_view->activeColumn(), side);
    m_view->grab();
}

void tst_HexView::shiftExtends()
{
    set(QByteArray(64, 'x'));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, centre(8, HexView::Column::Hex));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ShiftModifier,
                      centre(11, HexView::Column::Hex));
    QCOMPARE(m_view->selectionStart(), 8);
    QCOMPARE(m_view->selectionLength(), 4);
}

void tst_HexView::doubleClickTakesTheWord()
{
    set(QByteArray("Q\0\0\0\x18SELECT\0name\0", 17));
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, centre(7, HexView::Column::Text));
    QCOMPARE(m_view->selectedBytes(), QByteArray("SELECT"));
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, centre(2, HexView::Column::Hex));
    QCOMPARE(m_view->selectedBytes(), QByteArray("\0\0\0\x18", 4));
}

void tst_HexView::keys_data()
{
    QTest::addColumn<qint64>("start");
    QTest::addColumn<int>("key");
    QTest::addColumn<bool>("control");
    QTest::addColumn<qint64>("expected");
    const auto row = [](const char *name, qint64 start, Qt::Key key, qint64 expected,
                        bool control = false) {
        QTest::newRow(name) << start << static_cast<int>(key) << control << expected;
    };
    row("right", 5, Qt::Key_Right, 6);
    row("right at the end", 99, Qt::Key_Right, 99);
    row("left", 5, Qt::Key_Left, 4);
    row("left at the beginning", 0, Qt::Key_Left, 0);
    row("down", 5, Qt::Key_Down, 21);
    row("down beyond the end", 90, Qt::Key_Down, 90);
    row("up", 21, Qt::Key_Up, 5);
    row("up in the first row", 5, Qt::Key_Up, 5);
    row("home", 21, Qt::Key_Home, 16);
    row("end", 21, Qt::Key_End, 31);
    row("end of the last row", 97, Qt::Key_End, 99);
    row("first", 97, Qt::Key_Home, 0, true);
    row("last", 5, Qt::Key_End, 99, true);
    row("page up", 21, Qt::Key_PageUp, 5);
    row("page down", 21, Qt::Key_PageDown, 99);
}

void tst_HexView::keys()
{
    set(QByteArray(100, 'x'));
    QFETCH(qint64, start);
    QFETCH(int, key);
    QFETCH(bool, control);
    QFETCH(qint64, expected);
    m_view->select(start, 1);
    m_view->clearSelection();
    const Qt::KeyboardModifiers plain = control ? Qt::ControlModifier : Qt::NoModifier;
    QTest::keyClick(m_view.get(), static_cast<Qt::Key>(key), plain);
    QCOMPARE(m_view->cursor(), expected);
    QVERIFY(!m_view->hasSelection());
    m_view->select(start, 1);
    m_view->clearSelection();
    QTest::keyClick(m_view.get(), static_cast<Qt::Key>(key), plain | Qt::ShiftModifier);
    QCOMPARE(m_view->selectionStart(), std::min(start, expected));
    QCOMPARE(m_view->selectionLength(), std::abs(start - expected) + 1);
}

void tst_HexView::copies_data()
{
    QTest::addColumn<int>("form");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, HexView::CopyForm form, const char16_t *text) {
        QTest::newRow(name) << static_cast<int>(form) << QString::fromUtf16(text);
    };
    row("hex", HexView::CopyForm::Hex, u"41 00 c3 bc");
    row("text", HexView::CopyForm::Text, u"A␀ü");
    row("C array", HexView::CopyForm::CArray,
        u"unsigned char data[] = {\n    0x41, 0x00, 0xc3, 0xbc,\n};\n");
    row("Base64", HexView::CopyForm::Base64, u"QQDDvA==");
    row("dump", HexView::CopyForm::Dump,
        u"0001  41 00 c3 bc                                        A...\n");
}

void tst_HexView::copies()
{
    set(QByteArray("xA\0\xc3\xbcz", 6));
    m_view->select(1, 4);
    QFETCH(int, form);
    m_view->copy(static_cast<HexView::CopyForm>(form));
    QTEST(QGuiApplication::clipboard()->text(), "text");
}

void tst_HexView::copyKeyCopiesTheActiveColumn()
{
    set("ABCDEF");
    for (const auto column : {HexView::Column::Hex, HexView::Column::Text}) {
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, centre(1, column));
        QTest::keyClick(m_view.get(), Qt::Key_Right, Qt::ShiftModifier);
        QTest::keySequence(m_view.get(), QKeySequence::Copy);
        const bool isHex = column == HexView::Column::Hex;
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 isHex ? QStringLiteral("42 43") : QStringLiteral("BC"));
    }
}

void tst_HexView::selectsAllOfAHugeSourceWithoutReadingIt()
{
    const auto source = std::make_shared<WatchedSource>(qint64(1) << 33);
    m_view->setSource(source);
    QTest::keySequence(m_view.get(), QKeySequence::SelectAll);
    m_view->grab();
    QCOMPARE(m_view->selectionLength(), qint64(1) << 33);
    QVERIFY(source->asked.size() < 5);
    QCOMPARE(m_view->selectedBytes().size(), HexView::copyLimit);
}

void tst_HexView::emptySourceDoesNothing()
{
    m_view->setSource(nullptr);
    m_view->grab();
    QTest::keySequence(m_view.get(), QKeySequence::SelectAll);
    for (const Qt::Key key : {Qt::Key_Down, Qt::Key_End, Qt::Key_PageDown, Qt::Key_Left})
        QTest::keyClick(m_view.get(), key, Qt::ShiftModifier);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, {50, 50});
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, {50, 50});
    QVERIFY(!m_view->hasSelection());
    QCOMPARE(m_view->selectedBytes(), QByteArray());
}

void tst_HexView::bytesThatAreGone()
{
    class Gone final : public ByteSource
    {
        [[nodiscard]] qint64 size() const override { return 40; }
        [[nodiscard]] QByteArray bytes(qint64, qint64) const override { return {}; }
    };
    m_view->setSource(std::make_shared<Gone>());
    m_view->grab();
    m_view->selectAll();
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, centre(7, HexView::Column::Hex));
    m_view->copy(HexView::CopyForm::Hex);
    QCOMPARE(m_view->selectedBytes(), QByteArray());
}

void tst_HexView::anotherSourceBeginsAnew()
{
    set(QByteArray(10'000, 'x'));
    m_view->select(5000, 10);
    m_view->verticalScrollBar()->setValue(100);
    QSignalSpy changed(m_view.get(), &HexView::selectionChanged);
    set("ab");
    QVERIFY(changed.size() > 0);
    QVERIFY(!m_view->hasSelection());
    QCOMPARE(m_view->cursor(), 0);
    QCOMPARE(m_view->verticalScrollBar()->value(), 0);
    m_view->grab();
}

void tst_HexView::scrollsToTheEnd()
{
    set(QByteArray(10'001, 'x'));
    QTest::keyClick(m_view.get(), Qt::Key_End, Qt::ControlModifier);
    QCOMPARE(m_view->cursor(), 10'000);
    const QRect last = m_view->rectOf(10'000, HexView::Column::Hex);
    QVERIFY(m_view->viewport()->rect().contains(last));
}

QTEST_MAIN(tst_HexView)
#include "tst_hexview.moc"
