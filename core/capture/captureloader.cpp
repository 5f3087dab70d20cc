// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/captureloader.h"

#include <chrono>

#include <sys/stat.h>

namespace Sockeye {

namespace {

using namespace std::chrono_literals;

/// Some ten thousand records, read within milliseconds.
constexpr qint64 FirstPiece = 4 * 1024 * 1024;
/// What is read between two looks at whether to stop: a few milliseconds from memory, and less
/// than 50 from a slow disk.
constexpr qint64 PieceSize = 4 * 1024 * 1024;
/// How often the file is looked at once all of it is read.
constexpr auto FollowInterval = 200ms;
/// An unfinished end of which nothing has become for so long is damage.
constexpr int PatientLooks = 10;

struct FileState
{
    qint64 size = 0;
    qint64 changed = 0;
};

FileState stateOf(const CaptureSegment &segment)
{
    struct stat status = {};
    if (::fstat(segment.descriptor(), &status) != 0)
        return {};
    return {status.st_size,
            qint64 {status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

} // namespace

CaptureLoader::CaptureLoader(SegmentChain &chain, CaptureSegment &segment)
    : m_segment(segment)
    , m_importer(
          [&segment](qint64 offset, std::span<std::byte> to) { return segment.read(offset, to); },
          stateOf(segment).size, chain, segment)
{
    const FileState state = stateOf(segment);
    m_size = state.size;
    m_changed = state.changed;
}

CaptureLoader::~CaptureLoader()
{
    stop();
    if (m_thread.joinable())
        m_thread.join();
}

void CaptureLoader::readAll()
{
    while (readPiece(PieceSize)) { }
    m_isReading = false;
    setDamage(m_importer.damage());
}

void CaptureLoader::readFirst()
{
    if (!readPiece(FirstPiece))
        setDamage(m_importer.damage());
}

void CaptureLoader::start()
{
    m_thread = std::thread([this] { run(); });
}

void CaptureLoader::stop()
{
    {
        const std::lock_guard lock(m_lock);
        m_isStopped = true;
    }
    m_condition.notify_all();
}

CaptureReading CaptureLoader::reading() const
{
    CaptureReading reading;
    reading.read = m_readable;
    reading.size = std::max<qint64>(m_size, reading.read);
    reading.isReading = m_isReading;
    reading.isFollowed = !m_isStopped && m_thread.joinable();
    return reading;
}

std::optional<CaptureDamage> CaptureLoader::damage() const
{
    const std::lock_guard lock(m_lock);
    return m_damage;
}

/// False at the end of what is there.
bool CaptureLoader::readPiece(qint64 bytes)
{
    const bool isMore = m_importer.readSome(bytes);
    m_importer.publish();
    m_readable = m_importer.readable();
    return isMore;
}

void CaptureLoader::run()
{
    do {
        m_isReading = true;
        while (!m_isStopped && readPiece(PieceSize)) { }
        m_isReading = false;
    } while (waitForMore());
}

/// False when it is to stop.
bool CaptureLoader::waitForMore()
{
    // A file that nobody has written to lately is damaged at once; of one that grows, its end may
    // be written yet.
    const bool isGrowing = m_hasGrown;
    for (int looks = 0; !m_isStopped; ++looks) {
        if (looks == (isGrowing ? PatientLooks : 0))
            setDamage(m_importer.damage());
        std::unique_lock lock(m_lock);
        m_condition.wait_for(lock, FollowInterval, [this] { return m_isStopped.load(); });
        lock.unlock();
        if (!m_isStopped && hasChanged())
            return true;
    }
    return false;
}

void CaptureLoader::setDamage(std::optional<CaptureDamage> damage)
{
    const std::lock_guard lock(m_lock);
    m_damage = damage;
}

bool CaptureLoader::hasChanged()
{
    const FileState state = stateOf(m_segment);
    if (state.size == m_size && state.changed == m_changed)
        return false;
    m_size = state.size;
    m_changed = state.changed;
    m_hasGrown = true;
    setDamage(std::nullopt);
    m_importer.resume(state.size);
    return true;
}

} // namespace Sockeye
