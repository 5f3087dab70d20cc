// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/socketsmodel.h"

#include "core/base/problem.h"
#include "core/models/textformat.h"
#include "core/system/users.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Beyond so many separate changes the view has less to do with a reset.
constexpr size_t mostRanges = 200;

Qt::Alignment alignmentOf(int column)
{
    return (column == SocketsModel::WaitingColumn ? Qt::AlignRight : Qt::AlignLeft)
        | Qt::AlignVCenter;
}

/// By address, paths before abstract names, unnamed ones last; at one address the listener first,
/// then its connections. The inode makes it unique.
int compare(const SocketEntry &a, const SocketEntry &b)
{
    const auto rank = [](const SocketEntry &socket) {
        return socket.address.kind() == SocketAddress::Kind::Path ? 0
            : socket.address.isValid()                            ? 1
                                                                  : 2;
    };
    if (const int difference = rank(a) - rank(b); difference != 0)
        return difference;
    if (const int difference = a.address.bytes().compare(b.address.bytes()); difference != 0)
        return difference;
    const auto isListener = [](const SocketEntry &socket) {
        return socket.state == SocketEntry::State::Listening;
    };
    if (isListener(a) != isListener(b))
        return isListener(a) ? -1 : 1;
    return a.inode == b.inode ? 0 : a.inode < b.inode ? -1 : 1;
}

bool isBefore(const SocketEntry &a, const SocketEntry &b)
{
    return compare(a, b) < 0;
}

/// A client has no address of its own: where it is connected to says more.
QString addressText(const SocketEntry &socket)
{
    if (socket.address.isValid())
        return preview(socket.address.display().toUtf8());
    if (socket.peerAddress.isValid())
        return QChar(0x2192) + QStringLiteral(" ") + preview(socket.peerAddress.display().toUtf8());
    return SocketsModel::tr("unnamed");
}

QString processText(const ProcessInfo &process)
{
    return preview(
        peerText(process.name.isEmpty() ? process.executable : process.name, process.pid).toUtf8());
}

/// "psql (4211)", "nginx (812) +3".
QString processesText(const std::vector<ProcessInfo> &processes)
{
    if (processes.empty())
        return {};
    const QString first = processText(processes.front());
    return processes.size() == 1 ? first
                                 : QStringLiteral("%1 +%2").arg(first).arg(processes.size() - 1);
}

QString kindText(const SocketEntry &socket)
{
    switch (socket.type) {
    case SOCK_STREAM:
        return SocketsModel::tr("stream");
    case SOCK_DGRAM:
        return SocketsModel::tr("datagram");
    case SOCK_SEQPACKET:
        return SocketsModel::tr("packet");
    default:
        return socketTypeName(socket.type);
    }
}

QString stateText(const SocketEntry &socket)
{
    switch (socket.state) {
    case SocketEntry::State::Listening:
        return SocketsModel::tr("listening");
    case SocketEntry::State::Connected:
        return SocketsModel::tr("connected");
    case SocketEntry::State::Unconnected:
        return SocketsModel::tr("unconnected");
    }
    Q_UNREACHABLE();
}

QString marksText(const SocketEntry &socket)
{
    QStringList names;
    for (const SocketMark &mark : marksOf(socket))
        names << markName(mark.kind);
    return names.join(QStringLiteral(", "));
}

QString textOf(const SocketEntry &socket, int column)
{
    switch (column) {
    case SocketsModel::AddressColumn:
        return addressText(socket);
    case SocketsModel::KindColumn:
        return kindText(socket);
    case SocketsModel::StateColumn:
        return stateText(socket);
    case SocketsModel::ProcessColumn:
        return processesText(socket.holders);
    case SocketsModel::UserColumn:
        return socket.uid ? userName(*socket.uid) : QString();
    case SocketsModel::ModeColumn:
        return socket.mode ? modeText(*socket.mode) : QString();
    case SocketsModel::PeerColumn:
        return processesText(socket.peerHolders);
    case SocketsModel::WaitingColumn:
        return socket.state == SocketEntry::State::Listening ? numberText(socket.waiting)
                                                             : QString();
    default:
        return marksText(socket);
    }
}

/// What the filter looks through: every process, not only the first one that a cell shows.
QString searchText(const SocketEntry &socket)
{
    QStringList parts {addressText(socket), kindText(socket), stateText(socket), marksText(socket)};
    if (socket.uid)
        parts << userName(*socket.uid);
    for (const std::vector<ProcessInfo> *processes : {&socket.holders, &socket.peerHolders}) {
        for (const ProcessInfo &process : *processes)
            parts << process.name << QString::number(process.pid);
    }
    // A line end is in no word, so that no word is found across two of them.
    return parts.join(QLatin1Char('\n')).toLower();
}

