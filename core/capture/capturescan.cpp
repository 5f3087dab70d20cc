// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/capturescan.h"

#include "core/base/byteview.h"
#include "core/capture/capturelog.h"
#include "core/capture/filtervalues.h"
#include "core/capture/payloadscan.h"
#include "core/capture/recordreader.h"

#include <QRegularExpression>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace Sockeye {

namespace {

/// Entries that are looked at together: their bytes, if they are short, are a few hundred KiB.
constexpr qsizetype StretchSize = 4096;
/// Connections of which answers are kept; of more, they are asked again.
constexpr size_t MostMemos = 100'000;
/// Conditions whose answers are kept.
constexpr int MemoBits = 64;

bool isIn(const std::vector<NumberRange> &ranges, qint64 value)
{
    return std::any_of(ranges.begin(), ranges.end(), [value](const NumberRange &range) {
        return value >= range.low && value <= range.high;
    });
}

/// The answer to @p node for @p key: asked once, as long as there is room for answers.
template <class Memos, class Ask>
bool isKnown(const CaptureFilter::Node &node, typename Memos::key_type key, Memos &memos, Ask ask)
{
    if (node.memo < 0 || node.memo >= MemoBits)
        return ask();
    if (memos.size() > MostMemos)
        memos.clear();
    auto &memo = memos[key];
    const quint64 bit = quint64 {1} << node.memo;
    if (!(memo.known & bit)) {
        memo.known |= bit;
        memo.value |= ask() ? bit : 0;
    }
    return (memo.value & bit) != 0;
}

template <class Keep>
void keepIf(std::vector<quint32> &selection, Keep keep)
{
    selection.erase(std::remove_if(selection.begin(), selection.end(),
                                   [&](quint32 number) { return !keep(number); }),
                    selection.end());
}

bool passes(const TextTest &test, const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    const auto bytes = asBytes(utf8);
    switch (test.op) {
    case TextTest::Operator::Equals:
        return text == test.equal;
    case TextTest::Operator::Contains:
        return test.search.find(bytes).has_value();
    case TextTest::Operator::StartsWith:
        return test.search.isAtStartOf(bytes);
    case TextTest::Operator::Matches:
        return test.pattern->isIn(bytes);
    }
    return false;
}

template <class Texts>
bool passesAny(const CaptureFilter::Node &node, const Texts &texts)
{
    const bool isAny = std::any_of(node.tests.begin(), node.tests.end(), [&](const TextTest &test) {
        return std::any_of(std::begin(texts), std::end(texts),
                           [&](const QString &text) { return passes(test, text); });
    });
    return isAny != node.isNegated;
}

QString textOf(StringField field, const CapturedConnection &connection)
{
    switch (field) {
    case StringField::Executable:
        return connection.executable;
    case StringField::Command:
        return connection.commandLine;
    case StringField::User:
        return connection.user;
    case StringField::Group:
        return connection.group;
    case StringField::Server:
    case StringField::Note:
        break;
    }
    return {};
}

/// Of what is counted from the first record: to find that takes longer than most tests do.
bool asksForTimes(const CaptureFilter::Node &node)
{
    return node.number == NumberField::TimeOfDay || node.number == NumberField::Since
        || std::any_of(node.children.begin(), node.children.end(),
                       [](const auto &child) { return asksForTimes(*child); });
}

/// "3 descriptors: …", as taps note them.
qint64 descriptorsOf(const QString &note)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{1,9}) descriptors?: "));
    return form.match(note).captured(1).toLongLong();
}

} // namespace

CaptureScan::CaptureScan(const CaptureLog &log, const CaptureFilter &filter)
    : m_log(log)
    , m_filter(filter)
    , m_needsTimes(filter.m_root && asksForTimes(*filter.m_root))
{ }

CaptureScan::~CaptureScan() = default;

