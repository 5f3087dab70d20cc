// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/descriptor.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <random>

namespace Sockeye {

/// The other end of a connection, made of plain system calls. Blocks, but never longer than a
/// minute in all: a server that hangs fails a test and does not stop it.
class StreamClient
{
public:
    StreamClient() = default;
    explicit StreamClient(Descriptor descriptor);

    [[nodiscard]] bool isConnected() const { return m_descriptor.isValid(); }
    [[nodiscard]] int descriptor() const { return m_descriptor.get(); }

    /// All of it; false if the connection broke or nothing moved.
    bool send(const QByteArray &bytes);
    /// What the kernel takes at once, without waiting: the number of bytes.
    qint64 sendSome(const QByteArray &bytes);
    void endSending();
    /// Exactly so many; fewer if the connection ended first.
    QByteArray receive(qsizetype count);
    /// Until the other side has ended: "…" and how() tells in which way.
    QByteArray receiveAll();
    /// "end", "ECONNRESET", "time-out": how the last receive ended; empty if it got what it wanted.
    [[nodiscard]] QByteArray how() const { return m_how; }
    void close() { m_descriptor.reset(); }

private:
    /// -1: broken or nothing came in time; 0: the end.
    qint64 receiveSome(char *buffer, size_t size);

    Descriptor m_descriptor;
    QByteArray m_how;
};

/// Bytes that look like noise, the same for the same seed.
[[nodiscard]] QByteArray noise(quint32 seed, qsizetype size);
[[nodiscard]] QByteArray sha256(const QByteArray &bytes);

} // namespace Sockeye