/// All that is known, a line each.
QString detailsOf(const SocketEntry &socket)
{
    constexpr size_t mostNamed = 8;
    QStringList lines;
    const auto add = [&lines](const QString &label, const QString &value) {
        if (!value.isEmpty())
            lines << label + QLatin1String(": ") + preview(value.toUtf8());
    };
    const auto addAll = [&](const QString &label, const std::vector<ProcessInfo> &processes) {
        for (size_t i = 0; i < processes.size() && i < mostNamed; ++i) {
            const ProcessInfo &process = processes[i];
            add(label,
                process.commandLine.isEmpty()
                    ? processText(process)
                    : QStringLiteral("%1  %2").arg(processText(process), process.commandLine));
        }
        if (processes.size() > mostNamed)
            add(label, SocketsModel::tr("and %1 more").arg(processes.size() - mostNamed));
    };
    const bool isListener = socket.state == SocketEntry::State::Listening;
    if (socket.address.isValid())
        add(SocketsModel::tr("Address"), socket.address.display());
    add(SocketsModel::tr("Socket"),
        SocketsModel::tr("%1, %2, inode %3")
            .arg(kindText(socket), stateText(socket))
            .arg(socket.inode));
    addAll(SocketsModel::tr("Held by"), socket.holders);
    if (socket.holders.empty())
        add(SocketsModel::tr("Held by"),
            SocketsModel::tr("not known: processes of other users are shown to root only"));
    add(SocketsModel::tr("User"), socket.uid ? userName(*socket.uid) : QString());
    add(SocketsModel::tr("Mode"), socket.mode ? modeText(*socket.mode) : QString());
    if (socket.peerAddress.isValid())
        add(SocketsModel::tr("Connected to"), socket.peerAddress.display());
    addAll(isListener ? SocketsModel::tr("Client") : SocketsModel::tr("Other end"),
           socket.peerHolders);
    if (isListener)
        add(SocketsModel::tr("Waiting"),
            SocketsModel::tr("%1 of at most %2").arg(socket.waiting).arg(socket.backlog));
    for (const SocketMark &mark : marksOf(socket))
        lines << mark.text;
    return lines.join(QLatin1Char('\n'));
}

QVariant severityOf(const SocketEntry &socket)
{
    const std::vector<SocketMark> marks = marksOf(socket);
    if (marks.empty())
        return {};
    const bool isWarning = std::any_of(marks.begin(), marks.end(),
                                       [](const SocketMark &mark) { return mark.isWarning; });
    return static_cast<int>(isWarning ? Severity::Warning : Severity::Note);
}

} // namespace

struct SocketsModel::Row
{
    explicit Row(SocketEntry of)
        : socket(std::move(of))
    { }

    SocketEntry socket;
    mutable QString searched = {}; ///< made when a filter first asks; the window's thread only

    [[nodiscard]] bool holds(const QStringList &words) const
    {
        if (words.isEmpty())
            return true;
        if (searched.isEmpty())
            searched = searchText(socket);
        return std::all_of(words.begin(), words.end(),
                           [this](const QString &word) { return searched.contains(word); });
    }
};

/// What tells the rows that are shown from those that should be; both are ordered.
struct SocketsModel::Difference
{
    struct Range
    {
        size_t first = 0;
        size_t count = 0;
    };
    using Ranges = std::vector<Range>;

    Ranges removed; ///< in the old rows
    Ranges inserted; ///< in the new rows

    Difference(const Rows &before, const Rows &after)
    {
        for (size_t i = 0, j = 0; i < before.size() || j < after.size();) {
            const int order = i == before.size() ? 1
                : j == after.size()              ? -1
                                                 : compare(before[i]->socket, after[j]->socket);
            if (order < 0)
                extend(removed, i++);
            else if (order > 0)
                extend(inserted, j++);
            else
                ++i, ++j;
        }
    }
    [[nodiscard]] size_t rangeCount() const { return removed.size() + inserted.size(); }

private:
    static void extend(Ranges &ranges, size_t row)
    {
        if (ranges.empty() || ranges.back().first + ranges.back().count != row)
            ranges.push_back({row, 0});
        ++ranges.back().count;
    }
};

SocketsModel::SocketsModel(QObject *parent)
    : QAbstractTableModel(parent)
{ }

SocketsModel::~SocketsModel() = default;

std::vector<SocketEntry> SocketsModel::ordered(std::vector<SocketEntry> sockets)
{
    std::sort(sockets.begin(), sockets.end(), isBefore);
    return sockets;
}

void SocketsModel::setSockets(std::vector<SocketEntry> sockets)
{
    if (!std::is_sorted(sockets.begin(), sockets.end(), isBefore))
        sockets = ordered(std::move(sockets));
    Rows all;
    all.reserve(sockets.size());
    size_t place = 0;
    for (SocketEntry &socket : sockets) {
        while (place < m_all.size() && isBefore(m_all[place]->socket, socket))
            ++place;
        const bool isSame = place < m_all.size() && m_all[place]->socket == socket;
        all.push_back(isSame ? m_all[place] : std::make_shared<const Row>(std::move(socket)));
    }
    m_all = std::move(all);
    show();
}

