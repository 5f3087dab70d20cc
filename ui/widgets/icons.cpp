// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace Sockeye {

namespace {

/// The file of an icon, read when it is painted for the first time. GUI thread.
const QByteArray &sourceOf(const QString &name)
{
    static QHash<QString, QByteArray> sources;
    const auto known = sources.constFind(name);
    if (known != sources.constEnd())
        return *known;
    QFile file(QStringLiteral(":/sockeye/icons/%1.svg").arg(name));
    return *sources.insert(name, file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
}

class SymbolicIconEngine final : public QIconEngine
{
public:
    SymbolicIconEngine(const QString &name, const QColor &colour)
        : m_name(name)
        , m_colour(colour)
    { }

    void paint(QPainter *painter, const QRect &area, QIcon::Mode mode, QIcon::State) override
    {
        const QByteArray svg = recoloured(mode);
        if (svg.isEmpty())
            return;
        QSvgRenderer renderer(svg);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(painter, area);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        const QString key = QStringLiteral("sockeye/%1/%2/%3x%4")
                                .arg(m_name, colour(mode).name(QColor::HexArgb),
                                     QString::number(size.width()), QString::number(size.height()));
        QPixmap picture;
        if (QPixmapCache::find(key, &picture))
            return picture;
        picture = QPixmap(size);
        picture.fill(Qt::transparent);
        {
            QPainter painter(&picture);
            paint(&painter, QRect(QPoint(), size), mode, state);
        }
        QPixmapCache::insert(key, picture);
        return picture;
    }

    [[nodiscard]] QIconEngine *clone() const override
    {
        return new SymbolicIconEngine(m_name, m_colour);
    }
    [[nodiscard]] QString key() const override { return QStringLiteral("sockeye"); }
    [[nodiscard]] QString iconName() override { return m_name; }
    [[nodiscard]] bool isNull() override { return sourceOf(m_name).isEmpty(); }

private:
    [[nodiscard]] QColor colour(QIcon::Mode mode) const
    {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled)
            return palette.color(QPalette::Disabled, QPalette::ButtonText);
        if (mode == QIcon::Selected)
            return palette.color(QPalette::Active, QPalette::HighlightedText);
        return m_colour.isValid() ? m_colour
                                  : palette.color(QPalette::Active, QPalette::ButtonText);
    }

    [[nodiscard]] QByteArray recoloured(QIcon::Mode mode) const
    {
        QByteArray svg = sourceOf(m_name);
        return svg.replace("#000000", colour(mode).name().toLatin1());
    }

    QString m_name;
    QColor m_colour; ///< not valid: the palette's of the moment
};

} // namespace

QIcon icon(const QString &name)
{
    return QIcon(new SymbolicIconEngine(name, {}));
}

QIcon icon(const QString &name, const QColor &colour)
{
    return QIcon(new SymbolicIconEngine(name, colour));
}

} // namespace Sockeye
