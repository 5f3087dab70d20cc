// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/conversation.h"

#include "core/capture/atomicfile.h"

#include <QFileInfo>

#include <algorithm>
#include <cerrno>

namespace Sockeye {

namespace {

constexpr qsizetype recordsAtOnce = 4096;
constexpr qint64 pieceSize = 1024 * 1024;

Problem problemOf(ProblemCode code, const Conversation &conversation, const QString &file)
{
    return {code,
            {{QStringLiteral("id"), QString::number(conversation.connection.value)},
             {QStringLiteral("file"), file}}};
}

/// Goes through the log once, and keeps account of what it did not find there.
class Saving
{
public:
    Saving(const CaptureLog &log, const Conversation &conversation, AtomicFile &target)
        : m_log(log)
        , m_conversation(conversation)
        , m_target(target)
        , m_start(log.cursor())
    { }

    [[nodiscard]] Result<> run()
    {
        for (RecordIndex next = m_start.begin; next < m_start.end;) {
            const std::vector<Record> records = m_log.records(next, recordsAtOnce);
            if (isCleared())
                return {};
            if (records.empty()) { // recycled meanwhile
                m_isIncomplete = m_isIncomplete || m_hasRecords;
                next = std::max(next + 1, m_log.cursor().begin);
                continue;
            }
            for (const Record &record : records) {
                if (record.index >= m_start.end)
                    break;
                if (auto taken = take(record); !taken || m_isCleared)
                    return taken;
            }
            next += records.size();
        }
        return {};
    }

    [[nodiscard]] bool isGone() const { return m_isCleared || !m_hasRecords; }
    [[nodiscard]] bool isIncomplete() const { return m_isIncomplete; }
    [[nodiscard]] quint64 bytes() const { return m_bytes; }

private:
    /// To be asked after reading and before writing: indexes mean other records then.
    [[nodiscard]] bool isCleared()
    {
        m_isCleared = m_isCleared || m_log.cursor().epoch != m_start.epoch;
        return m_isCleared;
    }

    [[nodiscard]] Result<> take(const Record &record)
    {
        if (record.connection != m_conversation.connection)
            return {};
        // A connection begins with one of these; else its oldest records are gone.
        const bool isBeginning =
            record.kind == RecordKind::Opened || record.kind == RecordKind::Refused;
        m_isIncomplete = m_isIncomplete || (!m_hasRecords && !isBeginning);
        m_hasRecords = true;
        if (!m_conversation.includes(record))
            return {};
        m_isIncomplete = m_isIncomplete || record.kind == RecordKind::Gap;
        return record.kind == RecordKind::Data ? write(record) : Result<> {};
    }

    [[nodiscard]] Result<> write(const Record &record)
    {
        const auto length = static_cast<qint64>(record.length);
        for (qint64 at = 0; at < length;) {
            const QByteArray bytes = m_log.payload(record.index, at, pieceSize);
            if (isCleared())
                return {};
            if (bytes.isEmpty()) { // recycled meanwhile
                m_isIncomplete = true;
                return {};
            }
            if (auto written = m_target.write(std::as_bytes(std::span(bytes))); !written)
                return written;
            at += bytes.size();
            m_bytes += static_cast<quint64>(bytes.size());
        }
        return {};
    }

    const CaptureLog &m_log;
    const Conversation m_conversation;
    AtomicFile &m_target;
    const CaptureCursor m_start;
    quint64 m_bytes = 0;
    bool m_hasRecords = false;
    bool m_isIncomplete = false;
    bool m_isCleared = false;
};

bool isSameFile(const QString &one, const QString &other)
{
    const QString path = QFileInfo(one).canonicalFilePath();
    return !path.isEmpty() && path == QFileInfo(other).canonicalFilePath();
}

} // namespace

Result<SavedConversation> saveConversation(const CaptureLog &log, const Conversation &conversation,
                                           const QString &file)
{
    if (isSameFile(file, log.currentFile())) // the capture itself would be lost
        return fail(unwritable(file, EBUSY));
    auto target = AtomicFile::create(file);
    if (!target)
        return fail(target.error());
    Saving saving(log, conversation, *target);
    if (auto saved = saving.run(); !saved)
        return fail(saved.error());
    if (saving.isGone())
        return fail(problemOf(ProblemCode::ConversationGone, conversation, file));
    if (auto committed = target->commit(); !committed)
        return fail(committed.error());
    SavedConversation result;
    result.bytes = saving.bytes();
    if (saving.isIncomplete())
        result.loss = problemOf(ProblemCode::ConversationIncomplete, conversation, file);
    return result;
}

} // namespace Sockeye
