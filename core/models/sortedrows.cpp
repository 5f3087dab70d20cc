// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/sortedrows.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace Sockeye {

namespace {

/// Rows between two looks at whether to go on.
constexpr quint32 stretchSize = 4096;

quint32 keyOf(SortKey key, const Record &record)
{
    switch (key) {
    case SortKey::Order:
        break;
    case SortKey::Connection:
        return static_cast<quint32>(record.connection.value);
    case SortKey::Direction:
        return static_cast<quint32>(record.direction) * 16 + static_cast<quint32>(record.kind);
    case SortKey::Length:
        return static_cast<quint32>(std::min<quint64>(record.length, 0xffffffff));
    }
    return 0;
}

/// Orders by the upper half of each number, those that are equal as they stand: in three passes of
/// 11 bits, of which those are left out that would change nothing. False if it was cancelled.
template <class IsCancelled>
bool sortByUpperHalf(std::vector<quint64> &numbers, IsCancelled isCancelled)
{
    constexpr int bits = 11;
    constexpr size_t buckets = size_t {1} << bits;
    std::vector<quint64> other;
    for (int shift = 32; shift < 64; shift += bits) {
        std::array<size_t, buckets> starts = {};
        for (const quint64 number : numbers)
            ++starts[number >> shift & (buckets - 1)];
        if (isCancelled())
            return false;
        if (std::find(starts.begin(), starts.end(), numbers.size()) != starts.end())
            continue; // all are equal here
        std::exclusive_scan(starts.begin(), starts.end(), starts.begin(), size_t {0});
        other.resize(numbers.size());
        for (const quint64 number : numbers)
            other[starts[number >> shift & (buckets - 1)]++] = number;
        numbers.swap(other);
    }
    return !isCancelled();
}

} // namespace

SortedRows::SortedRows(const CaptureLog &log)
    : m_log(log)
    , m_thread([this] { run(); })
{ }

SortedRows::~SortedRows()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_condition.notify_one();
    m_thread.join();
}

void SortedRows::sort(SortKey key, bool isDescending, Rows rows)
{
    {
        const std::lock_guard lock(m_mutex);
        ++m_generation;
        m_order.reset();
        m_wish = Wish {key, isDescending, std::move(rows)};
        m_isSorting = true;
    }
    m_condition.notify_one();
}

void SortedRows::cancel()
{
    const std::lock_guard lock(m_mutex);
    ++m_generation;
    m_order.reset();
    m_wish.reset();
    m_isSorting = false;
}

bool SortedRows::isSorting() const
{
    const std::lock_guard lock(m_mutex);
    return m_isSorting;
}

SortedRows::Order SortedRows::take()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_order, nullptr);
}

void SortedRows::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_condition.wait(lock, [this] { return m_wish || m_isStopping; });
        if (m_isStopping)
            return;
        const Wish wish = std::move(*m_wish);
        m_wish.reset();
        const quint64 generation = m_generation;
        lock.unlock();
        Order order = sorted(wish, generation);
        lock.lock();
        if (isCancelled(generation))
            continue;
        m_order = std::move(order);
        m_isSorting = false;
    }
}

SortedRows::Order SortedRows::sorted(const Wish &wish, quint64 generation) const
{
    auto order = std::make_shared<std::vector<quint32>>(wish.rows.count);
    if (wish.key == SortKey::Order) { // as it was recorded, or from its end
        std::iota(order->begin(), order->end(), 0U);
        if (wish.isDescending)
            std::reverse(order->begin(), order->end());
        return order;
    }
    std::vector<quint64> keys;
    keys.reserve(wish.rows.count);
    const auto cancelled = [this, generation] { return isCancelled(generation); };
    if (!readKeys(wish, generation, keys) || !sortByUpperHalf(keys, cancelled))
        return nullptr;
    for (size_t row = 0; row < keys.size(); ++row)
        (*order)[row] = static_cast<quint32>(keys[row]);
    return order;
}

/// The key above, the row below. False if it was cancelled.
bool SortedRows::readKeys(const Wish &wish, quint64 generation, std::vector<quint64> &keys) const
{
    const auto add = [&](quint32 row, const Record &record) {
        const quint32 key = keyOf(wish.key, record);
        keys.push_back(quint64 {wish.isDescending ? ~key : key} << 32 | row);
    };
    for (quint32 row = 0; row < wish.rows.count;) {
        if (isCancelled(generation))
            return false;
        // Neighbours in the table are neighbours in the log, unless a filter leaves some out.
        const quint32 end = std::min(wish.rows.count, row + stretchSize);
        const RecordIndex first = wish.rows.at(row);
        const quint64 span = wish.rows.at(end - 1) - first + 1;
        const bool isDense = span <= quint64 {stretchSize} * 4;
        const std::vector<Record> records =
            isDense ? m_log.records(first, static_cast<qsizetype>(span)) : std::vector<Record>();
        for (; row < end; ++row) {
            const RecordIndex index = wish.rows.at(row);
            if (isDense && index - first < records.size())
                add(row, records[index - first]);
            else
                add(row, m_log.record(index).value_or(Record())); // gone: among the first
        }
    }
    return true;
}

} // namespace Sockeye
