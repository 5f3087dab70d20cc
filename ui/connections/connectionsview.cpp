// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/connections/connectionsview.h"

#include "core/models/textformat.h"
#include "ui/connections/ratedelegate.h"
#include "ui/widgets/columnfit.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/panelheader.h"
#include "ui/widgets/statedot.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace Sockeye {

namespace {

constexpr int rowPadding = 9;
/// More than this would be an expression that nobody can read.
constexpr size_t maxFilterIds = 20;

/// A path as a word for a shell; an abstract name as nc and socat take it.
QString connectCommand(const QString &address)
{
    if (address.startsWith(QLatin1Char('@')))
        return QStringLiteral("socat - ABSTRACT-CONNECT:'%1'").arg(address.mid(1));
    const auto isHarmless = [](QChar character) {
        return character.isLetterOrNumber() || QStringLiteral("/._-").contains(character);
    };
    const bool isPlain = std::all_of(address.begin(), address.end(), isHarmless);
    QString quoted = address;
    quoted.replace(QLatin1Char('\''), QLatin1String("'\\''"));
    return QStringLiteral("nc -U ")
        + (isPlain ? address : QLatin1Char('\'') + quoted + QLatin1Char('\''));
}

} // namespace

ConnectionsView::ConnectionsView(ConnectionsModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
{
    m_header = new PanelHeader(tr("Connections"), this);
    buildTable();
    m_empty = new EmptyState(m_table);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_table, 1);
    setFocusProxy(m_table);
    updateHeader();
    updateEmptyState();
}

