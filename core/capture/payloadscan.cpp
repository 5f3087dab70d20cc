// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/payloadscan.h"

#include "core/base/byteview.h"
#include "core/capture/pcapngreader.h"
#include "core/capture/recordreader.h"

#include <QtEndian>

#include <algorithm>

namespace Sockeye {

namespace {

using namespace Pcapng;

/// What is read at a time: large enough that the system call costs nothing beside it, small enough
/// for the second level cache, so that searching it costs no memory access again.
constexpr qint64 WindowSize = 512 * 1024;
/// Between two records that are asked for: to read over so much is cheaper than to ask again.
constexpr qint64 WidestGap = 4096;
/// Behind a payload may be padding and a comment; the front may have options that ours has not.
constexpr qint64 Margin = 256;
/// A second packet with a byte of payload takes at least this.
constexpr qint64 ShortestPacket = static_cast<qint64>(DataFront) + 8;
/// Of a record that a regular expression looks at: it has to see it in one piece.
constexpr qint64 LongestSubject = 16 * 1024 * 1024;

class PayloadScan
{
public:
    PayloadScan(const SegmentChain::Stretch &stretch, const std::vector<quint32> &selected,
                const TextTest &test)
        : m_stretch(stretch)
        , m_selected(selected)
        , m_test(test)
    { }

    std::vector<quint32> run(const std::function<bool()> &isCancelled);

private:
    /// Where a record's payload is in the window.
    struct Extent
    {
        size_t begin = 0;
        size_t end = 0;
    };

    [[nodiscard]] const IndexEntry &entry(size_t place) const
    {
        return m_stretch.entries[m_selected[place]];
    }
    [[nodiscard]] qint64 offset(size_t place) const
    {
        return static_cast<qint64>(entry(place).offset());
    }
    [[nodiscard]] qint64 nextOffset(size_t place) const;
    [[nodiscard]] bool mayPass(const IndexEntry &entry) const;
    [[nodiscard]] size_t readWindow(size_t place);
    [[nodiscard]] std::optional<Extent> extent(size_t place) const;
    [[nodiscard]] bool isSplit(size_t place) const;
    [[nodiscard]] bool hasSplit(size_t begin, size_t end) const
    {
        while (begin < end && !isSplit(begin))
            ++begin;
        return begin < end;
    }
    void searchWindow(size_t begin, size_t end);
    void testWindow(size_t begin, size_t end);
    void testAlone(size_t place);
    [[nodiscard]] bool passes(std::span<const std::byte> payload) const;
    [[nodiscard]] bool passesInPieces(const IndexEntry &entry) const;

