// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/traffic/visibletext.h"

#include <QPlainTextEdit>

namespace Sockeye {

class EmptyState;

/// Bytes as text in which what is not printable can be seen, wrapped at the edge. Copying gives the
/// bytes' own text back.
class TextView : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// Bytes that are shown of a record; the hex view shows all of them.
    static constexpr qint64 limit = 256 * 1024;

    explicit TextView(QWidget *parent = nullptr);

    /// @p size: of the whole; a note tells what is left out.
    void setBytes(const QByteArray &bytes, qint64 size);
    void setEmptyText(const QString &title, const QString &text);
    /// Text of the selection as it was in the bytes.
    [[nodiscard]] virtual QString selectedOriginal() const;

protected:
    [[nodiscard]] QMimeData *createMimeDataFromSelection() const override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;

    void clearText();
    /// At the end, in the line that stands there.
    void appendBytes(QByteArrayView bytes, const QTextCharFormat &format);
    /// Text of ours, in the line that stands there.
    void appendText(const QString &text, const QTextCharFormat &format);
    /// A line of ours, not of the bytes.
    void appendNote(const QString &text);
    /// Forgets everything from @p position of the document on.
    void truncate(int position);
    void showEmptyState(bool isEmpty);

private:
    EmptyState *m_empty;
    ControlStyle m_style;
    std::vector<Mark> m_marks; ///< of the document; ordered
};

} // namespace Sockeye
