// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QString>
#include <QTemporaryDir>

namespace Sockeye {

/// A folder of the test's own, short enough for a socket's address, gone with the object.
class ScratchFolder
{
public:
    ScratchFolder();

    [[nodiscard]] QString path() const { return m_folder.path(); }
    /// "<folder>/<name>"
    [[nodiscard]] QString file(const QString &name) const;
    [[nodiscard]] QByteArray bytes(const QString &name) const;
    /// Makes a regular file with @p content.
    QString write(const QString &name, const QByteArray &content) const;
    /// A hash over names, types, modes, owners and contents of everything below the folder.
    [[nodiscard]] QByteArray treeHash() const;

private:
    QTemporaryDir m_folder;
};

/// Open descriptors of this process: equal before and after means that none leaked.
/// Empty if the file cannot be read.
[[nodiscard]] QByteArray contentOf(const QString &path);
[[nodiscard]] int openDescriptorCount();
/// Threads of this process. One that has been joined can still be counted for a moment: wait for
/// the number.
[[nodiscard]] int threadCount();

} // namespace Sockeye
