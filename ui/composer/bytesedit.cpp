// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/composer/bytesedit.h"

#include "core/access/socketaddress.h"
#include "core/base/problemtext.h"
#include "core/relay/answer.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace Sockeye {

QString textFromBytes(const QByteArray &bytes)
{
    QString text;
    QByteArray plain;
    const auto flush = [&] {
        text += escapedBytes(plain);
        plain.clear();
    };
    for (const char byte : bytes) {
        const char *escape = byte == '\n' ? "\\n"
            : byte == '\r'                ? "\\r"
            : byte == '\t'                ? "\\t"
                                          : nullptr;
        if (!escape) {
            plain += byte;
            continue;
        }
        flush();
        text += QLatin1String(escape);
    }
    flush();
    return text;
}

BytesEdit::BytesEdit(QWidget *parent)
    : QLineEdit(parent)
{
    setFont(monospaceFont());
    connect(this, &QLineEdit::textChanged, this, &BytesEdit::read);
}

void BytesEdit::setForm(Form form)
{
    if (m_form == form)
        return;
    // What could be read stays the same bytes; what could not stays as it was typed.
    const Result<QByteArray> before = m_bytes;
    m_form = form;
    if (before && form != Form::Name)
        setBytes(*before);
    read();
}

void BytesEdit::setBytes(const QByteArray &bytes)
{
    if (m_bytes && *m_bytes == bytes && !text().isEmpty() && m_form == Form::Text
        && bytesFromText(text()) == m_bytes)
        return; // keep the user's way of writing them
    setText(m_form == Form::Hex ? QString::fromLatin1(bytes.toHex(' ')) : textFromBytes(bytes));
}

int BytesEdit::errorColumn() const
{
    return m_bytes ? 0 : qMax(1, m_bytes.error().args.value(QStringLiteral("column")).toInt());
}

void BytesEdit::read()
{
    switch (m_form) {
    case Form::Text:
        m_bytes = bytesFromText(text());
        break;
    case Form::Hex:
        m_bytes = bytesFromHex(text());
        break;
    case Form::Name:
        m_bytes = QByteArray();
        break;
    }
    setToolTip(m_bytes ? QString() : whatHappened(m_bytes.error()));
    update();
    Q_EMIT bytesChanged();
}

void BytesEdit::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    if (m_bytes || text().isEmpty())
        return;
    // QLineEdit does not tell how far it is scrolled; its cursor does.
    const QFontMetricsF metrics(font());
    const qsizetype from = qMin<qsizetype>(errorColumn() - 1, text().size() - 1);
    const QRect cursor = cursorRect();
    const double origin =
        cursor.center().x() - metrics.horizontalAdvance(text().left(cursorPosition()));
    const double left = origin + metrics.horizontalAdvance(text().left(from));
    const double right = qMin<double>(origin + metrics.horizontalAdvance(text()), width() - 4);
    const double y = cursor.center().y() + metrics.ascent() / 2 + 3;
    QPainterPath wave(QPointF(left, y));
    for (double x = left; x < right; x += 4) {
        wave.lineTo(x + 2, y + 2);
        wave.lineTo(x + 4, y);
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(themeColours(palette()).error, 1.2));
    painter.drawPath(wave);
}

} // namespace Sockeye
