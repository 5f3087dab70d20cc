// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/sockets/socketbrowser.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"
#include "ui/access/notelabel.h"
#include "ui/mainwindow/background.h"
#include "ui/sockets/markdelegate.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScreen>
#include <QTableView>
#include <QVBoxLayout>

namespace Sockeye {

namespace {

/// As often as a person can read it; a look costs some 40 ms where there are ten thousand sockets.
constexpr auto pause = std::chrono::seconds(1);
constexpr int rowPadding = 9;

} // namespace

/// What a look at the machine brings home.
struct SocketBrowser::Look
{
    Result<std::vector<SocketEntry>> sockets;
};

SocketBrowser::SocketBrowser(Background &background, QWidget *parent)
    : QDialog(parent)
    , m_background(background)
{
    setWindowTitle(tr("Tap a socket"));
    build();
    m_timer.setSingleShot(true);
    m_timer.setInterval(pause);
    connect(&m_timer, &QTimer::timeout, this, &SocketBrowser::look);
    showEmptyState();
    showSelected();
    resize(QSize(1120, 640).boundedTo(screen()->availableSize() - QSize(40, 60)));
}

// --- how it is built ---

void SocketBrowser::build()
{
    QWidget *top = buildTop(); // first, as the Tab key goes
    buildTable();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(top);
    column->addWidget(m_table, 1);

    auto *below = new QWidget(this);
    auto *rows = new QVBoxLayout(below);
    rows->setContentsMargins(12, 10, 12, 12);
    rows->setSpacing(8);
    m_note = new NoteLabel(below);
    m_note->setObjectName(QStringLiteral("tapNote"));
    rows->addWidget(m_note);
    auto *explanation = new QLabel(
        tr("A tap in place puts Sockeye between the server and its clients: connections that are "
           "made from then on are handed on and recorded in both directions; the server sees "
           "Sockeye as the process that connects. The socket is put back when the tap is stopped, "
           "and by a guardian process even if Sockeye crashes."),
        below);
    explanation->setTextFormat(Qt::PlainText);
    explanation->setWordWrap(true);
    explanation->setForegroundRole(QPalette::PlaceholderText);
    rows->addWidget(explanation);
    rows->addSpacing(2);
    rows->addWidget(buildButtons());
    column->addWidget(below);
}

QWidget *SocketBrowser::buildTop()
{
    auto *top = new QWidget(this);
    m_filter = new QLineEdit(top);
    m_filter->setObjectName(QStringLiteral("socketFilter"));
    m_filter->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_filter->setPlaceholderText(tr("Find: address, process, pid, user, kind"));
    m_filter->setAccessibleName(tr("Find a socket"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    m_listeningOnly = new QCheckBox(tr("&Listening only"), top);
    m_listeningOnly->setChecked(m_model.isListeningOnly());
    m_listeningOnly->setToolTip(tr("Only a socket that listens can be tapped; without the check "
                                   "mark connections and the others are shown, too"));
    m_count = new QLabel(top);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    auto *row = new QHBoxLayout(top);
    row->setContentsMargins(12, 10, 12, 10);
    row->setSpacing(14);
    row->addWidget(m_filter, 1);
    row->addWidget(m_listeningOnly);
    row->addWidget(m_count);
    connect(m_filter, &QLineEdit::textChanged, this, &SocketBrowser::filterChanged);
    connect(m_listeningOnly, &QCheckBox::toggled, this, &SocketBrowser::filterChanged);
    return top;
}

void SocketBrowser::buildTable()
{
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("socketsTable"));
    m_table->setModel(&m_model);
    m_table->setAccessibleName(tr("Local sockets"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle); // both ends of a path tell it from others
    m_table->setTabKeyNavigation(false);
    m_table->setCornerButtonEnabled(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setMinimumSectionSize(1); // else the header's margins set it
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + rowPadding);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->horizontalHeader()->setSectionResizeMode(SocketsModel::AddressColumn,
                                                      QHeaderView::Stretch);
    m_table->setItemDelegateForColumn(SocketsModel::MarkColumn, new MarkDelegate(m_table));
    setColumnWidths();
    m_empty = new EmptyState(m_table);
    connect(m_empty, &EmptyState::activated, m_filter, [this] {
        m_filter->clear();
        m_listeningOnly->setChecked(false);
    });
    connect(m_table, &QWidget::customContextMenuRequested, this, &SocketBrowser::showMenu);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &SocketBrowser::currentChanged);
}

void SocketBrowser::setColumnWidths()
{
    const QFontMetrics metrics = fontMetrics();
    const auto set = [&](SocketsModel::Column column, const char *sample) {
        m_table->setColumnWidth(column, metrics.horizontalAdvance(QLatin1String(sample)) + 16);
    };
    set(SocketsModel::KindColumn, "datagram");
    set(SocketsModel::StateColumn, "unconnected");
    set(SocketsModel::ProcessColumn, "python3.11 (1234567)");
    set(SocketsModel::UserColumn, "somebody");
    set(SocketsModel::ModeColumn, "srwxrwxrwxm");
    set(SocketsModel::PeerColumn, "python3.11 (1234567) +1");
    set(SocketsModel::WaitingColumn, "Waiting");
    set(SocketsModel::MarkColumn, "mm world-writable");
    showColumns();
}

/// Where all of them listen, the room is better used by their addresses.
void SocketBrowser::showColumns()
{
    m_table->setColumnHidden(SocketsModel::StateColumn, m_model.isListeningOnly());
}

QWidget *SocketBrowser::buildButtons()
{
    auto *buttons = new QWidget(this);
    auto *row = new QHBoxLayout(buttons);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    const auto add = [&](const QString &text, const char *name, const QString &toolTip) {
        auto *button = new QPushButton(text, buttons);
        button->setObjectName(QLatin1String(name));
        button->setAutoDefault(false); // Enter in the filter must not do anything to a socket
        button->setToolTip(toolTip);
        row->addWidget(button);
        return button;
    };
    m_tap = add(tr("&Tap in place"), "tapInPlace",
                tr("Take the socket's place; its clients need not be changed"));
    m_tap->setIcon(icon(QStringLiteral("tap")));
    m_beside = add(tr("Tap &beside…"), "tapBeside",
                   tr("Listen at another address and hand on to this one; point the client there"));
    m_connect = add(tr("&Connect"), "connectTo", tr("Connect to it as a client"));
    m_who = add(tr("&Who can connect…"), "whoCan", tr("Which users may connect, and why not"));
    m_copy = add(tr("Cop&y address"), "copySocket", tr("Copy the address"));
    row->addStretch(1);
    QPushButton *close = add(tr("Close"), "closeBrowser", {});
    connect(m_tap, &QPushButton::clicked, this, [this] { Q_EMIT tapAsked(address()); });
    connect(m_beside, &QPushButton::clicked, this, [this] { Q_EMIT tapBesideAsked(address()); });
    connect(m_connect, &QPushButton::clicked, this, [this] { Q_EMIT connectAsked(address()); });
    connect(m_who, &QPushButton::clicked, this, [this] { Q_EMIT whoAsked(address()); });
    connect(m_copy, &QPushButton::clicked, this, &SocketBrowser::copyAddress);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    return buttons;
}

// --- once a second, while it can be seen ---

void SocketBrowser::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    look();
}

void SocketBrowser::hideEvent(QHideEvent *event)
{
    m_timer.stop();
    QDialog::hideEvent(event);
}

void SocketBrowser::look()
{
    if (m_isLooking || !isVisible())
        return;
    m_isLooking = true;
    m_background.run(
        this,
        [] {
            Look look {listSockets()};
            if (look.sockets)
                look.sockets = SocketsModel::ordered(std::move(*look.sockets));
            return look;
        },
        [this](Look look) { take(std::move(look)); });
}

void SocketBrowser::take(Look look)
{
    m_isLooking = false;
    ++m_looks;
    m_error = look.sockets ? QString() : oneLine(look.sockets.error());
    m_isChanging = true;
    m_model.setSockets(look.sockets ? std::move(*look.sockets) : std::vector<SocketEntry>());
    m_isChanging = false;
    keepSelection();
    showEmptyState();
    showCount();
    askChoice(); // rights may have changed as well
    if (isVisible())
        m_timer.start();
}

// --- the filter ---

void SocketBrowser::find(const QString &words)
{
    m_filter->setText(words);
    show();
    raise();
    activateWindow();
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void SocketBrowser::filterChanged()
{
    m_isChanging = true;
    m_model.setListeningOnly(m_listeningOnly->isChecked());
    showColumns();
    m_model.setFilter(m_filter->text());
    m_isChanging = false;
    m_wantsFirst = !m_filter->text().trimmed().isEmpty();
    keepSelection();
    showEmptyState();
    showCount();
}

void SocketBrowser::showCount()
{
    const auto number = [](int count) { return numberText(static_cast<quint64>(count)); };
    m_count->setText(tr("%1 of %2").arg(number(m_model.rowCount()), number(m_model.totalCount())));
}

void SocketBrowser::showEmptyState()
{
    const QString words = m_filter->text().trimmed();
    m_empty->setButton({});
    if (!m_error.isEmpty()) {
        m_empty->setTitle(tr("The sockets cannot be listed"));
        m_empty->setText(m_error);
    } else if (m_looks == 0) {
        m_empty->setTitle(tr("Looking…"));
        m_empty->setText({});
    } else if (m_model.totalCount() == 0) {
        m_empty->setTitle(tr("No local sockets"));
        m_empty->setText(tr("No program of this machine has one open that Sockeye can see."));
    } else {
        m_empty->setTitle(words.isEmpty() ? tr("Nothing listens") : tr("No socket fits"));
        m_empty->setText(
            !m_listeningOnly->isChecked() ? tr("None holds all these words: %1").arg(words)
                : words.isEmpty()         ? tr("No socket of this machine waits for clients.")
                                  : tr("None that listens holds all these words: %1").arg(words));
        m_empty->setButton(tr("Show all sockets"));
    }
}

// --- what is selected ---

const SocketEntry *SocketBrowser::current() const
{
    return m_inode == 0 ? nullptr : m_model.socketAt(m_model.rowOf(m_inode));
}

QString SocketBrowser::address() const
{
    const SocketEntry *socket = current();
    return socket && socket->address.isValid() ? socket->address.display() : QString();
}

void SocketBrowser::selectRow(int row)
{
    const QModelIndex index = m_model.index(row, 0);
    m_table->selectionModel()->setCurrentIndex(
        index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_table->scrollTo(index);
}

/// The same socket stays selected, wherever its row is now. If it has gone, none is: the next one
/// must not be under a finger that is about to press a button. After a filter was typed, the first
/// that fits.
void SocketBrowser::keepSelection()
{
    int row = m_inode == 0 ? -1 : m_model.rowOf(m_inode);
    if (row < 0 && m_wantsFirst && m_model.rowCount() > 0)
        row = 0;
    if (row < 0)
        m_table->selectionModel()->clear();
    else if (!m_table->selectionModel()->isRowSelected(row) || m_table->currentIndex().row() != row)
        selectRow(row);
    currentChanged(m_model.index(row, 0)); // also of the row that the view itself has picked
}

void SocketBrowser::currentChanged(const QModelIndex &now)
{
    // While rows come and go the view picks another one by itself; keepSelection() knows better.
    if (m_isChanging)
        return;
    const SocketEntry *socket = m_model.socketAt(now.row());
    const quint64 inode = socket ? socket->inode : 0;
    if (inode == m_inode)
        return;
    m_inode = inode;
    m_wantsFirst = m_wantsFirst && inode == 0;
    m_choice.reset();
    askChoice();
    showSelected();
}

/// Looks at the rights of its folder, so not on the window's thread.
void SocketBrowser::askChoice()
{
    const SocketEntry *socket = current();
    if (!socket) {
        showSelected();
        return;
    }
    m_background.run(
        this, [entry = *socket] { return std::pair(entry.inode, tapChoice(entry)); },
        [this](const std::pair<quint64, TapChoice> &answer) {
            showChoice(answer.first, answer.second);
        });
}

void SocketBrowser::showChoice(quint64 inode, const TapChoice &choice)
{
    if (inode != m_inode)
        return;
    m_choice = choice;
    showSelected();
}

void SocketBrowser::showSelected()
{
    const SocketEntry *socket = current();
    const bool hasAddress = socket && socket->address.isValid();
    const bool listens = hasAddress && socket->state == SocketEntry::State::Listening;
    m_tap->setEnabled(socket && m_choice && m_choice->inPlace);
    m_beside->setEnabled(socket && m_choice && m_choice->beside);
    m_connect->setEnabled(listens && socket->type == SOCK_STREAM);
    m_who->setEnabled(listens);
    m_copy->setEnabled(hasAddress);
    if (!socket) {
        m_note->setNote(NoteLabel::Kind::Info, tr("Select a socket that listens."));
        return;
    }
    if (!m_choice)
        return; // in a moment; the note before would only flicker
    if (!m_choice->reason.isEmpty())
        m_note->setNote(m_choice->beside ? NoteLabel::Kind::Warning : NoteLabel::Kind::Bad,
                        m_choice->reason);
    else
        m_note->setNote(NoteLabel::Kind::Good, tr("It can be tapped in place."));
}

QString SocketBrowser::noteText() const
{
    return m_note->text();
}

void SocketBrowser::copyAddress()
{
    if (const QString text = address(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void SocketBrowser::showMenu(const QPoint &place)
{
    if (!current())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (QPushButton *button : {m_tap, m_beside, m_connect, m_who, m_copy}) {
        QAction *action =
            menu->addAction(button->icon(), button->text(), button, &QAbstractButton::click);
        action->setEnabled(button->isEnabled());
        if (button == m_copy)
            action->setShortcut(QKeySequence::Copy);
    }
    menu->popup(m_table->viewport()->mapToGlobal(place));
}

void SocketBrowser::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copyAddress();
        return;
    }
    if (event->matches(QKeySequence::Find)) {
        m_filter->setFocus(Qt::ShortcutFocusReason);
        m_filter->selectAll();
        return;
    }
    QDialog::keyPressEvent(event);
}

/// From the filter straight down into the rows, as in a list of completions.
bool SocketBrowser::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_filter || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent *>(event)->key();
    const bool goesDown = key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter;
    if (!goesDown || m_model.rowCount() == 0)
        return QDialog::eventFilter(watched, event);
    m_table->setFocus(Qt::TabFocusReason);
    if (!current())
        selectRow(0);
    return true;
}

} // namespace Sockeye
