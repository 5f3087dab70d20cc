// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/problemsmodel.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"

#include <algorithm>

namespace Sockeye {

namespace {

QString nameOfServer(const Engine &engine, ServerId id)
{
    for (const ServerInfo &server : engine.servers().servers) {
        if (server.id == id)
            return server.spec.name;
    }
    return {};
}

} // namespace

ProblemsModel::ProblemsModel(const Engine &engine, QObject *parent)
    : ProblemsModel({[&engine](quint64 version) { return engine.problemsSince(version); },
                     [&engine](ServerId id) { return nameOfServer(engine, id); }},
                    parent)
{ }

ProblemsModel::ProblemsModel(Source source, QObject *parent)
    : QAbstractTableModel(parent)
    , m_source(std::move(source))
{ }

void ProblemsModel::refresh()
{
    Engine::ProblemChanges changes = m_source.changes(m_version);
    m_version = changes.version;
    if (changes.changed.empty())
        return;
    const ProblemReport *before = newestCurrent();
    const ProblemId newest = before ? before->id : ProblemId();
    std::sort(changes.changed.begin(), changes.changed.end(),
              [](const ProblemReport &a, const ProblemReport &b) { return a.id < b.id; });
    const ProblemId last = m_rows.empty() ? ProblemId() : m_rows.back().report.id;
    const auto firstNew = std::find_if(changes.changed.begin(), changes.changed.end(),
                                       [last](const ProblemReport &r) { return r.id > last; });
    update({changes.changed.begin(), firstNew});
    append({firstNew, changes.changed.end()});
    dropOldest();
    const ProblemReport *after = newestCurrent();
    if ((after ? after->id : ProblemId()) != newest)
        Q_EMIT newestChanged();
}

void ProblemsModel::update(const std::vector<ProblemReport> &changed)
{
    for (const ProblemReport &report : changed) {
        const auto row =
            std::lower_bound(m_rows.begin(), m_rows.end(), report.id,
                             [](const Row &other, ProblemId id) { return other.report.id < id; });
        if (row == m_rows.end() || row->report.id != report.id)
            continue; // dropped already
        row->report = report;
        const int place = static_cast<int>(row - m_rows.begin());
        Q_EMIT dataChanged(index(place, 0), index(place, ColumnCount - 1));
    }
}

void ProblemsModel::append(const std::vector<ProblemReport> &added)
{
    if (added.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
    for (const ProblemReport &report : added) {
        const QString server =
            report.server.isValid() ? m_source.serverName(report.server) : QString();
        m_rows.push_back({report, server});
    }
    endInsertRows();
}

void ProblemsModel::dropOldest()
{
    const int tooMany = rowCount() - maxRows;
    if (tooMany <= 0)
        return;
    beginRemoveRows({}, 0, tooMany - 1);
    m_rows.erase(m_rows.begin(), m_rows.begin() + tooMany);
    endRemoveRows();
}

const ProblemReport &ProblemsModel::at(int row) const
{
    return m_rows.at(static_cast<size_t>(row)).report;
}

const ProblemReport *ProblemsModel::newestCurrent() const
{
    const auto found = std::find_if(m_rows.rbegin(), m_rows.rend(),
                                    [](const Row &row) { return row.report.isCurrent; });
    return found == m_rows.rend() ? nullptr : &found->report;
}

int ProblemsModel::currentCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(),
                                          [](const Row &row) { return row.report.isCurrent; }));
}

int ProblemsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ProblemsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ProblemsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows.at(static_cast<size_t>(index.row()));
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole: {
        QStringList lines = {whatHappened(row.report.problem), whyItHappened(row.report.problem),
                             whatToDo(row.report.problem)};
        lines.removeAll(QString());
        // Escaped, as names in it were chosen by others; still wraps at words.
        return QStringLiteral("<p>%1</p>")
            .arg(lines.join(QLatin1Char('\n'))
                     .toHtmlEscaped()
                     .replace(QLatin1Char('\n'), QLatin1String("<br>")));
    }
    case ProblemIdRole:
        return QVariant::fromValue<quint64>(row.report.id.value);
    case ServerIdRole:
        return QVariant::fromValue<quint64>(row.report.server.value);
    case ConnectionIdRole:
        return QVariant::fromValue<quint64>(row.report.connection.value);
    case SeverityRole:
        return static_cast<int>(severity(row.report.problem.code));
    case IsCurrentRole:
        return row.report.isCurrent;
    case SortRole:
        return index.column() == TimeColumn ? QVariant::fromValue<quint64>(row.report.id.value)
                                            : text(row, index.column());
    default:
        return {};
    }
}

QVariant ProblemsModel::text(const Row &row, int column) const
{
    switch (column) {
    case TimeColumn:
        return timeOfDay(row.report.time).left(8);
    case ServerColumn: // the problem itself has the whole address
        return row.server.section(QLatin1Char('/'), -1);
    case ProblemColumn:
        return whatHappened(row.report.problem);
    case ErrorColumn:
        return socketErrorName(row.report.problem.socketError);
    case ErrnoColumn:
        return errnoName(row.report.problem.errnoValue);
    default:
        return {};
    }
}

QVariant ProblemsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case ServerColumn:
        return tr("Server");
    case ProblemColumn:
        return tr("Problem");
    case ErrorColumn:
        return tr("Qt error");
    default:
        return tr("System error");
    }
}

} // namespace Sockeye
