// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/textview.h"

#include "core/models/textformat.h"
#include "ui/traffic/visibletext.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/theme.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <QTextBlock>

#include <algorithm>

namespace Sockeye {

TextView::TextView(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_empty(new EmptyState(this))
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setFont(monospaceFont());
    setWordWrapMode(QTextOption::WrapAnywhere); // bytes have no words to keep together
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setAccessibleName(tr("Bytes as text"));
    document()->setDocumentMargin(8);
}

void TextView::setEmptyText(const QString &title, const QString &text)
{
    m_empty->setTitle(title);
    m_empty->setText(text);
}

void TextView::showEmptyState(bool isEmpty)
{
    if (m_empty->isHidden() == isEmpty)
        m_empty->setVisible(isEmpty);
}

void TextView::setBytes(const QByteArray &bytes, qint64 size)
{
    clearText();
    appendBytes(bytes, {});
    if (size > bytes.size() && !bytes.isEmpty())
        appendNote(
            tr("%1 more: see Hex").arg(byteCount(static_cast<quint64>(size - bytes.size()))));
    showEmptyState(bytes.isEmpty());
    moveCursor(QTextCursor::Start);
}

void TextView::clearText()
{
    m_marks.clear();
    m_notes.clear();
    document()->clear();
}

void TextView::appendText(const QString &text, const QTextCharFormat &format)
{
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(text, format);
}

void TextView::appendBytes(QByteArrayView bytes, const QTextCharFormat &format)
{
    const VisibleText visible = visibleText(bytes);
    const int start = document()->characterCount() - 1;
    for (const int mark : visible.marks)
        m_marks.push_back(start + mark);
    appendText(visible.text, format);
}

void TextView::appendNote(const QString &text)
{
    QTextCharFormat format;
    format.setForeground(themeColours(palette()).muted);
    format.setFontItalic(true);
    const int start = document()->characterCount() - 1;
    const bool isInLine = document()->lastBlock().length() > 1;
    appendText((isInLine ? QStringLiteral("\n") : QString()) + text, format);
    m_notes.emplace_back(start, document()->characterCount() - 1);
}

void TextView::truncate(int position)
{
    QTextCursor cursor(document());
    cursor.setPosition(position);
    cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    m_marks.erase(std::lower_bound(m_marks.begin(), m_marks.end(), position), m_marks.end());
    while (!m_notes.empty() && m_notes.back().second > position)
        m_notes.pop_back();
}

QString TextView::selectedOriginal() const
{
    const QTextCursor cursor = textCursor();
    const QString text = cursor.selectedText();
    const int start = cursor.selectionStart();
    const auto isMark = [&](qsizetype place) {
        return std::binary_search(m_marks.begin(), m_marks.end(), start + static_cast<int>(place));
    };
    return originalText(text, isMark);
}

QMimeData *TextView::createMimeDataFromSelection() const
{
    auto *mime = new QMimeData;
    mime->setText(selectedOriginal());
    return mime;
}

void TextView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copying = menu->addAction(tr("&Copy"), this, &QPlainTextEdit::copy);
    copying->setShortcut(QKeySequence::Copy);
    copying->setEnabled(textCursor().hasSelection());
    menu->addAction(tr("Select &all"), this, &QPlainTextEdit::selectAll)
        ->setShortcut(QKeySequence::SelectAll);
    menu->addSeparator();
    QAction *wrap = menu->addAction(tr("&Wrap lines"));
    wrap->setCheckable(true);
    wrap->setChecked(lineWrapMode() == QPlainTextEdit::WidgetWidth);
    connect(wrap, &QAction::toggled, this, [this](bool on) {
        setLineWrapMode(on ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
    });
    menu->popup(event->globalPos());
}

void TextView::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange)
        setFont(monospaceFont());
}

} // namespace Sockeye