std::optional<CaptureScan::Found> CaptureScan::find(RecordIndex first, quint64 count,
                                                    const std::function<bool()> &isCancelled)
{
    m_isCancelled = &isCancelled;
    if (m_needsTimes)
        bindTimes();
    auto found = findIn(first, first + count);
    m_stretch = {}; // or a segment that is dropped would keep its file
    return found;
}

std::optional<CaptureScan::Found> CaptureScan::findIn(RecordIndex first, RecordIndex end)
{
    Found found;
    found.end = first;
    found.epoch = m_log.cursor().epoch;
    while (found.end < end) {
        const auto wanted = std::min<quint64>(end - found.end, StretchSize);
        m_stretch = m_log.chain().stretch(found.end, static_cast<qsizetype>(wanted));
        if ((*m_isCancelled)() || m_stretch.epoch != found.epoch)
            return std::nullopt;
        if (m_stretch.entries.empty())
            break;
        m_first = found.end;
        Selection all(m_stretch.entries.size());
        std::iota(all.begin(), all.end(), 0U);
        if (m_filter.m_root)
            all = select(*m_filter.m_root, std::move(all));
        if ((*m_isCancelled)())
            return std::nullopt;
        for (const quint32 number : all)
            found.records.push_back(m_first + number);
        found.end += m_stretch.entries.size();
    }
    if (found.end == first || m_log.cursor().epoch != found.epoch)
        return std::nullopt;
    return found;
}

/// Of @p from, what passes.
CaptureScan::Selection CaptureScan::select(const Node &node, Selection from)
{
    if (from.empty())
        return from;
    switch (node.type) {
    case Node::Type::And:
        for (const auto &child : node.children)
            from = select(*child, std::move(from));
        return from;
    case Node::Type::Or:
        return selectAny(node, from);
    case Node::Type::Not: {
        const Selection passed = select(*node.children.front(), from);
        Selection rest;
        std::set_difference(from.begin(), from.end(), passed.begin(), passed.end(),
                            std::back_inserter(rest));
        return rest;
    }
    case Node::Type::Number:
        return node.cost == FilterCost::Index     ? selectNumbers(node, std::move(from))
            : node.cost == FilterCost::Connection ? selectConnections(node, std::move(from))
                                                  : selectNotes(node, std::move(from));
    case Node::Type::String:
        return node.string == StringField::Note  ? selectNotes(node, std::move(from))
            : node.string == StringField::Server ? selectServers(node, std::move(from))
                                                 : selectConnections(node, std::move(from));
    case Node::Type::Payload:
        return selectPayloads(m_stretch, from, node.tests.front(), *m_isCancelled);
    }
    return {};
}

CaptureScan::Selection CaptureScan::selectAny(const Node &node, const Selection &from)
{
    Selection passed;
    Selection rest = from;
    for (const auto &child : node.children) {
        const Selection more = select(*child, rest);
        Selection left;
        std::set_difference(rest.begin(), rest.end(), more.begin(), more.end(),
                            std::back_inserter(left));
        Selection both;
        std::merge(passed.begin(), passed.end(), more.begin(), more.end(),
                   std::back_inserter(both));
        passed = std::move(both);
        rest = std::move(left);
    }
    return passed;
}

CaptureScan::Selection CaptureScan::selectNumbers(const Node &node, Selection from)
{
    const bool isOneRange = node.ranges.size() == 1;
    const NumberRange range = isOneRange ? node.ranges.front() : NumberRange {};
    const auto keep = [&](auto value) {
        keepIf(from, [&](quint32 number) {
            const qint64 found = value(number);
            return (isOneRange ? found >= range.low && found <= range.high
                               : isIn(node.ranges, found))
                != node.isNegated;
        });
    };
    const auto &entries = m_stretch.entries;
    switch (node.number) {
    case NumberField::Connection:
        keep([&](quint32 number) { return qint64 {entries[number].connection()}; });
        break;
    case NumberField::Length:
        // Of a longer one the file has the length, and all that can be compared is that it is long.
        keep([&](quint32 number) { return qint64 {entries[number].length()}; });
        break;
    case NumberField::Direction:
        keep([&](quint32 number) { return static_cast<qint64>(entries[number].direction()); });
        break;
    case NumberField::Kind:
        keep([&](quint32 number) { return static_cast<qint64>(entries[number].kind()); });
        break;
    case NumberField::Index:
        keep([&](quint32 number) { return static_cast<qint64>(m_first + number); });
        break;
    default:
        keep([&](quint32 number) { return numberOf(node.number, entries[number]); });
    }
    return from;
}

