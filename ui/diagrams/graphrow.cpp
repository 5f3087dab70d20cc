// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/graphrow.h"

#include "ui/diagrams/diagramcolours.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/icons.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

namespace Sockeye {

namespace {

constexpr int swatchWidth = 22;
constexpr int nameWidth = 150;

QIcon swatch(int colour, const QPalette &palette)
{
    QPixmap picture(swatchWidth * 2, 28);
    picture.setDevicePixelRatio(2);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setPen(QPen(diagramColour(colour, palette), 4, diagramPenStyle(colour), Qt::FlatCap));
    painter.drawLine(QPointF(0, 7), QPointF(swatchWidth, 7));
    painter.end();
    return QIcon(picture);
}

} // namespace

GraphRow::GraphRow(quint64 id, const GraphRowSettings &settings, QWidget *parent)
    : QWidget(parent)
    , m_id(id)
    , m_colour(settings.colour)
    , m_shown(new QCheckBox(this))
    , m_colours(new QToolButton(this))
    , m_name(new QLineEdit(settings.name, this))
    , m_edit(new FilterEdit(this))
    , m_unit(new QComboBox(this))
    , m_ways(new QComboBox(this))
    , m_remove(new QToolButton(this))
{
    build(settings);
    const auto change = [this] {
        updateNames();
        Q_EMIT edited();
        Q_EMIT changed();
    };
    connect(m_shown, &QCheckBox::toggled, this, change);
    connect(m_name, &QLineEdit::textEdited, this, change);
    connect(m_unit, &QComboBox::currentIndexChanged, this, change);
    connect(m_ways, &QComboBox::currentIndexChanged, this, change);
    connect(m_remove, &QToolButton::clicked, this, &GraphRow::removeAsked);
    connect(m_edit, &FilterEdit::textEdited, this, &GraphRow::edited);
    connect(m_edit, &FilterEdit::errorChanged, this, &GraphRow::mistakeChanged);
    connect(m_edit, &FilterEdit::filterChanged, this, [this](const CaptureFilter &filter) {
        m_filter = filter;
        Q_EMIT filterChanged();
    });
    m_edit->setExpression(settings.expression); // nobody listens yet: it is what it begins with
}

void GraphRow::build(const GraphRowSettings &settings)
{
    m_shown->setChecked(settings.isShown);
    m_shown->setToolTip(tr("Draw this line"));
    m_colours->setPopupMode(QToolButton::InstantPopup);
    m_colours->setAutoRaise(true);
    m_colours->setIconSize({swatchWidth, 14});
    buildColours();
    m_name->setFixedWidth(nameWidth);
    m_name->setPlaceholderText(tr("Name"));
    m_name->setCursorPosition(0);
    m_edit->setPlaceholderText(tr("Everything, or a filter:  conn == 12 and dir == in"));
    m_unit->addItem(tr("Bytes/s"));
    m_unit->addItem(tr("Records/s"));
    m_unit->setCurrentIndex(static_cast<int>(settings.unit));
    m_ways->addItem(tr("Both directions"));
    m_ways->addItem(tr("→ to the server"));
    m_ways->addItem(tr("← to the client"));
    m_ways->setCurrentIndex(static_cast<int>(settings.ways));
    m_remove->setAutoRaise(true);
    m_remove->setIcon(icon(QStringLiteral("close")));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 2, 8, 2);
    layout->setSpacing(6);
    layout->addWidget(m_shown);
    layout->addWidget(m_colours);
    layout->addWidget(m_name);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_unit);
    layout->addWidget(m_ways);
    layout->addWidget(m_remove);
    updateNames();
}

void GraphRow::buildColours()
{
    auto *menu = new QMenu(m_colours);
    for (int colour = 0; colour < diagramColourCount; ++colour) {
        QAction *action = menu->addAction(diagramColourName(colour));
        connect(action, &QAction::triggered, this, [this, colour] { chooseColour(colour); });
    }
    // Drawn when it is shown: the palette may be another then.
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        for (int colour = 0; colour < diagramColourCount; ++colour)
            menu->actions().at(colour)->setIcon(swatch(colour, palette()));
    });
    m_colours->setMenu(menu);
}

void GraphRow::chooseColour(int colour)
{
    m_colour = colour;
    updateNames();
    Q_EMIT edited();
    Q_EMIT changed();
}

/// For those who hear the window: each control says whose it is.
void GraphRow::updateNames()
{
    const QString name = m_name->text().isEmpty() ? tr("unnamed line") : m_name->text();
    m_colours->setIcon(swatch(m_colour, palette()));
    m_colours->setToolTip(tr("Colour: %1").arg(diagramColourName(m_colour)));
    m_colours->setAccessibleName(tr("Colour of %1: %2").arg(name, diagramColourName(m_colour)));
    m_shown->setAccessibleName(tr("Draw %1").arg(name));
    m_name->setAccessibleName(tr("Name of the line"));
    m_edit->setAccessibleName(tr("Filter of %1").arg(name));
    m_unit->setAccessibleName(tr("Values of %1").arg(name));
    m_ways->setAccessibleName(tr("Directions of %1").arg(name));
    m_remove->setToolTip(tr("Remove %1").arg(name));
    m_remove->setAccessibleName(tr("Remove %1").arg(name));
}

GraphRowSettings GraphRow::settings() const
{
    GraphRowSettings settings;
    settings.name = m_name->text();
    settings.expression = m_edit->text().trimmed();
    settings.colour = m_colour;
    settings.unit = static_cast<GraphUnit>(m_unit->currentIndex());
    settings.ways = static_cast<GraphRowSettings::Ways>(m_ways->currentIndex());
    settings.isShown = m_shown->isChecked();
    return settings;
}

QString GraphRow::mistake() const
{
    if (!m_edit->hasError())
        return {};
    return tr("%1: %2 (column %3)")
        .arg(m_name->text(), m_edit->errorText(), QString::number(m_edit->errorColumn()));
}

void GraphRow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_colours->setIcon(swatch(m_colour, palette()));
}

} // namespace Sockeye
