// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/relay/socketswap.h"

#include "core/base/descriptor.h"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace Sockeye {

namespace {

constexpr std::string_view heading = "sockeye-tap 1";
/// A path and four numbers; what is longer is not ours.
constexpr size_t longestJournal = 16 * 1024;

// Bytes in hex: a path may hold any.
std::string toHex(const std::string &bytes)
{
    std::string text;
    for (const char byte : bytes) {
        char digits[3] = {};
        std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(byte));
        text += digits;
    }
    return text;
}

std::optional<std::string> fromHex(std::string_view text)
{
    std::string bytes;
    if (text.size() % 2 != 0)
        return std::nullopt;
    for (size_t at = 0; at < text.size(); at += 2) {
        unsigned value = 0;
        const char *end = text.data() + at + 2;
        const auto parsed = std::from_chars(text.data() + at, end, value, 16);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            return std::nullopt;
        bytes += static_cast<char>(value);
    }
    return bytes;
}

std::string numbersText(const FileNumbers &numbers)
{
    return std::to_string(numbers.device) + ' ' + std::to_string(numbers.inode);
}

std::optional<FileNumbers> numbersFrom(std::string_view text)
{
    const size_t space = text.find(' ');
    if (space == std::string_view::npos)
        return std::nullopt;
    const auto number = [](std::string_view digits) -> std::optional<unsigned long long> {
        unsigned long long value = 0;
        const char *end = digits.data() + digits.size();
        const auto parsed = std::from_chars(digits.data(), end, value);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            return std::nullopt;
        return value;
    };
    const auto device = number(text.substr(0, space));
    const auto inode = number(text.substr(space + 1));
    if (!device || !inode)
        return std::nullopt;
    return FileNumbers {static_cast<dev_t>(*device), static_cast<ino_t>(*inode)};
}

std::string_view nextLine(std::string_view &text)
{
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool syncFolder(const std::string &folder)
{
    const Descriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return handle && ::fsync(handle.get()) == 0;
}

bool writeAll(int fd, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<size_t>(written));
    }
    return true;
}

bool isSocket(const std::string &path)
{
    struct stat status = {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

// Does anybody listen on the socket file? A short connection, if so; asked only where the file's
// name has been removed by somebody.
bool isAlive(const std::string &path)
{
    const Descriptor file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!file)
        return false;
    sockaddr_un address = {};
    address.sun_family = AF_UNIX; // by descriptor: the path may be too long for the field
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", file.get());
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET}) {
        const Descriptor probe(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!probe)
            return true; // not proved: nothing is removed
        if (::connect(probe.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
            == 0)
            return true;
        if (errno != EPROTOTYPE)
            return errno != ECONNREFUSED;
    }
    return true;
}

// Ours stands at the path, the original aside.
bool putBack(const SwapRecord &record)
{
    if (!exchangeFiles(record.path, record.aside()))
        return false;
    if (numbersOf(record.aside()) == record.ours)
        return ::unlink(record.aside().c_str()) == 0;
    // Somebody replaced ours in that moment: his stays.
    const int before = exchangeFiles(record.path, record.aside()) ? EEXIST : errno;
    errno = before;
    return false;
}

bool removeOurFolder(const SwapRecord &record)
{
    if (::unlink(record.journal().c_str()) != 0 && errno != ENOENT)
        return false;
    if (::rmdir(record.folder.c_str()) != 0 && errno != ENOENT)
        return false;
    return true;
}

Restored restoreFiles(const SwapRecord &record)
{
    const auto there = numbersOf(record.path);
    const auto aside = numbersOf(record.aside());
    const std::string asidePath = record.aside();
    if (!aside || aside != record.original) {
        // Not exchanged yet, or exchanged back: what stands aside is ours or nothing.
        const bool isOurs = aside && (aside == record.ours || there == record.original);
        if (aside && !(isOurs && isSocket(asidePath)))
            return Restored::Foreign;
        if (aside && ::unlink(asidePath.c_str()) != 0)
            return Restored::Failed;
        return Restored::NothingToDo;
    }
    if (there && there == record.ours)
        return putBack(record) ? Restored::Done
            : errno == EEXIST  ? Restored::Foreign
                               : Restored::Failed;
    if (!isAlive(asidePath)) // its server has gone, and others may have come since
        return ::unlink(asidePath.c_str()) == 0 ? Restored::NothingToDo : Restored::Failed;
    if (there)
        return Restored::Foreign;
    return ::renameat2(AT_FDCWD, asidePath.c_str(), AT_FDCWD, record.path.c_str(), RENAME_NOREPLACE)
            == 0
        ? Restored::Done
        : errno == EEXIST ? Restored::Foreign
                          : Restored::Failed;
}

} // namespace

std::string SwapRecord::folderFor(const std::string &path)
{
    const size_t slash = path.rfind('/');
    const size_t name = slash == std::string::npos ? 0 : slash + 1;
    return path.substr(0, name) + '.' + path.substr(name) + ".sockeye-tap";
}

bool writeJournal(const SwapRecord &record)
{
    const std::string text = std::string(heading) + "\npath " + toHex(record.path) + "\noriginal "
        + numbersText(record.original) + "\nours " + numbersText(record.ours) + "\nend\n";
    const std::string made = record.journal() + ".new";
    {
        const Descriptor file(
            ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file || !writeAll(file.get(), text) || ::fsync(file.get()) != 0)
            return false;
    }
    if (::rename(made.c_str(), record.journal().c_str()) != 0)
        return false;
    return syncFolder(record.folder);
}

std::optional<SwapRecord> readJournal(const std::string &folder)
{
    SwapRecord record;
    record.folder = folder;
    const Descriptor file(::open(record.journal().c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file)
        return std::nullopt;
    std::string content(longestJournal, '\0');
    const ssize_t size = ::read(file.get(), content.data(), content.size());
    if (size <= 0)
        return std::nullopt;
    std::string_view rest(content.data(), static_cast<size_t>(size));
    if (nextLine(rest) != heading)
        return std::nullopt;
    const auto field = [&rest](std::string_view name) {
        std::string_view line = nextLine(rest);
        const bool isIt = line.substr(0, name.size()) == name;
        return isIt ? line.substr(name.size()) : std::string_view();
    };
    const auto path = fromHex(field("path "));
    const auto original = numbersFrom(field("original "));
    const auto ours = numbersFrom(field("ours "));
    // The folder has to be the one of that path: a journal somewhere else decides nothing.
    if (!path || !original || !ours || nextLine(rest) != "end"
        || SwapRecord::folderFor(*path) != folder)
        return std::nullopt;
    record.path = *path;
    record.original = *original;
    record.ours = *ours;
    return record;
}

std::optional<FileNumbers> numbersOf(const std::string &path)
{
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0)
        return std::nullopt;
    return FileNumbers {status.st_dev, status.st_ino};
}

bool exchangeFiles(const std::string &one, const std::string &other)
{
    return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
}

Restored restoreSwap(const SwapRecord &record)
{
    const Restored result = restoreFiles(record);
    if (result == Restored::Foreign || result == Restored::Failed)
        return result; // the journal stays: there is something to be done by hand, or later
    ::unlink((record.journal() + ".new").c_str());
    return removeOurFolder(record) ? result : Restored::Failed;
}

} // namespace Sockeye