    const SegmentChain::Stretch &m_stretch;
    const std::vector<quint32> &m_selected;
    const TextTest &m_test;
    std::vector<std::byte> m_window;
    qint64 m_windowStart = 0;
    std::vector<quint32> m_passed;
};

std::vector<quint32> PayloadScan::run(const std::function<bool()> &isCancelled)
{
    for (size_t place = 0; place < m_selected.size() && !isCancelled();) {
        if (!mayPass(entry(place))) {
            ++place;
            continue;
        }
        const size_t end = readWindow(place);
        if (end == place)
            testAlone(place++);
        else if (m_test.op == TextTest::Operator::Contains && !hasSplit(place, end))
            searchWindow(place, end);
        else
            testWindow(place, end);
        place = std::max(place, end);
    }
    return std::move(m_passed);
}

/// Where the record behind it in the file begins, if that is the one behind it in the index.
qint64 PayloadScan::nextOffset(size_t place) const
{
    const size_t next = size_t {m_selected[place]} + 1;
    const qint64 end = next < m_stretch.entries.size()
        ? static_cast<qint64>(m_stretch.entries[next].offset())
        : m_stretch.end;
    return std::max(end, offset(place));
}

bool PayloadScan::mayPass(const IndexEntry &entry) const
{
    return entry.kind() == RecordKind::Data
        && (m_test.op == TextTest::Operator::Matches
            || qint64 {entry.length()} >= m_test.search.size());
}

/// Reads what stands from @p place on, and returns one past the last record that is wholly in it;
/// @p place itself if that one has to be read alone.
size_t PayloadScan::readWindow(size_t place)
{
    m_windowStart = offset(place);
    qint64 windowEnd = m_windowStart;
    size_t end = place;
    for (; end < m_selected.size(); ++end) {
        const IndexEntry &candidate = entry(end);
        if (!mayPass(candidate) && end > place)
            continue; // costs nothing to have it in there
        const auto needed = qint64 {DataFront} + qint64 {candidate.length()};
        const qint64 next = nextOffset(end);
        const bool isOnePacket = candidate.length() <= LongestPayload;
        if (!isOnePacket || offset(end) < windowEnd - Margin || offset(end) > windowEnd + WidestGap
            || offset(end) + needed - m_windowStart > WindowSize)
            break;
        windowEnd = std::max(windowEnd, std::min(next, offset(end) + needed + Margin));
    }
    if (end == place)
        return place;
    m_window.resize(static_cast<size_t>(windowEnd - m_windowStart));
    const qint64 got = m_stretch.segment->read(m_windowStart, m_window);
    m_window.resize(static_cast<size_t>(std::max<qint64>(got, 0)));
    return end;
}

/// Nothing if the record is not one packet that is wholly in the window.
std::optional<PayloadScan::Extent> PayloadScan::extent(size_t place) const
{
    const auto start = static_cast<size_t>(offset(place) - m_windowStart);
    if (start + DataFront > m_window.size())
        return std::nullopt;
    const ByteView front = ByteView(m_window).subspan(start);
    const size_t captured = qFromLittleEndian<quint32>(front.data() + 20);
    const ByteView data =
        front.subspan(PacketFront, std::min(captured, front.size() - PacketFront));
    const auto packet = parseConversationPacket(data, captured);
    const Extent found = {start + PacketFront + (packet ? packet->payloadOffset : 0),
                          start + PacketFront + (packet ? packet->payloadOffset : 0)
                              + entry(place).length()};
    if (!packet || packet->payload != entry(place).length() || found.end > m_window.size())
        return std::nullopt;
    return found;
}

/// Whether a record may go on in a second packet, as only other programs write them when it is
/// short.
bool PayloadScan::isSplit(size_t place) const
{
    const qint64 room = nextOffset(place) - offset(place);
    const auto usual = qint64 {DataFront} + qint64 {entry(place).length()};
    return mayPass(entry(place)) && room - usual >= ShortestPacket && !extent(place);
}

/// One search over all of it, headers included; a hit counts if it is in a payload.
void PayloadScan::searchWindow(size_t begin, size_t end)
{
    const auto start = [this](size_t place) {
        return static_cast<size_t>(offset(place) - m_windowStart);
    };
    const auto size = static_cast<size_t>(m_test.search.size());
    size_t from = 0;
    for (size_t place = begin; place < end;) {
        const auto hit = m_test.search.find(m_window, from);
        if (!hit)
            return;
        while (place + 1 < end && start(place + 1) <= *hit)
            ++place;
        const auto found = mayPass(entry(place)) ? extent(place) : std::nullopt;
        if (found && *hit < found->begin) {
            from = std::max(*hit + 1, found->begin);
            continue;
        }
        if (found && *hit + size <= found->end)
            m_passed.push_back(m_selected[place]);
        if (++place < end)
            from = start(place);
    }
}

void PayloadScan::testWindow(size_t begin, size_t end)
{
    for (size_t place = begin; place < end; ++place) {
        if (!mayPass(entry(place)))
            continue;
        if (const auto found = extent(place)) {
            if (passes(std::span(m_window).subspan(found->begin, found->end - found->begin)))
                m_passed.push_back(m_selected[place]);
        } else {
            testAlone(place);
        }
    }
}

void PayloadScan::testAlone(size_t place)
{
    const IndexEntry &record = entry(place);
    bool isPassed = false;
    switch (m_test.op) {
    case TextTest::Operator::Contains:
        isPassed = passesInPieces(record);
        break;
    case TextTest::Operator::StartsWith:
        isPassed =
            passes(asBytes(readPayload(*m_stretch.segment, record, 0, m_test.search.size())));
        break;
    default:
        isPassed = passes(asBytes(readPayload(*m_stretch.segment, record, 0, LongestSubject)));
    }
    if (isPassed)
        m_passed.push_back(m_selected[place]);
}

bool PayloadScan::passes(std::span<const std::byte> payload) const
{
    switch (m_test.op) {
    case TextTest::Operator::Contains:
        return m_test.search.find(payload).has_value();
    case TextTest::Operator::StartsWith:
        return m_test.search.isAtStartOf(payload);
    case TextTest::Operator::Matches:
        return m_test.pattern->isIn(payload);
    case TextTest::Operator::Equals:
        break; // of names only
    }
    return false;
}

bool PayloadScan::passesInPieces(const IndexEntry &record) const
{
    // Pieces overlap by one byte less than the needle, or a hit across a border would be missed.
    const qint64 overlap = m_test.search.size() - 1;
    for (qint64 at = 0; at + overlap < qint64 {record.length()}; at += WindowSize) {
        const QByteArray piece = readPayload(*m_stretch.segment, record, at, WindowSize + overlap);
        if (piece.isEmpty())
            return false;
        if (passes(asBytes(piece)))
            return true;
    }
    return false;
}

} // namespace

std::vector<quint32> selectPayloads(const SegmentChain::Stretch &stretch,
                                    const std::vector<quint32> &selected, const TextTest &test,
                                    const std::function<bool()> &isCancelled)
{
    return PayloadScan(stretch, selected, test).run(isCancelled);
}

} // namespace Sockeye
