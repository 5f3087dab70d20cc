// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/access/notelabel.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace Sockeye {

namespace {

struct Look
{
    QString icon;
    QColor colour;
};

Look lookOf(NoteLabel::Kind kind, const QPalette &palette)
{
    const ThemeColours &colours = themeColours(palette);
    switch (kind) {
    case NoteLabel::Kind::Good:
        return {QStringLiteral("check"), colours.good};
    case NoteLabel::Kind::Bad:
        return {QStringLiteral("cross"), colours.error};
    case NoteLabel::Kind::Warning:
        return {QStringLiteral("warning"), colours.warning};
    case NoteLabel::Kind::Error:
        return {QStringLiteral("error"), colours.error};
    case NoteLabel::Kind::Info:
        break;
    }
    return {QStringLiteral("info"), colours.muted};
}

} // namespace

NoteLabel::NoteLabel(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
{
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    setWrapping(true);
    hide();
}

void NoteLabel::setNote(Kind kind, const QString &text, const QString &toolTip)
{
    m_text->setText(text);
    setToolTip(toolTip);
    if (m_kind != kind || m_icon->pixmap(Qt::ReturnByValue).isNull()) {
        m_kind = kind;
        updateIcon();
    }
    // Errors are red all over: a red field needs no icon to be read, but colour alone is not
    // enough.
    QPalette colours = palette();
    if (kind == Kind::Error)
        colours.setColor(QPalette::WindowText, themeColours(palette()).error);
    m_text->setPalette(colours);
    setVisible(!text.isEmpty());
}

void NoteLabel::clear()
{
    m_text->clear();
    hide();
}

QString NoteLabel::text() const
{
    return m_text->text();
}

void NoteLabel::setWrapping(bool on)
{
    m_text->setWordWrap(on);
    setSizePolicy(on ? QSizePolicy::Preferred : QSizePolicy::Maximum, QSizePolicy::Maximum);
}

void NoteLabel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || m_text->text().isEmpty())
        return;
    updateIcon();
    setNote(m_kind, m_text->text(), toolTip());
}

void NoteLabel::updateIcon()
{
    const Look look = lookOf(m_kind, palette());
    const int side = fontMetrics().height();
    m_icon->setPixmap(icon(look.icon, look.colour).pixmap(QSize(side, side), devicePixelRatioF()));
    m_icon->setFixedSize(side, side);
}

} // namespace Sockeye
