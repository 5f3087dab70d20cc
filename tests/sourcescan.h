// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QSet>
#include <QString>
#include <QStringList>

namespace Sockeye {

/// Reads sources as text and tells where they leave the house rules: which floor may include which,
/// and what only one place may call. Bytes in, findings out; it opens no file itself, so that each
/// rule can be shown to bite.
class SourceScan
{
public:
    /// @p guiHeaders: the names of the headers of QtGui and QtWidgets ("QWidget", "qwidget.h"). The
    /// compiler refuses <QWidget> in core/, but <QtWidgets/QWidget> compiles as long as Qt is one
    /// folder.
    explicit SourceScan(QSet<QString> guiHeaders);

    /// What is wrong with the file at @p path (from the project's root, with '/'), one finding an
    /// entry as "line: what", in the order of the lines.
    [[nodiscard]] QStringList findings(const QString &path, const QString &text) const;

    /// @p text with everything in comments, and in literals if @p literals, made blank; lines and
    /// columns stay where they are.
    [[nodiscard]] static QString codeOf(const QString &text, bool literals);

private:
    QSet<QString> m_guiHeaders;
};

} // namespace Sockeye