void ConnectionsView::buildTable()
{
    m_table = new QTableView(this);
    m_table->setModel(&m_model);
    m_table->setAccessibleName(tr("Connections"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setCornerButtonEnabled(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setMinimumSectionSize(1); // else the header's margins set it
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + rowPadding);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setItemDelegate(new ConnectionDelegate(this));
    auto *dots = new DotDelegate(
        [this](const QModelIndex &index) -> std::optional<Dot> {
            const std::optional<ConnectionInfo> info = m_model.connectionAt(index.row());
            return info ? std::optional(dotFor(*info)) : std::nullopt;
        },
        this);
    dots->setTextColour(&ConnectionDelegate::textColour);
    m_table->setItemDelegateForColumn(ConnectionsModel::IdColumn, dots);
    m_table->setItemDelegateForColumn(ConnectionsModel::RateColumn, new RateDelegate(this));
    setColumnWidths();
    m_table->installEventFilter(this);
    connect(m_table, &QWidget::customContextMenuRequested, this, &ConnectionsView::showMenu);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ConnectionsView::currentChanged);
    // Follows while the last row is in sight, as a terminal does.
    connect(m_table->verticalScrollBar(), &QAbstractSlider::actionTriggered, this, [this] {
        const QScrollBar *bar = m_table->verticalScrollBar();
        m_following = bar->sliderPosition() >= bar->maximum();
    });
}

/// The column that says how a connection ended takes what the others leave: a refusal is a
/// sentence.
void ConnectionsView::setColumnWidths()
{
    const auto width = [this](const char *sample) {
        return fontMetrics().horizontalAdvance(QLatin1String(sample)) + 16;
    };
    const std::pair<ConnectionsModel::Column, const char *> samples[] = {
        {ConnectionsModel::IdColumn, "mm 9999"},
        {ConnectionsModel::PeerColumn, "python3.11 (12345)"},
        {ConnectionsModel::UserColumn, "nobody:nogroup"},
        {ConnectionsModel::SentColumn, "999 MBm"},
        {ConnectionsModel::ReceivedColumn, "m received"},
        {ConnectionsModel::RecordsColumn, "9 999 999"},
        {ConnectionsModel::RateColumn, "999 MB/s  999 MB/s  mm"},
    };
    for (const auto &[column, sample] : samples)
        m_table->setColumnWidth(column, width(sample));
    m_table->horizontalHeader()->setSectionResizeMode(ConnectionsModel::RateColumn,
                                                      QHeaderView::Fixed);
    new ColumnFit(m_table, ConnectionsModel::AgeColumn, width("closed by client after 25.0 s"),
                  {{ConnectionsModel::RecordsColumn, 0},
                   {ConnectionsModel::RateColumn, width("999 MB/s")},
                   {ConnectionsModel::UserColumn, width("root:root")}});
}

void ConnectionsView::refresh()
{
    if (!isVisible())
        return;
    const int rows = m_model.rowCount();
    m_model.refresh();
    if (m_following && m_model.rowCount() > rows)
        m_table->scrollToBottom();
    updateHeader();
}

void ConnectionsView::setListeningAddress(const QString &address)
{
    if (m_address == address)
        return;
    m_address = address;
    updateEmptyState();
}

void ConnectionsView::setServerName(const QString &name)
{
    // Traffic below is that of all servers: without a name here, refusals by another server seem
    // not to be.
    m_header->setTitle(name.isEmpty() ? tr("Connections") : tr("Connections of %1").arg(name));
}

void ConnectionsView::updateHeader()
{
    const auto number = [](int count) { return numberText(static_cast<quint64>(count)); };
    QStringList parts = {tr("%1 open").arg(number(m_model.openCount()))};
    if (m_model.closedCount() > 0)
        parts << tr("%1 closed").arg(number(m_model.closedCount()));
    if (m_model.refusedCount() > 0)
        parts << tr("%1 refused").arg(number(m_model.refusedCount()));
    m_header->setDetail(m_model.rowCount() > 0 ? parts.join(QStringLiteral(" · ")) : QString());
}

void ConnectionsView::updateEmptyState()
{
    m_empty->setTitle(tr("No connections yet"));
    m_empty->setText(m_address.isEmpty() ? tr("Start a server; who connects to it appears here.")
                                         : tr("Clients that connect appear here. Try it with"));
    m_empty->setCommand(m_address.isEmpty() ? QString() : connectCommand(m_address));
}

ConnectionId ConnectionsView::currentConnection() const
{
    return m_current;
}

void ConnectionsView::currentChanged(const QModelIndex &now)
{
    const ConnectionId id = {now.isValid() ? now.data(ConnectionIdRole).toULongLong() : 0};
    if (id == m_current)
        return;
    m_current = id;
    if (now.isValid() && now.row() < m_model.rowCount() - 1)
        m_following = false;
    Q_EMIT currentConnectionChanged(id);
}

std::vector<ConnectionId> ConnectionsView::selectedConnections() const
{
    std::vector<ConnectionId> ids;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        ids.push_back({index.data(ConnectionIdRole).toULongLong()});
    std::sort(ids.begin(), ids.end());
    return ids;
}

/// Not QTableView::selectRow(): that adds to the selection or takes away from it while a person
/// happens to hold Ctrl or Shift.
void ConnectionsView::selectRow(int row)
{
    m_table->selectionModel()->setCurrentIndex(
        m_model.index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

bool ConnectionsView::showConnection(ConnectionId id)
{
    const int row = m_model.rowOf(id);
    if (row < 0)
        return false;
    selectRow(row);
    m_table->scrollTo(m_model.index(row, 0));
    return true;
}

void ConnectionsView::askFilter()
{
    std::vector<ConnectionId> ids = selectedConnections();
    if (ids.empty())
        return;
    ids.resize(std::min(ids.size(), maxFilterIds));
    QStringList tests;
    for (const ConnectionId id : ids)
        tests << QStringLiteral("conn == %1").arg(id.value);
    const QString all = tests.join(QStringLiteral(" or "));
    Q_EMIT filterAsked(tests.size() > 1 ? QLatin1Char('(') + all + QLatin1Char(')') : all);
}

void ConnectionsView::copyDetails()
{
    QStringList all;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        all << index.data(DetailsRole).toString();
    if (!all.isEmpty())
        QGuiApplication::clipboard()->setText(all.join(QStringLiteral("\n\n")));
}

void ConnectionsView::showMenu(const QPoint &place)
{
    const std::vector<ConnectionId> ids = selectedConnections();
    const auto isOpen = [this](ConnectionId id) {
        const std::optional<ConnectionInfo> info = m_model.connectionAt(m_model.rowOf(id));
        return info && info->isOpen();
    };
    const auto isBetweenPrograms = [this](ConnectionId id) {
        const std::optional<ConnectionInfo> info = m_model.connectionAt(m_model.rowOf(id));
        return info && info->isTapped; // nobody sends by hand there
    };
    std::vector<ConnectionId> open;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(open), isOpen);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Show only its &traffic"), this, &ConnectionsView::askFilter)
        ->setEnabled(!ids.empty());
    menu->addAction(tr("&Follow the stream"), this,
                    [this, ids] { Q_EMIT followAsked(ids.front()); })
        ->setEnabled(ids.size() == 1);
    QAction *sending =
        menu->addAction(tr("&Send to…"), this, [this, open] { Q_EMIT sendAsked(open.front()); });
    sending->setEnabled(open.size() == 1 && !isBetweenPrograms(open.front()));
    QAction *copying =
        menu->addAction(tr("&Copy peer details"), this, &ConnectionsView::copyDetails);
    copying->setShortcut(QKeySequence::Copy);
    copying->setEnabled(!ids.empty());
    menu->addSeparator();
    menu->addAction(icon(QStringLiteral("disconnect")), tr("&Disconnect"), this,
                    [this, open] { Q_EMIT disconnectAsked(open); })
        ->setEnabled(!open.empty());
    menu->addAction(tr("Disconnect &all"), this, &ConnectionsView::disconnectAllAsked)
        ->setEnabled(m_model.openCount() > 0);
    menu->popup(m_table->viewport()->mapToGlobal(place));
}

bool ConnectionsView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_table || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (key->matches(QKeySequence::Copy)) {
        copyDetails();
        return true;
    }
    const bool isPlain = (key->modifiers() & ~(Qt::ControlModifier | Qt::KeypadModifier)) == 0;
    const bool isEdge = key->key() == Qt::Key_Home || key->key() == Qt::Key_End;
    if (!isEdge || !isPlain || m_model.rowCount() == 0)
        return QWidget::eventFilter(watched, event);
    const int row = key->key() == Qt::Key_Home ? 0 : m_model.rowCount() - 1;
    selectRow(row);
    m_table->scrollTo(m_model.index(row, 0));
    m_following = key->key() == Qt::Key_End;
    return true;
}

} // namespace Sockeye
