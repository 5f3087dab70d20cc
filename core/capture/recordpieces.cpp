// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordpieces.h"

#include "core/base/utf8text.h"

namespace Sockeye {

namespace {

/// Large enough that finding the place in the record costs nothing beside it, and read within a
/// millisecond, so that whoever cancels need not wait.
constexpr qint64 pieceSize = 1024 * 1024;

bool isSet(const std::atomic<bool> *cancel)
{
    return cancel && cancel->load(std::memory_order_relaxed);
}

} // namespace

Result<quint64> readPieces(const CaptureLog &log, const Record &record, const PieceTaker &take,
                           const std::atomic<bool> *cancel)
{
    if (record.kind != RecordKind::Data)
        return 0;
    const auto length = static_cast<qint64>(record.length);
    qint64 at = 0;
    // One piece ahead, so that the last one is known as such also where the rest is gone.
    QByteArray piece = log.payload(record.index, 0, pieceSize);
    while (!piece.isEmpty()) {
        if (isSet(cancel))
            return fail({ProblemCode::ExportCancelled});
        at += piece.size();
        QByteArray next = at < length ? log.payload(record.index, at, pieceSize) : QByteArray();
        if (auto taken = take(piece, next.isEmpty()); !taken)
            return fail(taken.error());
        piece = std::move(next);
    }
    return static_cast<quint64>(length - at);
}

Result<quint64> readTextPieces(const CaptureLog &log, const Record &record, const PieceTaker &take,
                               const std::atomic<bool> *cancel)
{
    QByteArray carried;
    const auto cut = [&](QByteArrayView piece, bool isLast) -> Result<> {
        carried.append(piece.data(), piece.size());
        const qsizetype whole = isLast ? carried.size() : wholeCharacters(carried);
        auto taken = take(QByteArrayView(carried).first(whole), isLast);
        carried.remove(0, whole);
        return taken;
    };
    return readPieces(log, record, cut, cancel);
}

} // namespace Sockeye
