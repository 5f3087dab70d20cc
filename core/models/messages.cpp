// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/messages.h"

#include "core/base/byteview.h"
#include "core/capture/capturescan.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Records of the log between two looks at whether to go on.
constexpr quint64 stretchSize = 64 * 1024;
/// Bytes that are read of a record at a time.
constexpr qint64 readSize = 1024 * 1024;

CaptureFilter ofConnection(ConnectionId connection)
{
    return CaptureFilter::parse(QStringLiteral("conn == %1").arg(connection.value))
        .value_or(CaptureFilter());
}

} // namespace

/// What the thread does for one wish.
class Messages::Work
{
public:
    Work(Messages &owner, const Wish &wish, quint64 generation)
        : m_owner(owner)
        , m_wish(wish)
        , m_generation(generation)
        , m_scan(owner.m_log, ofConnection(wish.connection))
    { }

    /// Looks at what is new, until there is nothing or it was cancelled.
    void run()
    {
        const CaptureCursor now = m_owner.m_log.cursor();
        if (m_framer && now.epoch != m_epoch)
            m_framer.reset(); // cleared: all begins anew
        if (!m_framer)
            begin(now);
        m_next = std::max(m_next, now.begin);
        while (m_next < now.end && !isCancelled() && !m_isFull) {
            const auto found = m_scan.find(m_next, std::min(stretchSize, now.end - m_next),
                                           [this] { return isCancelled(); });
            if (!found || found->epoch != m_epoch)
                return;
            for (const RecordIndex index : found->records)
                take(index);
            m_next = found->end;
            publish(false);
        }
        publish(!isCancelled());
    }

private:
    [[nodiscard]] bool isCancelled() const { return m_owner.isCancelled(m_generation); }

    void begin(const CaptureCursor &now)
    {
        m_epoch = now.epoch;
        m_next = now.begin;
        m_isFull = false;
        m_offsets = {};
        m_count = 0;
        m_found.clear();
        m_pieces = {};
        m_allPieces = {};
        Progress progress;
        progress.guesses = guess(now);
        progress.framer = m_wish.framer.value_or(
            progress.guesses.empty() ? FramerSettings() : progress.guesses.front().framer);
        m_framer = Framer::create(progress.framer);
        m_sink = [this](Direction direction, const Frame &frame) { add(direction, frame); };
        const std::lock_guard lock(m_owner.m_mutex);
        if (isCancelled())
            return;
        m_owner.m_progress = progress;
        m_owner.m_found.clear();
        m_owner.m_ofDirection = {};
        m_owner.m_pieces = {};
    }

    /// From the first bytes of both directions.
    [[nodiscard]] std::vector<ProtocolGuess> guess(const CaptureCursor &now)
    {
        std::array<DirectionStart, 2> starts;
        const auto isEnough = [](const DirectionStart &start) {
            return start.bytes.size() >= GuessBytes;
        };
        for (RecordIndex next = now.begin; next < now.end;) {
            const auto found = m_scan.find(next, std::min(stretchSize, now.end - next),
                                           [this] { return isCancelled(); });
            if (!found)
                break;
            for (const RecordIndex index : found->records) {
                const auto record = m_owner.m_log.record(index);
                if (!record || record->kind != RecordKind::Data)
                    continue;
                DirectionStart &start = starts[static_cast<size_t>(record->direction)];
                if (isEnough(start))
                    continue;
                start.bytes += m_owner.m_log.payload(index, 0, GuessBytes - start.bytes.size());
                start.reads.push_back(
                    static_cast<quint32>(std::min<quint64>(record->length, 0xffffffff)));
            }
            // What one side says may be all there is: a look at some more suffices.
            const bool hasBoth = isEnough(starts[0]) && isEnough(starts[1]);
            const bool hasOne = isEnough(starts[0]) || isEnough(starts[1]);
            next = found->end;
            if (hasBoth || (hasOne && next - now.begin > 16 * stretchSize))
                break;
        }
        return guessProtocol(starts[0], starts[1]);
    }

