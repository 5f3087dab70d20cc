// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"
#include "core/capture/record.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace Sockeye {

/// What gives way when the disk is slower than the traffic.
enum class RecordingPolicy {
    Lossless, ///< the sender waits: append() writes before it returns
    NeverStall, ///< forwarding goes on: append() queues (bounded), what does not fit becomes a Gap
};

/// A position to ask "what is new since?" from. A clear() starts a new epoch: nothing older than it
/// may come back. Recycling moves begin, never end.
struct CaptureCursor
{
    quint64 epoch = 0;
    RecordIndex begin = 0; ///< the oldest record that is still there
    RecordIndex end = 0; ///< one past the newest

    friend bool operator==(const CaptureCursor &, const CaptureCursor &) = default;
};

struct CaptureOptions
{
    /// Folder for segment files (made 0700, files 0600); each log makes a folder of its own in it,
    /// which goes away with the log. Empty: a default under the user's cache folder.
    QString folder = {};
    /// Keep everything in this one file instead, without a limit; it stays. Refused if it exists
    /// and is not a regular file; a regular file is replaced only if it is empty or overwrite is
    /// set.
    QString file = {};
    bool overwrite = false;
    /// Segments' total; the oldest goes first. 0: 8 GiB or a fifth of the free disk, the smaller.
    qint64 limit = 0;
    /// 0: a 32nd of the limit, between 1 MiB and 256 MiB.
    qint64 segmentSize = 0;
    /// Bytes that a NeverStall writer may lag behind.
    qint64 queueLimit = 64 * 1024 * 1024;
};

struct CaptureStatistics
{
    qint64 bytesOnDisk = 0;
    qint64 limit = 0; ///< 0: none
    quint64 records = 0;
    quint64 droppedRecords = 0; ///< with recycled segments
    quint64 gaps = 0;
    quint64 gapBytes = 0;
    qint64 indexBytes = 0; ///< memory of the index
    int segments = 0;
    bool isStalled = false; ///< the disk is full or fails; lossless senders wait

    friend bool operator==(const CaptureStatistics &, const CaptureStatistics &) = default;
};

/// How far a file has been read.
struct CaptureReading
{
    qint64 read = 0; ///< bytes
    qint64 size = 0; ///< bytes of the file
    bool isReading = false; ///< there is more to read at this moment
    bool isFollowed = false; ///< what will be written to the file is going to appear

    friend bool operator==(const CaptureReading &, const CaptureReading &) = default;
};

/// Where a record stands on disk, for programs that read the file themselves.
struct RecordPlace
{
    QString file;
    quint64 offset = 0; ///< of the block that is the record's first packet

    friend bool operator==(const RecordPlace &, const RecordPlace &) = default;
};

class CaptureLog;
class SegmentChain;

/// The writer's end of one connection, used by one thread at a time. Keeps the sequence numbers of
/// the synthetic TCP conversation.
class CaptureStream
{
public:
    ~CaptureStream();
    CaptureStream(const CaptureStream &) = delete;
    CaptureStream &operator=(const CaptureStream &) = delete;

