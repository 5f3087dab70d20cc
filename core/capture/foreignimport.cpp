// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/foreignimport.h"

#include "core/base/descriptor.h"
#include "core/capture/connectioncomment.h"
#include "core/capture/foreignrecorder.h"
#include "core/capture/packetimport.h"
#include "core/capture/socatimport.h"
#include "core/capture/straceimport.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Sockeye {

namespace {

using namespace Pcapng;

/// Of a text file, what decides; programs that are traced may say much before they open a socket,
/// but strace's own lines are there from the first.
constexpr size_t TextFront = 64 * 1024;
/// Blocks of a pcapng that may stand before its first packet: interfaces, names, statistics.
constexpr int FrontBlocks = 256;
/// Our smallest packet around one byte is 76 bytes long; none of the formats tells of a byte in
/// less than 5 ("write(3,\"a\",1)=1" has 17), and a connection, of which we keep 500 bytes,
/// takes 50.
constexpr qint64 LargestGrowth = 32;
constexpr qint64 SmallestLimit = 64 * 1024 * 1024;

struct OpenFile
{
    Descriptor descriptor;
    qint64 size = 0;
    Timestamp time; ///< of the last change

    [[nodiscard]] ReadAt reader() const
    {
        return [fd = descriptor.get()](qint64 offset, std::span<std::byte> to) -> qint64 {
            size_t got = 0;
            while (got < to.size()) {
                const ssize_t count = ::pread(fd, to.data() + got, to.size() - got,
                                              offset + static_cast<qint64>(got));
                if (count < 0 && errno == EINTR)
                    continue;
                if (count <= 0)
                    break;
                got += static_cast<size_t>(count);
            }
            return static_cast<qint64>(got);
        };
    }
};

Problem fileProblem(ProblemCode code, const QString &file, int error)
{
    return {code, {{QStringLiteral("file"), file}}, error};
}

Result<OpenFile> openFile(const QString &file)
{
    OpenFile result;
    // Not blocking, so that a fifo cannot hold us up.
    result.descriptor.reset(
        ::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status = {};
    if (!result.descriptor || ::fstat(result.descriptor.get(), &status) != 0)
        return fail(fileProblem(ProblemCode::FileUnreadable, file, errno));
    if (!S_ISREG(status.st_mode)) {
        return fail(fileProblem(ProblemCode::FileUnreadable, file,
                                S_ISDIR(status.st_mode) ? EISDIR : EINVAL));
    }
    result.size = status.st_size;
    result.time = cappedTime(std::chrono::seconds(status.st_mtim.tv_sec),
                             std::chrono::nanoseconds(status.st_mtim.tv_nsec));
    return result;
}

bool isOurSection(const Block &block, bool isSwapped)
{
    constexpr size_t front = 24;
    if (block.bytes.size() < front + 4)
        return false;
    const ByteView options = block.bytes.subspan(front, block.bytes.size() - front - 4);
    return findOption(options, OptionApplication, isSwapped).startsWith("Sockeye ");
}

// Other programs write our files anew (editcap, mergecap): then the section is theirs, but the
// comments of the interfaces and of the first packet of a connection are still there.
bool isOurs(const OpenFile &file)
{
    BlockReader reader(file.reader(), file.size);
    for (int count = 0; count < FrontBlocks; ++count) {
        const auto block = reader.next();
        if (!block)
            return false;
        const bool isSwapped = reader.isForeignSection();
        if (block->type == SectionHeaderBlock && isOurSection(*block, isSwapped))
            return true;
        if (block->type == InterfaceBlock
            && parseInterface(block->bytes, isSwapped).server.isValid())
            return true;
        if (block->type != EnhancedPacketBlock)
            continue;
        const auto packet = parseEnhancedPacket(block->bytes, isSwapped);
        return packet && parseConversationPacket(packet->data, packet->data.size())
            && fromComment(findOption(packet->options, OptionComment, isSwapped));
    }
    return false;
}

CaptureFormat textFormat(QByteArrayView text)
{
    constexpr int mostLines = 64;
    int lines = 0;
    int traced = 0;
    while (!text.isEmpty() && lines < mostLines) {
        const qsizetype end = text.indexOf('\n');
        const QByteArrayView line = end < 0 ? text : text.first(end);
        text = end < 0 ? QByteArrayView() : text.sliced(end + 1);
        if (parseSocatHeader(line, true) || isSocatMessage(line))
            return CaptureFormat::SocatLog;
        if (line.isEmpty())
            continue;
        ++lines;
        traced += isStraceLine(line) ? 1 : 0;
    }
    // A traced program may write between strace's lines, where both go to a terminal.
    return traced > 0 && 3 * traced >= lines ? CaptureFormat::StraceLog : CaptureFormat::Unknown;
}

ForeignReading read(const OpenFile &file, CaptureFormat format, ForeignRecorder &recorder)
{
    switch (format) {
    case CaptureFormat::Pcap: {
        PcapFile packets(file.reader(), file.size);
        return importPackets(packets, recorder);
    }
    case CaptureFormat::Sockeye:
    case CaptureFormat::Pcapng: {
        PcapngFile packets(file.reader(), file.size);
        return importPackets(packets, recorder);
    }
    case CaptureFormat::SocatLog:
        return SocatImport(file.reader(), file.size, recorder).run();
    case CaptureFormat::StraceLog:
        return StraceImport(file.reader(), file.size, file.time, recorder).run();
    case CaptureFormat::Unknown:
        break;
    }
    ForeignReading nothing;
    nothing.emptiness = QCoreApplication::translate(
        "Problem", "it is neither pcapng nor pcap, nor a log of socat or strace");
    return nothing;
}

} // namespace

CaptureFormat captureFormat(const QString &file)
{
    const auto opened = openFile(file);
    if (!opened)
        return CaptureFormat::Unknown;
    std::vector<std::byte> front(TextFront);
    front.resize(static_cast<size_t>(opened->reader()(0, front)));
    if (PcapFile::isPcap(front))
        return CaptureFormat::Pcap;
    const QByteArrayView text(reinterpret_cast<const char *>(front.data()),
                              static_cast<qsizetype>(front.size()));
    if (text.startsWith("\n\r\r\n"))
        return isOurs(*opened) ? CaptureFormat::Sockeye : CaptureFormat::Pcapng;
    return textFormat(text);
}

CaptureOptions importOptions(const QString &file)
{
    CaptureOptions options;
    const auto opened = openFile(file);
    const qint64 size = std::min<qint64>(opened ? opened->size : 0, INT64_MAX / LargestGrowth / 2);
    options.limit = SmallestLimit + size * LargestGrowth;
    return options;
}

Result<> importForeign(const QString &file, CaptureFormat format, CaptureLog &into,
                       SteppedClock &clock, ImportProgress &progress)
{
    const auto opened = openFile(file);
    if (!opened)
        return fail(opened.error());
    progress.size.store(opened->size);
    ForeignRecorder recorder(into, clock, progress);
    const ForeignReading reading = read(*opened, format, recorder);
    recorder.flush();
    if (recorder.failure())
        return fail(*recorder.failure());
    if (progress.isCancelled)
        return {};
    Problem problem = fileProblem(ProblemCode::CaptureDamaged, file, 0);
    if (reading.damage) {
        problem.args.insert(QStringLiteral("offset"), QString::number(reading.damage->offset));
        problem.args.insert(QStringLiteral("why"),
                            QCoreApplication::translate("Problem", reading.damage->why));
    }
    // Of a damaged file that gave nothing, the damage is the reason.
    if (!reading.emptiness.isEmpty()) {
        problem.code = ProblemCode::NotACapture;
        if (!reading.damage)
            problem.args.insert(QStringLiteral("why"), reading.emptiness);
        return fail(problem);
    }
    if (reading.damage)
        return fail(problem);
    return {};
}

} // namespace Sockeye