    void take(RecordIndex index)
    {
        const auto record = m_owner.m_log.record(index);
        if (!record)
            return;
        const auto direction = static_cast<size_t>(record->direction);
        switch (record->kind) {
        case RecordKind::Data:
            m_pieces[direction].push_back({m_offsets[direction], index, record->time});
            feed(*record);
            break;
        case RecordKind::Gap:
            m_pieces[direction].push_back({m_offsets[direction], index, record->time});
            m_offsets[direction] += record->length;
            m_framer->skip(record->direction, record->length, m_sink);
            break;
        case RecordKind::EndOfStream:
            m_framer->finish(record->direction, m_sink);
            break;
        case RecordKind::Reset:
            m_framer->finish(Direction::ToServer, m_sink);
            m_framer->finish(Direction::ToClient, m_sink);
            break;
        case RecordKind::Opened:
        case RecordKind::Refused:
            break;
        }
    }

    void feed(const Record &record)
    {
        const auto direction = static_cast<size_t>(record.direction);
        const auto length = static_cast<qint64>(record.length);
        for (qint64 at = 0; at < length && !isCancelled();) {
            const QByteArray bytes = m_owner.m_log.payload(record.index, at, readSize);
            if (bytes.isEmpty()) { // recycled, or the file was changed
                m_framer->skip(record.direction, static_cast<quint64>(length - at), m_sink);
                m_offsets[direction] += static_cast<quint64>(length - at);
                return;
            }
            // Counted first: the framer tells of messages while it is fed.
            m_offsets[direction] += static_cast<quint64>(bytes.size());
            m_framer->feed(record.direction, asBytes(bytes), m_sink);
            at += bytes.size();
        }
    }

    void add(Direction direction, const Frame &frame)
    {
        if (m_count + m_found.size() >= MostMessages) {
            m_isFull = true;
            return;
        }
        Message message;
        message.direction = direction;
        message.frame = frame;
        const Piece &first = pieceAt(direction, frame.offset);
        const Piece &last =
            pieceAt(direction, frame.offset + std::max<quint64>(frame.length, 1) - 1);
        message.firstRecord = first.record;
        message.lastRecord = last.record;
        message.time = last.time;
        m_found.push_back(message);
    }

    /// Of pieces that are not published yet, or the last ones that are.
    [[nodiscard]] const Piece &pieceAt(Direction direction, quint64 offset) const
    {
        const auto &pieces = m_allPieces[static_cast<size_t>(direction)];
        static const Piece none;
        const auto &fresh = m_pieces[static_cast<size_t>(direction)];
        const std::deque<Piece> &where =
            fresh.empty() || offset < fresh.front().offset ? pieces : fresh;
        const auto after = std::upper_bound(
            where.begin(), where.end(), offset,
            [](quint64 wanted, const Piece &piece) { return wanted < piece.offset; });
        return after == where.begin() ? none : *std::prev(after);
    }

    void publish(bool isCaughtUp)
    {
        for (size_t direction = 0; direction < 2; ++direction) {
            std::deque<Piece> &all = m_allPieces[direction];
            all.insert(all.end(), m_pieces[direction].begin(), m_pieces[direction].end());
        }
        const std::lock_guard lock(m_owner.m_mutex);
        if (isCancelled())
            return;
        for (size_t number = 0; number < m_found.size(); ++number)
            m_owner.m_ofDirection[static_cast<size_t>(m_found[number].direction)].push_back(
                static_cast<quint32>(m_count + number));
        m_count += m_found.size();
        m_owner.m_found.insert(m_owner.m_found.end(), m_found.begin(), m_found.end());
        for (size_t direction = 0; direction < 2; ++direction) {
            std::deque<Piece> &all = m_owner.m_pieces[direction];
            all.insert(all.end(), m_pieces[direction].begin(), m_pieces[direction].end());
            m_pieces[direction].clear();
        }
        m_found.clear();
        m_owner.m_progress.count = m_owner.m_found.size();
        m_owner.m_progress.isCaughtUp = isCaughtUp;
        m_owner.m_progress.isCut = m_isFull;
    }

    Messages &m_owner;
    const Wish m_wish;
    const quint64 m_generation;
    CaptureScan m_scan;
    std::unique_ptr<Framer> m_framer;
    FrameSink m_sink;
    quint64 m_epoch = 0;
    RecordIndex m_next = 0;
    std::array<quint64, 2> m_offsets = {};
    std::vector<Message> m_found; ///< not published yet
    size_t m_count = 0; ///< published
    Pieces m_pieces; ///< not published yet
    Pieces m_allPieces;
    bool m_isFull = false;
};

