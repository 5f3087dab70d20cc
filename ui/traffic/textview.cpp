// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/textview.h"

#include "core/models/textformat.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/theme.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <QTextBlock>

#include <algorithm>

namespace Sockeye {

namespace {

/// Many machines have no font with pictures for control characters; a box for each would tell
/// nothing.
ControlStyle styleFor(const QFont &font)
{
    const QFontMetrics metrics(font);
    const bool hasPictures = metrics.inFontUcs4(0x2400) && metrics.inFontUcs4(0x240d);
    return hasPictures ? ControlStyle::Pictures : ControlStyle::Carets;
}

} // namespace

TextView::TextView(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_empty(new EmptyState(this))
    , m_style(styleFor(monospaceFont()))
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
    const QByteArrayView start = QByteArrayView(bytes).first(std::min(bytes.size(), limit));
    QByteArrayView shown = firstLines(start, visibleLines);
    if (shown.size() < size)
        shown = withoutCutEnd(shown);
    appendBytes(shown, {});
    if (size > shown.size() && !shown.isEmpty()) {
        const auto more = static_cast<quint64>(size - shown.size());
        appendNote(tr("%1 more: see Hex").arg(byteCount(more)));
    }
    showEmptyState(bytes.isEmpty());
    moveCursor(QTextCursor::Start);
}

void TextView::clearText()
{
    m_marks.clear();
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
    const VisibleText visible = visibleText(bytes, m_style);
    const int start = document()->characterCount() - 1;
    for (Mark mark : visible.marks) {
        mark.place += start;
        m_marks.push_back(mark);
    }
    appendText(visible.text, format);
}

void TextView::appendNote(const QString &text)
{
    QTextCharFormat format;
    format.setForeground(themeColours(palette()).muted);
    format.setFontItalic(true);
    const bool isInLine = document()->lastBlock().length() > 1;
    appendText((isInLine ? QStringLiteral("\n") : QString()) + text, format);
}

void TextView::truncate(int position)
{
    QTextCursor cursor(document());
    cursor.setPosition(position);
    cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    while (!m_marks.empty() && m_marks.back().place >= position)
        m_marks.pop_back();
}

QString TextView::selectedOriginal() const
{
    const QTextCursor cursor = textCursor();
    return originalText(cursor.selectedText(), cursor.selectionStart(), m_marks);
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
