// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/filteredit.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QCompleter>
#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStringListModel>

#include <algorithm>

namespace Sockeye {

namespace {

/// Typing rests: long enough not to search for every letter, short enough to seem at once.
constexpr int pauseMilliseconds = 200;
constexpr int historyLimit = 30;

} // namespace

FilterEdit::FilterEdit(QWidget *parent)
    : QLineEdit(parent)
    , m_icon(addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition))
    , m_history(new QStringListModel(this))
{
    setPlaceholderText(tr("Filter traffic:  conn == 12 and text contains \"SELECT\""));
    setAccessibleName(tr("Traffic filter"));
    setClearButtonEnabled(true);
    setFont(monospaceFont());
    m_icon->setText(tr("Traffic filter"));
    auto *completer = new QCompleter(m_history, this);
    completer->setFilterMode(Qt::MatchContains);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    setCompleter(completer);
    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseMilliseconds);
    connect(&m_pause, &QTimer::timeout, this, &FilterEdit::apply);
    connect(this, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(this, &QLineEdit::returnPressed, this, &FilterEdit::remember);
    setError({}, 0);
}

void FilterEdit::setExpression(const QString &expression)
{
    setText(expression);
    remember();
}

void FilterEdit::narrow(const QString &expression)
{
    const QString before = text().trimmed();
    const bool canKeep = !before.isEmpty() && CaptureFilter::parse(before).has_value();
    setExpression(canKeep ? QStringLiteral("(%1) and %2").arg(before, expression) : expression);
}

void FilterEdit::apply()
{
    m_pause.stop();
    const QString expression = text().trimmed();
    const Result<CaptureFilter> filter = CaptureFilter::parse(expression);
    if (!filter) {
        // The parser's columns count from the first character that is not blank; those that are
        // told are the box's.
        const qsizetype blank = text().indexOf(expression);
        const QMap<QString, QString> &args = filter.error().args;
        const int column = args.value(QStringLiteral("column")).toInt();
        setError(args.value(QStringLiteral("what")), std::max(1, column + static_cast<int>(blank)));
        return;
    }
    setError({}, 0);
    if (expression == m_applied)
        return;
    m_applied = expression;
    Q_EMIT filterChanged(*filter);
}

/// Applies at once, and keeps what can be read for the history.
void FilterEdit::remember()
{
    apply();
    const QString expression = text().trimmed();
    if (expression.isEmpty() || hasError())
        return;
    QStringList list = history();
    list.removeAll(expression);
    list.prepend(expression);
    setHistory(list);
}

QStringList FilterEdit::history() const
{
    return m_history->stringList();
}

void FilterEdit::setHistory(const QStringList &history)
{
    m_history->setStringList(history.mid(0, historyLimit));
}

void FilterEdit::setError(const QString &message, int column)
{
    const bool isSame = message == m_error && column == m_errorColumn && !toolTip().isEmpty();
    m_error = message;
    m_errorColumn = column;
    if (isSame)
        return;
    const bool isGood = message.isEmpty();
    m_icon->setIcon(isGood ? icon(QStringLiteral("filter"))
                           : icon(QStringLiteral("warning"), themeColours(palette()).error));
    const QString help = tr("Words: conn, server, dir, kind, len, text contains, hex contains, "
                            "and, or, not. Enter keeps the filter in the history.");
    setToolTip(isGood ? help : tr("%1 (column %2)").arg(message, QString::number(column)));
    setAccessibleDescription(isGood ? help : message);
    update();
    updateNote();
    Q_EMIT errorChanged();
}

QString FilterEdit::noteText() const
{
    return m_note && m_note->isVisible() ? m_note->text() : QString();
}

/// No tool tip: that goes with the next move of the mouse, and comes only with the mouse.
void FilterEdit::updateNote()
{
    const bool isWanted = hasError() && hasFocus() && isVisible();
    if (!isWanted) {
        if (m_note)
            m_note->hide();
        return;
    }
    if (!m_note) {
        m_note = new QLabel(window());
        m_note->setObjectName(QStringLiteral("filterNote"));
        m_note->setTextFormat(Qt::PlainText);
        m_note->setFrameShape(QFrame::StyledPanel);
        m_note->setAutoFillBackground(true);
        m_note->setBackgroundRole(QPalette::ToolTipBase);
        m_note->setForegroundRole(QPalette::ToolTipText);
        m_note->setMargin(6);
        m_note->setWordWrap(true);
        m_note->setAttribute(Qt::WA_TransparentForMouseEvents);
    }
    m_note->setText(
        tr("Column %1: %2\nThe filter is not applied: the table shows what it did before.")
            .arg(m_errorColumn)
            .arg(m_error));
    m_note->setFixedWidth(width());
    m_note->adjustSize();
    m_note->move(mapTo(window(), QPoint(0, height() + 2)));
    m_note->raise();
    m_note->show();
}

void FilterEdit::focusInEvent(QFocusEvent *event)
{
    QLineEdit::focusInEvent(event);
    updateNote();
}

void FilterEdit::focusOutEvent(QFocusEvent *event)
{
    QLineEdit::focusOutEvent(event);
    updateNote();
}

void FilterEdit::moveEvent(QMoveEvent *event)
{
    QLineEdit::moveEvent(event);
    updateNote();
}

void FilterEdit::resizeEvent(QResizeEvent *event)
{
    QLineEdit::resizeEvent(event);
    updateNote();
}

void FilterEdit::hideEvent(QHideEvent *event)
{
    QLineEdit::hideEvent(event);
    updateNote();
}

void FilterEdit::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    if (!hasError())
        return;
    // QLineEdit tells the place of its cursor only; the rest is measured from there.
    const QFontMetrics metrics(font());
    const auto placeOf = [&](int column) {
        return cursorRect().center().x() + metrics.horizontalAdvance(text().left(column))
            - metrics.horizontalAdvance(text().left(cursorPosition()));
    };
    constexpr int least = 8;
    const int left = placeOf(m_errorColumn - 1);
    const int right = std::max(left + least, placeOf(static_cast<int>(text().size())));
    QPainter painter(this);
    painter.setClipRect(rect().adjusted(4, 0, -4, 0));
    painter.setPen(QPen(themeColours(palette()).error, 2));
    const int y = cursorRect().bottom() + 1;
    painter.drawLine(left, y, right, y);
}

void FilterEdit::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
        apply();
        return;
    }
    if (event->key() == Qt::Key_Down && !history().isEmpty() && text().isEmpty()) {
        completer()->setCompletionPrefix({});
        completer()->complete();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterEdit::changeEvent(QEvent *event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_icon && hasError())
        m_icon->setIcon(icon(QStringLiteral("warning"), themeColours(palette()).error));
}

} // namespace Sockeye