void SocketsModel::setFilter(const QString &words)
{
    const QStringList list = words.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (list == m_words)
        return;
    m_words = list;
    show();
}

void SocketsModel::setListeningOnly(bool on)
{
    if (on == m_listeningOnly)
        return;
    m_listeningOnly = on;
    show();
}

bool SocketsModel::isShown(const Row &row) const
{
    return (!m_listeningOnly || row.socket.state == SocketEntry::State::Listening)
        && row.holds(m_words);
}

/// Brings the rows to what should be shown.
void SocketsModel::show()
{
    Rows wanted;
    std::copy_if(m_all.begin(), m_all.end(), std::back_inserter(wanted),
                 [this](const std::shared_ptr<const Row> &row) { return isShown(*row); });
    const Difference difference(m_rows, wanted);
    if (difference.rangeCount() > mostRanges) {
        beginResetModel();
        m_rows = std::move(wanted);
        endResetModel();
        return;
    }
    removeRows(difference);
    insertRows(wanted, difference);
    replaceRows(wanted);
}

void SocketsModel::removeRows(const Difference &difference)
{
    // From the end: what lies before keeps its place.
    for (auto range = difference.removed.rbegin(); range != difference.removed.rend(); ++range) {
        const auto first = static_cast<std::ptrdiff_t>(range->first);
        const auto end = static_cast<std::ptrdiff_t>(range->first + range->count);
        beginRemoveRows({}, static_cast<int>(first), static_cast<int>(end) - 1);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + end);
        endRemoveRows();
    }
}

void SocketsModel::insertRows(const Rows &wanted, const Difference &difference)
{
    for (const Difference::Range &range : difference.inserted) {
        const auto first = static_cast<std::ptrdiff_t>(range.first);
        const auto end = static_cast<std::ptrdiff_t>(range.first + range.count);
        beginInsertRows({}, static_cast<int>(first), static_cast<int>(end) - 1);
        m_rows.insert(m_rows.begin() + first, wanted.begin() + first, wanted.begin() + end);
        endInsertRows();
    }
}

/// The same sockets stand in both now; those that changed are told of in runs.
void SocketsModel::replaceRows(const Rows &wanted)
{
    for (size_t row = 0; row < wanted.size();) {
        const size_t first = row;
        for (; row < wanted.size() && m_rows[row] != wanted[row]; ++row)
            m_rows[row] = wanted[row];
        if (row > first)
            Q_EMIT dataChanged(index(static_cast<int>(first), 0),
                               index(static_cast<int>(row) - 1, ColumnCount - 1));
        else
            ++row;
    }
}

const SocketEntry *SocketsModel::socketAt(int row) const
{
    return row < 0 || row >= rowCount() ? nullptr : &m_rows[static_cast<size_t>(row)]->socket;
}

int SocketsModel::rowOf(quint64 inode) const
{
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [inode](const std::shared_ptr<const Row> &row) {
            return row->socket.inode == inode;
        });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int SocketsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SocketsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SocketsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SocketEntry &socket = m_rows[static_cast<size_t>(index.row())]->socket;
    switch (role) {
    case Qt::DisplayRole:
        return textOf(socket, index.column());
    case Qt::AccessibleTextRole:
        if (index.column() == AddressColumn)
            return tr("%1, %2").arg(addressText(socket), stateText(socket));
        return {};
    case Qt::ToolTipRole:
        // Escaped: whoever binds a socket chooses its name, and Qt takes "<b>" in it for markup.
        return QStringLiteral("<p style='white-space:pre'>%1</p>")
            .arg(detailsOf(socket).toHtmlEscaped());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(alignmentOf(index.column()));
    case StateRole:
        return static_cast<int>(socket.state);
    case SeverityRole:
        return index.column() == MarkColumn ? severityOf(socket) : QVariant();
    case DetailsRole:
        return detailsOf(socket);
    default:
        return {};
    }
}

QVariant SocketsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(alignmentOf(section));
    if (role == Qt::ToolTipRole && section == PeerColumn)
        return tr("The process at the other end; for a socket that listens, its clients");
    if (role == Qt::ToolTipRole && section == WaitingColumn)
        return tr("Clients that the server has not accepted yet");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case AddressColumn:
        return tr("Address");
    case KindColumn:
        return tr("Kind");
    case StateColumn:
        return tr("State");
    case ProcessColumn:
        return tr("Process");
    case UserColumn:
        return tr("User");
    case ModeColumn:
        return tr("Mode");
    case PeerColumn:
        return tr("Clients, peer");
    case WaitingColumn:
        return tr("Waiting");
    default:
        return tr("Mark");
    }
}

} // namespace Sockeye
