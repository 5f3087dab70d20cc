// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/trafficview.h"

#include "core/models/textformat.h"
#include "ui/traffic/gotobar.h"
#include "ui/traffic/trafficdelegate.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/panelheader.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace Sockeye {

namespace {

constexpr int rowPadding = 9;
constexpr qint64 copyLimit = 16 * 1024 * 1024; ///< what a clipboard still takes well

} // namespace

TrafficView::TrafficView(QWidget *parent)
    : QWidget(parent)
{
    build();
    applyFonts();
    updateHeader();
    updateEmptyState();
}

void TrafficView::build()
{
    m_header = new PanelHeader(tr("Traffic"), this);
    buildGoTo();
    buildTable();
    m_empty = new EmptyState(m_table);
    m_followAction = new QAction(icon(QStringLiteral("follow")), tr("&Follow"), this);
    m_followAction->setCheckable(true);
    m_followAction->setChecked(m_following);
    m_followAction->setToolTip(tr("Keep the newest record in sight (End)"));
    connect(m_followAction, &QAction::toggled, this, &TrafficView::setFollowing);
    connect(m_empty, &EmptyState::activated, this, &TrafficView::clearFilterAsked);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_goTo);
    layout->addWidget(m_table, 1);
    setFocusProxy(m_table);
}

void TrafficView::buildGoTo()
{
    m_goTo = new GoToBar(this);
    m_goToAction = new QAction(tr("&Go to…"), this);
    m_goToAction->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_G));
    addAction(m_goToAction);
    connect(m_goToAction, &QAction::triggered, m_goTo, &GoToBar::open);
    connect(m_goTo, &GoToBar::closed, this, [this] { m_table->setFocus(); });
    connect(m_goTo, &GoToBar::recordAsked, this, [this](RecordIndex index) {
        if (!showRecord(index))
            m_goTo->tell(tr("Record %1 is not shown: the filter leaves it out.").arg(index));
    });
}

