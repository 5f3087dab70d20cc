// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "streamclient.h"

#include "core/base/problem.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

namespace Sockeye {

namespace {

constexpr int patience = 60'000;

bool waitFor(int fd, short events)
{
    pollfd entry {.fd = fd, .events = events, .revents = 0};
    int status = 0;
    do {
        status = ::poll(&entry, 1, patience);
    } while (status < 0 && errno == EINTR);
    return status > 0;
}

} // namespace

StreamClient::StreamClient(Descriptor descriptor)
    : m_descriptor(std::move(descriptor))
{
    if (m_descriptor)
        ::fcntl(m_descriptor.get(), F_SETFL, O_NONBLOCK);
}

bool StreamClient::send(const QByteArray &bytes)
{
    for (qsizetype at = 0; at < bytes.size();) {
        const qint64 size = sendSome(bytes.mid(at, 1 << 20));
        if (size < 0 || (size == 0 && !waitFor(m_descriptor.get(), POLLOUT)))
            return false;
        at += size;
    }
    return true;
}

qint64 StreamClient::sendSome(const QByteArray &bytes)
{
    ssize_t size = 0;
    do {
        size = ::send(m_descriptor.get(), bytes.constData(), static_cast<size_t>(bytes.size()),
                      MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return errno == EAGAIN ? 0 : -1;
    return size;
}

void StreamClient::endSending()
{
    ::shutdown(m_descriptor.get(), SHUT_WR);
}

QByteArray StreamClient::receive(qsizetype count)
{
    QByteArray bytes(count, Qt::Uninitialized);
    qsizetype have = 0;
    m_how.clear();
    while (have < count) {
        const qint64 size = receiveSome(bytes.data() + have, static_cast<size_t>(count - have));
        if (size <= 0)
            break;
        have += size;
    }
    bytes.truncate(have);
    return bytes;
}

QByteArray StreamClient::receiveAll()
{
    QByteArray bytes;
    std::array<char, 65536> buffer {};
    m_how.clear();
    while (true) {
        const qint64 size = receiveSome(buffer.data(), buffer.size());
        if (size <= 0)
            return bytes;
        bytes.append(buffer.data(), size);
    }
}

qint64 StreamClient::receiveSome(char *buffer, size_t size)
{
    while (true) {
        const ssize_t got = ::recv(m_descriptor.get(), buffer, size, MSG_DONTWAIT);
        if (got > 0)
            return got;
        if (got == 0) {
            m_how = "end";
            return 0;
        }
        if (errno == EAGAIN) {
            if (!waitFor(m_descriptor.get(), POLLIN)) {
                m_how = "time-out";
                return -1;
            }
        } else if (errno != EINTR) {
            m_how = errnoName(errno).toLatin1();
            return -1;
        }
    }
}

QByteArray noise(quint32 seed, qsizetype size)
{
    std::mt19937_64 random(seed);
    QByteArray bytes((size + 7) / 8 * 8, Qt::Uninitialized);
    char *const data = bytes.data();
    for (qsizetype at = 0; at < bytes.size(); at += 8) {
        const quint64 eight = random();
        std::memcpy(data + at, &eight, sizeof eight);
    }
    bytes.truncate(size);
    return bytes;
}

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

} // namespace Sockeye