qint64 CaptureScan::numberOf(NumberField field, const IndexEntry &entry) const
{
    switch (field) {
    case NumberField::Time:
        return entry.time();
    case NumberField::TimeOfDay:
        return entry.time() - m_midnight;
    case NumberField::Since:
        return entry.time() - m_start.value_or(0);
    case NumberField::Server:
        return entry.server() < m_stretch.servers.size()
            ? static_cast<qint64>(m_stretch.servers[entry.server()].value)
            : -1;
    default:
        return -1;
    }
}

CaptureScan::Selection CaptureScan::selectConnections(const Node &node, Selection from)
{
    keepIf(from, [&](quint32 number) {
        const quint32 connection = m_stretch.entries[number].connection();
        return isKnown(node, connection, m_connections,
                       [&] { return isConnectionOf(node, connection); });
    });
    return from;
}

bool CaptureScan::isConnectionOf(const Node &node, quint32 connection)
{
    const auto known = m_log.connection({connection}).value_or(CapturedConnection());
    if (node.type == Node::Type::String) {
        const QString texts[] = {textOf(node.string, known)};
        return passesAny(node, texts);
    }
    const qint64 value = node.number == NumberField::Pid ? known.pid
        : node.number == NumberField::Uid                ? known.uid
                                                         : known.gid;
    return isIn(node.ranges, value) != node.isNegated;
}

CaptureScan::Selection CaptureScan::selectServers(const Node &node, Selection from)
{
    keepIf(from, [&](quint32 number) {
        const quint16 server = m_stretch.entries[number].server();
        return isKnown(node, server, m_servers, [&] { return isServerOf(node, server); });
    });
    return from;
}

bool CaptureScan::isServerOf(const Node &node, quint16 server)
{
    std::optional<CapturedServer> known;
    if (server < m_stretch.servers.size())
        known = m_log.server(m_stretch.servers[server]);
    if (!known)
        return node.isNegated;
    const QString texts[] = {known->name, known->address};
    return passesAny(node, texts);
}

CaptureScan::Selection CaptureScan::selectNotes(const Node &node, Selection from)
{
    keepIf(from, [&](quint32 number) {
        if ((*m_isCancelled)())
            return false;
        const QString note = noteOf(m_stretch.entries[number]);
        if (node.type == Node::Type::Number)
            return isIn(node.ranges, descriptorsOf(note)) != node.isNegated;
        const QString texts[] = {note};
        return passesAny(node, texts);
    });
    return from;
}

QString CaptureScan::noteOf(const IndexEntry &entry) const
{
    const RecordKind kind = entry.kind();
    // What stands in the comment of an opening is for programs.
    if ((kind == RecordKind::Data && !entry.hasNote()) || kind == RecordKind::Opened)
        return {};
    return QString::fromUtf8(
        readComment(*m_stretch.segment, entry.offset(), kind == RecordKind::Refused));
}

/// Once: what came first is what times are counted from, though it may be dropped meanwhile.
void CaptureScan::bindTimes()
{
    if (m_start)
        return;
    const auto first = m_log.record(m_log.cursor().begin);
    if (!first)
        return;
    m_start = first->time.time_since_epoch().count();
    m_midnight = midnightBefore(*m_start);
}

} // namespace Sockeye