    /// Records @p bytes. Lossless: they are in the file (page cache) after the next flush() of the
    /// log; on failure nothing was recorded, and the caller tries again later. NeverStall: never
    /// fails, never waits.
    /// @p note: what came with them, for people; becomes the comment of the first packet.
    [[nodiscard]] Result<> append(Direction direction, std::span<const std::byte> bytes,
                                  const QString &note = {});
    /// This direction ends. @p note: why, for people; may be empty.
    [[nodiscard]] Result<> endOfStream(Direction direction, const QString &note = {});
    /// The connection was torn down. @p direction: who is seen to send the reset.
    [[nodiscard]] Result<> reset(Direction direction, const QString &note);
    /// @p bytes of this direction are not there: for a Lossless stream of what was recorded
    /// elsewhere, with holes in it.
    [[nodiscard]] Result<> gap(Direction direction, quint64 bytes);

private:
    friend class CaptureLog;
    struct Private;
    explicit CaptureStream(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

/// The append-only log of all records, on disk as a chain of pcapng files.
///
/// Writers: any thread, each with streams of its own. Readers: any thread; they see what was
/// flushed and never hold a writer up. Bytes are in the file before append()+flush() return, so
/// that they survive the end of this process by any signal. Nothing here emits signals or calls
/// back while a lock is held, but for the problem handler.
class CaptureLog
{
public:
    [[nodiscard]] static Result<std::unique_ptr<CaptureLog>> create(const CaptureOptions &options,
                                                                    const Clock &clock);
    /// Opens a capture file for reading: any pcapng with conversations as this class writes them. A
    /// damaged tail is left out and told by damage(); a file of which nothing can be read fails.
    [[nodiscard]] static Result<std::unique_ptr<CaptureLog>> open(const QString &file);
    /// The same, but reads only the first part before it returns. The rest appears while a thread
    /// of the log reads it, and then what others write to the file. See reading() and damage().
    [[nodiscard]] static Result<std::unique_ptr<CaptureLog>> openGrowing(const QString &file);
    ~CaptureLog();

    // --- writers ---
    void addServer(const CapturedServer &server);
    /// Records Opened. The stream must not outlive the log.
    [[nodiscard]] std::unique_ptr<CaptureStream> openStream(const CapturedConnection &connection,
                                                            RecordingPolicy policy);
    /// Records Refused, with the reason as the packet's comment.
    void refuse(const CapturedConnection &connection, const QString &reason);
    /// Makes all that was appended by any stream visible to readers and other programs. Cheap when
    /// there is nothing to do. Must be called before appended bytes are forwarded, and by a writer
    /// that goes to sleep.
    [[nodiscard]] Result<> flush();
    /// Told once when recording starts to fail and once (nullopt) when it goes on; any thread.
    void setProblemHandler(std::function<void(std::optional<Problem>)> handler);

    // --- readers ---
    [[nodiscard]] CaptureCursor cursor() const;
    /// Nothing if it is gone already (or not there yet).
    [[nodiscard]] std::optional<Record> record(RecordIndex index) const;
    /// @p records for first, first + 1, …; fewer at the end, none if first is gone.
    [[nodiscard]] std::vector<Record> records(RecordIndex first, qsizetype count) const;
    /// Payload of a record from @p offset, at most @p maximum bytes. Empty if gone or without any.
    [[nodiscard]] QByteArray payload(RecordIndex index, qint64 offset = 0,
                                     qint64 maximum = 1 << 20) const;
    /// Comment of the record's first packet: the note of an end, the reason of a refusal, the
    /// descriptors that came with data (Record::hasNote).
    [[nodiscard]] QString note(RecordIndex index) const;
    /// Nothing if the record is gone already. Its file may go at any moment, with its segment.
    [[nodiscard]] std::optional<RecordPlace> place(RecordIndex index) const;
    [[nodiscard]] std::vector<CapturedServer> servers() const;
    [[nodiscard]] std::optional<CapturedServer> server(ServerId id) const;
    /// As far as the file still tells; written logs remember all connections of their segments.
    [[nodiscard]] std::optional<CapturedConnection> connection(ConnectionId id) const;
    /// The oldest record of it that is there.
    [[nodiscard]] std::optional<RecordIndex> firstRecordOf(ConnectionId id) const;
    [[nodiscard]] CaptureStatistics statistics() const;
    /// Where the file that was opened ceases to be readable, and why; as far as it has been read.
    [[nodiscard]] std::optional<Problem> damage() const;
    /// All read, for a log that was not opened by openGrowing().
    [[nodiscard]] CaptureReading reading() const;

    // --- control; any thread ---
    /// Forgets all records and drops finished segments; open streams go on in the new epoch.
    void clear();
    /// Ends the reading of openGrowing(): what has been read stays, nothing new appears.
    void stopReading();
    /// Copies everything that is there now to @p file (0600): one valid pcapng.
    [[nodiscard]] Result<> save(const QString &file) const;
    /// Where the newest segment is; for "open in Wireshark" and the status bar.
    [[nodiscard]] QString currentFile() const;

private:
    CaptureLog();
    [[nodiscard]] static Result<std::unique_ptr<CaptureLog>> openFile(const QString &file);
    [[nodiscard]] static Result<std::unique_ptr<CaptureLog>>
    refusedIfUnreadable(std::unique_ptr<CaptureLog> log);
    friend class CaptureStream;
    friend class CaptureScan;
    [[nodiscard]] const SegmentChain &chain() const;
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Sockeye
