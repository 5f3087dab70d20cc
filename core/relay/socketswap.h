// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

// No Qt in here: the guardian, which must start in a moment and have no threads, is built of this.

#include <optional>
#include <string>

#include <sys/types.h>

namespace Sockeye {

/// Which file it is, whatever its name; zero: not known.
struct FileNumbers
{
    dev_t device = 0;
    ino_t inode = 0;

    friend bool operator==(const FileNumbers &, const FileNumbers &) = default;
};

/// All that is needed to undo a take-over: kept in memory, by the guardian, and on disk in a
/// journal beside the socket.
struct SwapRecord
{
    std::string path; ///< the address that was taken over
    std::string folder; ///< of our own, beside it, mode 0700
    FileNumbers original;
    FileNumbers ours; ///< zero until our socket was made

    /// "<dir>/.<name>.sockeye-tap": one for each address, so that it is a lock as well.
    [[nodiscard]] static std::string folderFor(const std::string &path);
    /// Where our socket is made, and the original stands while ours stands in its place.
    [[nodiscard]] std::string aside() const { return folder + "/s"; }
    [[nodiscard]] std::string journal() const { return folder + "/journal"; }

    friend bool operator==(const SwapRecord &, const SwapRecord &) = default;
};

/// On disk (fsync of file and folder) when it returns true; else errno says why.
[[nodiscard]] bool writeJournal(const SwapRecord &record);
[[nodiscard]] std::optional<SwapRecord> readJournal(const std::string &folder);

/// lstat; nothing if nothing is there.
[[nodiscard]] std::optional<FileNumbers> numbersOf(const std::string &path);

/// Both names keep existing at every moment. False with errno.
[[nodiscard]] bool exchangeFiles(const std::string &one, const std::string &other);

enum class Restored {
    Done, ///< the original stands at its path again
    NothingToDo, ///< it stood there, or its server has gone and taken its name along
    Foreign, ///< somebody put something else there, and the original still listens: all is left
    Failed, ///< errno
};

/// Puts the original back and removes what was made for the tap. Looks at the disk and believes
/// nothing else, so that it may be called at any moment, any number of times, after any crash. What
/// is neither the original nor ours is never touched.
[[nodiscard]] Restored restoreSwap(const SwapRecord &record);

} // namespace Sockeye