void TrafficView::buildTable()
{
    m_table = new QTableView(this);
    m_table->setAccessibleName(tr("Traffic"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setCornerButtonEnabled(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setItemDelegate(new TrafficDelegate(this));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setMinimumSectionSize(1); // else the header's margins set it
    // One height for all: anything else is asked for each of a million rows.
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setSectionsMovable(false);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->horizontalHeader()->setSectionsClickable(false); // while live
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            &TrafficView::sortBy);
    m_table->installEventFilter(this);
    connect(m_table, &QWidget::customContextMenuRequested, this, &TrafficView::showMenu);
    connect(m_table->verticalScrollBar(), &QAbstractSlider::actionTriggered, this,
            &TrafficView::scrolledByUser);
}

void TrafficView::applyFonts()
{
    const QFont mono = monospaceFont();
    m_table->setFont(mono);
    m_table->horizontalHeader()->setFont(QApplication::font());
    const QFontMetrics metrics(mono);
    m_table->verticalHeader()->setDefaultSectionSize(metrics.height() + rowPadding);
    const auto width = [&](const char *sample) {
        return metrics.horizontalAdvance(QLatin1String(sample));
    };
    QHeaderView *header = m_table->horizontalHeader();
    if (header->count() == TrafficModel::ColumnCount) {
        header->resizeSection(TrafficModel::TimeColumn, width("12:01:07.123 456 m"));
        header->resizeSection(TrafficModel::ConnectionColumn, width("1234567m"));
        header->resizeSection(TrafficModel::DirectionColumn, width("mmmm"));
        header->resizeSection(TrafficModel::LengthColumn, width("1 234 567m"));
    }
}

void TrafficView::setModel(TrafficModel *model)
{
    if (m_model == model)
        return;
    if (m_model)
        m_model->disconnect(this);
    const QItemSelectionModel *before = m_table->selectionModel();
    m_model = model;
    m_goTo->setLog(model ? &model->log() : nullptr);
    m_table->setModel(model);
    delete before;
    m_empty->modelChanged();
    if (model)
        connect(model, &TrafficModel::orderChanged, this, &TrafficView::showCurrentAgain);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    if (m_table->selectionModel()) {
        connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
                &TrafficView::currentChanged);
    }
    applyFonts();
    if (m_current) {
        m_current.reset();
        Q_EMIT currentRecordChanged(std::nullopt);
    }
    setFollowing(true);
    refresh();
}

void TrafficView::refresh()
{
    if (!m_model || !isVisible())
        return;
    const int rows = m_model->rowCount();
    const std::optional<RecordIndex> newest = m_model->recordAt(rows - 1);
    {
        const QScopedValueRollback moving(m_moving, true);
        m_model->refresh();
        keepCurrent();
        if (m_following && m_model->recordAt(m_model->rowCount() - 1) != newest)
            m_table->scrollToBottom();
    }
    updateHeader();
    updateEmptyState();
}

/// A filter makes all rows anew, and recycling takes rows away; Qt would select a neighbour.
void TrafficView::keepCurrent()
{
    if (!m_current)
        return;
    const QModelIndex now = m_table->currentIndex();
    if (now.isValid() && m_model->recordAt(now.row()) == m_current)
        return;
    const int row = m_model->rowOf(*m_current);
    if (row >= 0) {
        selectRow(row);
    } else if (now.isValid()) {
        m_table->clearSelection();
        m_table->setCurrentIndex({});
    }
    const bool isGone = *m_current < m_model->log().cursor().begin;
    if (isGone || m_model->log().cursor().epoch != m_currentEpoch) {
        m_current.reset();
        Q_EMIT currentRecordChanged(std::nullopt);
    }
}

void TrafficView::setLive(bool live)
{
    m_live = live;
    m_followAction->setVisible(live);
    m_table->horizontalHeader()->setSectionsClickable(!live);
    m_table->horizontalHeader()->setSortIndicatorShown(!live);
    if (live)
        m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    setFollowing(live && m_following);
    updateEmptyState();
}

/// Rows of what is still recorded would change places all the time.
void TrafficView::sortBy(int column, Qt::SortOrder order)
{
    if (!m_model || (m_live && column >= 0))
        return;
    if (column == TrafficModel::DataColumn)
        m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    else
        m_model->sort(column, order);
    updateHeader();
}

void TrafficView::showCurrentAgain()
{
    const QScopedValueRollback moving(m_moving, true);
    m_table->clearSelection();
    const int row = m_current ? m_model->rowOf(*m_current) : -1;
    if (row >= 0) {
        selectRow(row);
        m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
    } else {
        m_table->scrollToTop();
    }
}

void TrafficView::setFollowing(bool following)
{
    following = following && m_live;
    if (following && m_model && m_model->rowCount() > 0) {
        const QScopedValueRollback moving(m_moving, true);
        m_table->scrollToBottom();
    }
    if (m_following == following)
        return;
    m_following = following;
    m_followAction->setChecked(following);
    updateHeader();
    Q_EMIT followingChanged(following);
}

void TrafficView::scrolledByUser()
{
    // The slider has moved, its value follows when this returns.
    const QScrollBar *bar = m_table->verticalScrollBar();
    setFollowing(bar->sliderPosition() >= bar->maximum());
}

std::optional<RecordIndex> TrafficView::currentRecord() const
{
    return m_current;
}

/// Not QTableView::selectRow(): that adds to the selection or takes away from it while a person
/// happens to hold Ctrl or Shift.
void TrafficView::selectRow(int row)
{
    m_table->selectionModel()->setCurrentIndex(
        m_model->index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

bool TrafficView::showRecord(RecordIndex index)
{
    const int row = m_model ? m_model->rowOf(index) : -1;
    if (row < 0)
        return false;
    setFollowing(false);
    selectRow(row);
    m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
    return true;
}

void TrafficView::currentChanged()
{
    if (m_moving)
        return;
    const QModelIndex now = m_table->currentIndex();
    const std::optional<RecordIndex> index =
        now.isValid() ? m_model->recordAt(now.row()) : std::nullopt;
    if (now.isValid() && now.row() < m_model->rowCount() - 1)
        setFollowing(false);
    if (index == m_current || !now.isValid())
        return;
    m_current = index;
    m_currentEpoch = m_model->log().cursor().epoch;
    Q_EMIT currentRecordChanged(index);
}

void TrafficView::setFiltered(bool filtered)
{
    m_filtered = filtered;
    updateHeader();
    updateEmptyState();
}

void TrafficView::setFilterBroken(bool broken)
{
    m_filterBroken = broken;
    updateHeader();
}

void TrafficView::setTitle(const QString &title)
{
    m_header->setTitle(title);
    m_table->setAccessibleName(title);
}

void TrafficView::updateHeader()
{
    if (!m_model) {
        m_header->setDetail({});
        return;
    }
    const quint64 total = m_model->totalCount();
    const QString all = total == 1 ? tr("1 record") : tr("%1 records").arg(numberText(total));
    QStringList parts;
    if (m_filterBroken)
        parts << tr("the filter is not applied");
    if (m_filtered && m_model->isFiltering())
        parts << tr("searching");
    if (m_model->isSorting())
        parts << tr("sorting");
    parts << (m_filtered
                  ? tr("%1 of %2").arg(numberText(static_cast<quint64>(m_model->rowCount())), all)
                  : all);
    if (m_following)
        parts << tr("following");
    m_header->setDetail(parts.join(QStringLiteral(" · ")));
}

void TrafficView::updateEmptyState()
{
    const bool hasRecords = m_model && m_model->totalCount() > 0;
    if (m_filtered && hasRecords) {
        const bool isSearching = m_model->isFiltering();
        m_empty->setTitle(isSearching ? tr("Searching…") : tr("Nothing matches the filter"));
        m_empty->setText({});
        m_empty->setButton(isSearching ? QString() : tr("&Clear the filter"));
        return;
    }
    if (!m_live) {
        m_empty->setTitle(tr("No records"));
        m_empty->setText(tr("Nothing was recorded in this capture."));
        m_empty->setButton({});
        return;
    }
    m_empty->setTitle(tr("Nothing recorded yet"));
    m_empty->setText(tr("What clients and servers send appears here as it happens."));
    m_empty->setButton({});
}

bool TrafficView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_table || event->type() != QEvent::KeyPress || !m_model)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (key->matches(QKeySequence::Copy)) {
        copySelected(CopyForm::Text);
        return true;
    }
    // Rows are selected as a whole: Home and End mean the first and the last of them.
    const bool isPlain = (key->modifiers() & ~(Qt::ControlModifier | Qt::KeypadModifier)) == 0;
    if (key->key() == Qt::Key_End && isPlain) {
        setFollowing(true);
        if (!m_live && m_model->rowCount() > 0) {
            selectRow(m_model->rowCount() - 1);
            m_table->scrollToBottom();
        }
        return true;
    }
    if (key->key() == Qt::Key_Home && isPlain && m_model->rowCount() > 0) {
        setFollowing(false);
        selectRow(0);
        m_table->scrollToTop();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void TrafficView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange)
        applyFonts();
}

void TrafficView::copySelected(CopyForm form)
{
    if (!m_model || !m_table->selectionModel())
        return;
    // By ranges: a list of each of a million selected rows would take seconds.
    QItemSelection selection = m_table->selectionModel()->selection();
    std::sort(selection.begin(), selection.end(),
              [](const QItemSelectionRange &a, const QItemSelectionRange &b) {
                  return a.top() < b.top();
              });
    QByteArray bytes;
    for (const QItemSelectionRange &range : std::as_const(selection)) {
        for (int row = range.top(); row <= range.bottom() && bytes.size() < copyLimit; ++row) {
            if (const std::optional<RecordIndex> index = m_model->recordAt(row))
                bytes += m_model->log().payload(*index, 0, copyLimit - bytes.size());
        }
    }
    const QString text = form == CopyForm::Text ? plainText(bytes)
        : form == CopyForm::Hex                 ? hexText(bytes)
                                                : cArrayText(bytes);
    QGuiApplication::clipboard()->setText(text);
}

void TrafficView::askFilter(bool withDirection)
{
    const QModelIndex now = m_table->currentIndex();
    if (!now.isValid())
        return;
    const QString connection =
        QStringLiteral("conn == %1").arg(now.data(ConnectionIdRole).toULongLong());
    const bool toServer = now.data(DirectionRole).toInt() == static_cast<int>(Direction::ToServer);
    const QString direction =
        toServer ? QStringLiteral(" and dir == in") : QStringLiteral(" and dir == out");
    Q_EMIT filterAsked(withDirection ? connection + direction : connection);
}

void TrafficView::showMenu(const QPoint &place)
{
    if (!m_model)
        return;
    const bool hasCurrent =
        m_table->currentIndex().isValid() && m_table->selectionModel()->hasSelection();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString &text, auto act) {
        QAction *action = menu->addAction(text, this, act);
        action->setEnabled(hasCurrent);
        return action;
    };
    add(tr("Copy as &text"), [this] {
        copySelected(CopyForm::Text);
    })->setShortcut(QKeySequence::Copy);
    add(tr("Copy as &hex"), [this] { copySelected(CopyForm::Hex); });
    add(tr("Copy as &C array"), [this] { copySelected(CopyForm::CArray); });
    menu->addSeparator();
    add(tr("Follow the &stream"), [this] {
        Q_EMIT followAsked({m_table->currentIndex().data(ConnectionIdRole).toULongLong()});
    });
    add(tr("Show only this c&onnection"), [this] { askFilter(false); });
    add(tr("Show only this &direction of it"), [this] { askFilter(true); });
    if (m_filtered)
        menu->addAction(tr("Clear the &filter"), this, &TrafficView::clearFilterAsked);
    menu->addSeparator();
    menu->addAction(m_goToAction);
    if (m_live)
        menu->addAction(m_followAction);
    menu->popup(m_table->viewport()->mapToGlobal(place));
}

} // namespace Sockeye