Messages::Messages(const CaptureLog &log)
    : m_log(log)
    , m_thread([this] { run(); })
{ }

Messages::~Messages()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_condition.notify_one();
    m_thread.join();
}

void Messages::follow(ConnectionId connection, const std::optional<FramerSettings> &framer)
{
    {
        const std::lock_guard lock(m_mutex);
        ++m_generation;
        m_wish = {connection, framer};
        m_hasWork = connection.isValid();
        m_progress = {};
        m_found.clear();
        m_ofDirection = {};
        m_pieces = {};
    }
    m_taken = {};
    m_condition.notify_one();
}

void Messages::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_hasWork = m_wish.connection.isValid();
    }
    m_condition.notify_one();
}

const Messages::Progress &Messages::take()
{
    const std::lock_guard lock(m_mutex);
    m_taken = m_progress;
    return m_taken;
}

const Message &Messages::at(size_t number) const
{
    // Elements of a deque stay where they are when others come behind them.
    const std::lock_guard lock(m_mutex);
    static const Message none;
    return number < m_found.size() ? m_found[number] : none;
}

std::optional<size_t> Messages::messageOf(RecordIndex record) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_log.record(record);
    if (!found)
        return std::nullopt;
    const auto direction = static_cast<size_t>(found->direction);
    const auto &pieces = m_pieces[direction];
    const auto piece =
        std::lower_bound(pieces.begin(), pieces.end(), record,
                         [](const Piece &one, RecordIndex wanted) { return one.record < wanted; });
    if (piece == pieces.end() || piece->record != record)
        return std::nullopt;
    // Frames of a direction stand end to end.
    const auto &numbers = m_ofDirection[direction];
    const auto number = std::lower_bound(
        numbers.begin(), numbers.end(), piece->offset, [this](quint32 one, quint64 wanted) {
            return m_found[one].frame.offset + m_found[one].frame.length <= wanted;
        });
    return number == numbers.end() ? std::nullopt : std::optional<size_t>(*number);
}

QByteArray Messages::body(const Message &message, qint64 maximum) const
{
    return read(message, message.frame.offset + message.frame.bodyOffset, message.frame.bodyLength,
                maximum);
}

QByteArray Messages::bytes(const Message &message, qint64 maximum) const
{
    return read(message, message.frame.offset, message.frame.length, maximum);
}

QByteArray Messages::read(const Message &message, quint64 offset, quint64 length,
                          qint64 maximum) const
{
    const auto wanted = static_cast<qint64>(
        std::min<quint64>(length, static_cast<quint64>(std::max<qint64>(maximum, 0))));
    QByteArray result;
    std::vector<Piece> pieces;
    {
        const std::lock_guard lock(m_mutex);
        const auto &all = m_pieces[static_cast<size_t>(message.direction)];
        auto it =
            std::upper_bound(all.begin(), all.end(), offset, [](quint64 place, const Piece &piece) {
                return place < piece.offset;
            });
        if (it != all.begin())
            --it;
        for (; it != all.end() && it->offset < offset + static_cast<quint64>(wanted); ++it)
            pieces.push_back(*it);
    }
    for (const Piece &piece : pieces) {
        const quint64 from = offset + static_cast<quint64>(result.size());
        if (from < piece.offset)
            break; // what stands between was not recorded
        result += m_log.payload(piece.record, static_cast<qint64>(from - piece.offset),
                                wanted - result.size());
    }
    return result;
}

void Messages::run()
{
    std::unique_ptr<Work> work;
    quint64 workGeneration = 0;
    std::unique_lock lock(m_mutex);
    while (true) {
        m_condition.wait(lock, [this] { return m_hasWork || m_isStopping; });
        if (m_isStopping)
            return;
        m_hasWork = false;
        const quint64 generation = m_generation;
        if (!work || workGeneration != generation) {
            work = std::make_unique<Work>(*this, m_wish, generation);
            workGeneration = generation;
        }
        lock.unlock();
        work->run();
        lock.lock();
    }
}

} // namespace Sockeye
