// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/recordpieces.h"

#include "core/base/utf8text.h"

#include <algorithm>

namespace Sockeye {

namespace {

/// Large enough that finding the place in the record costs nothing beside it.
constexpr qint64 readSize = 1024 * 1024;
/// Small enough that whoever cancels need not wait for what is made of it.
constexpr qsizetype pieceSize = 64 * 1024;

bool isSet(const std::atomic<bool> *cancel)
{
    return cancel && cancel->load(std::memory_order_relaxed);
}

Result<> handOn(QByteArrayView bytes, bool isLast, const PieceTaker &take,
                const std::atomic<bool> *cancel)
{
    while (!bytes.isEmpty()) {
        if (isSet(cancel))
            return fail({ProblemCode::ExportCancelled});
        const auto piece = bytes.first(std::min(pieceSize, bytes.size()));
        bytes = bytes.sliced(piece.size());
        if (auto taken = take(piece, isLast && bytes.isEmpty()); !taken)
            return taken;
    }
    return {};
}

} // namespace

Result<quint64> readPieces(const CaptureLog &log, const Record &record, const PieceTaker &take,
                           const std::atomic<bool> *cancel)
{
    if (record.kind != RecordKind::Data)
        return 0;
    const auto length = static_cast<qint64>(record.length);
    qint64 at = 0;
    // One read ahead, so that the last piece is known as such also where the rest is gone.
    QByteArray bytes = log.payload(record.index, 0, readSize);
    while (!bytes.isEmpty()) {
        at += bytes.size();
        QByteArray next = at < length ? log.payload(record.index, at, readSize) : QByteArray();
        if (auto handed = handOn(bytes, next.isEmpty(), take, cancel); !handed)
            return fail(handed.error());
        bytes = std::move(next);
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
