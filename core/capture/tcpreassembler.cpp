// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/tcpreassembler.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// The largest window there is (RFC 7323); what is further away is of another connection or damage.
constexpr qint64 LargestWindow = qint64 {1} << 30;
/// Positions begin here, so that one that is older than the first is still a number.
constexpr quint64 FirstRound = quint64 {1} << 32;

} // namespace

void TcpReassembler::begin(quint32 sequence)
{
    if (m_hasBegun)
        return;
    m_hasBegun = true;
    m_next = FirstRound + sequence;
    m_acknowledged = m_next;
}

void TcpReassembler::add(const TcpData &data, std::vector<TcpPiece> &to)
{
    m_delivered.clear();
    begin(data.sequence);
    const auto position = toPosition(data.sequence);
    if (!position || m_hasEnded)
        return;
    const quint64 length = quint64 {data.bytes.size()} + data.missing;
    const quint64 end = *position + length;
    if (data.isEnd && !m_end)
        m_end = std::max(end, m_next);

    if (end > m_next) {
        // In order, as most segments are: straight from the packet, up to what is there already.
        quint64 at = *position;
        if (at <= m_next) {
            const quint64 before =
                m_waiting.empty() ? end : std::min(end, m_waiting.begin()->first);
            const quint64 skipped = std::min<quint64>(m_next - at, data.bytes.size());
            const quint64 wanted =
                std::min<quint64>(before - std::min(before, m_next), data.bytes.size() - skipped);
            if (wanted > 0) {
                to.push_back(
                    {TcpPiece::Bytes,
                     data.bytes.subspan(static_cast<size_t>(skipped), static_cast<size_t>(wanted)),
                     0});
                m_next += wanted;
            }
            if (m_next < before) {
                to.push_back({TcpPiece::Gap, {}, before - m_next});
                m_next = before;
            }
            at = m_next;
        }
        if (at < end) {
            const quint64 skipped = at - *position;
            const auto known = data.bytes.subspan(
                static_cast<size_t>(std::min<quint64>(skipped, data.bytes.size())));
            store(at, known);
            storeMissing(at + known.size(), end);
        }
    }
    deliver(to);
    while ((m_waitingBytes > MostWaitingBytes || m_waiting.size() > MostWaitingSegments)
           && giveUp(to)) { }
}

void TcpReassembler::acknowledge(quint32 sequence)
{
    const auto position = m_hasBegun ? toPosition(sequence) : std::nullopt;
    if (position)
        m_acknowledged = std::max(m_acknowledged, m_end ? std::min(*position, *m_end) : *position);
}

void TcpReassembler::settle(std::vector<TcpPiece> &to)
{
    if (m_acknowledged <= m_next || m_hasEnded) {
        m_late = 0;
        return;
    }
    // A lone byte may be a FIN that was not captured: only what comes behind it tells.
    if (m_waiting.empty() && m_acknowledged == m_next + 1)
        return;
    if (++m_late <= Patience)
        return;
    while (m_acknowledged > m_next && !m_hasEnded) {
        skipTo(m_waiting.empty() ? m_acknowledged
                                 : std::min(m_acknowledged, m_waiting.begin()->first),
               to);
        deliver(to);
    }
    m_late = 0;
}

bool TcpReassembler::giveUp(std::vector<TcpPiece> &to)
{
    if (m_waiting.empty())
        return false;
    skipTo(m_waiting.begin()->first, to);
    deliver(to);
    return true;
}

void TcpReassembler::finish(std::vector<TcpPiece> &to)
{
    m_delivered.clear();
    while (giveUp(to)) { }
    if (m_hasEnded || !m_hasBegun)
        return;
    const quint64 known = std::max(m_acknowledged, m_end.value_or(0));
    if (known > m_next + (m_end ? 0 : 1))
        skipTo(known, to);
    deliver(to);
}

void TcpReassembler::deliver(std::vector<TcpPiece> &to)
{
    while (!m_hasEnded && !m_waiting.empty() && m_waiting.begin()->first <= m_next) {
        auto node = m_waiting.extract(m_waiting.begin());
        Waiting &next = node.mapped();
        m_next += next.length;
        m_waitingBytes -= static_cast<qsizetype>(next.bytes.size());
        if (next.bytes.empty()) {
            to.push_back({TcpPiece::Gap, {}, next.length});
        } else {
            m_delivered.push_back(std::move(next.bytes));
            to.push_back({TcpPiece::Bytes, m_delivered.back(), 0});
        }
    }
    if (m_end && m_next >= *m_end && !m_hasEnded) {
        m_hasEnded = true;
        m_waiting.clear();
        m_waitingBytes = 0;
        to.push_back({TcpPiece::End, {}, 0});
    }
}

void TcpReassembler::skipTo(quint64 position, std::vector<TcpPiece> &to)
{
    if (position <= m_next)
        return;
    to.push_back({TcpPiece::Gap, {}, position - m_next});
    m_next = position;
}

// What is there already stays; only the room between is filled. Each piece that is passed holds at
// least one of the bytes, so this is linear in their number.
void TcpReassembler::store(quint64 position, std::span<const std::byte> bytes)
{
    const quint64 end = position + bytes.size();
    quint64 at = position;
    auto next = m_waiting.upper_bound(at);
    if (next != m_waiting.begin()) {
        const auto before = std::prev(next);
        at = std::max(at, before->first + before->second.length);
    }
    while (at < end) {
        const quint64 until = next == m_waiting.end() ? end : std::min(end, next->first);
        if (at < until) {
            const auto part =
                bytes.subspan(static_cast<size_t>(at - position), static_cast<size_t>(until - at));
            m_waiting.emplace_hint(next, at, Waiting {{part.begin(), part.end()}, part.size()});
            m_waitingBytes += static_cast<qsizetype>(part.size());
        }
        if (next == m_waiting.end())
            break;
        at = next->first + next->second.length;
        ++next;
    }
}

// Up to what waits next. A packet may claim to have been much longer than it is in the file, so
// nothing is passed for it; room that stays becomes a gap all the same.
void TcpReassembler::storeMissing(quint64 position, quint64 end)
{
    const auto next = m_waiting.upper_bound(position);
    quint64 at = position;
    if (next != m_waiting.begin()) {
        const auto before = std::prev(next);
        at = std::max(at, before->first + before->second.length);
    }
    const quint64 until = next == m_waiting.end() ? end : std::min(end, next->first);
    if (at < until)
        m_waiting.emplace_hint(next, at, Waiting {{}, until - at});
}

std::optional<quint64> TcpReassembler::toPosition(quint32 sequence) const
{
    const qint64 ahead = static_cast<qint32>(sequence - static_cast<quint32>(m_next));
    if (ahead > LargestWindow || ahead < -LargestWindow)
        return std::nullopt;
    return m_next + static_cast<quint64>(ahead); // wraps for what is older
}

} // namespace Sockeye
