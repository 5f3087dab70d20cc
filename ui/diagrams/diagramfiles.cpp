// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/diagramfiles.h"

#include "core/base/byteview.h"
#include "core/base/problemtext.h"
#include "core/capture/atomicfile.h"
#include "ui/mainwindow/background.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>
#include <QWidget>

namespace Sockeye {

namespace {

constexpr int pngScale = 2; ///< sharp on paper and on dense screens
constexpr int pixelsPerInch = 96; ///< what sizes of fonts in pixels are meant for

Result<> writeFile(const QString &file, const QByteArray &content)
{
    Result<AtomicFile> target = AtomicFile::create(file);
    if (!target)
        return tl::unexpected(target.error());
    const auto bytes = asBytes(content);
    if (const Result<> written = target->write(bytes); !written)
        return written;
    return target->commit();
}

} // namespace

QByteArray svgOf(const QString &title, const QSize &size, const PaintDiagram &paint)
{
    QByteArray content;
    QBuffer buffer(&content);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(pixelsPerInch);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(title);
    QPainter painter(&generator);
    paint(painter, size);
    painter.end();
    return content;
}

QByteArray pngOf(const QSize &size, const PaintDiagram &paint)
{
    QImage image(size * pngScale, QImage::Format_RGB32);
    if (image.isNull())
        return {};
    image.setDevicePixelRatio(pngScale);
    image.fill(Qt::white);
    QPainter painter(&image);
    paint(painter, size);
    painter.end();
    QByteArray content;
    QBuffer buffer(&content);
    buffer.open(QIODevice::WriteOnly);
    return image.save(&buffer, "PNG") ? content : QByteArray();
}

DiagramFiles::DiagramFiles(QWidget *window)
    : QObject(window)
    , m_ownPrompt(std::make_unique<QtPrompt>(window))
    , m_prompt(m_ownPrompt.get())
    , m_thread(std::make_unique<Background>(QStringLiteral("diagrams")))
{ }

DiagramFiles::~DiagramFiles() = default;

void DiagramFiles::save(const QString &title, const QString &suggestion, const QString &suffix,
                        std::function<QByteArray()> make)
{
    FileQuestion question;
    question.title = title;
    question.suggestion = suggestion + QLatin1Char('.') + suffix;
    question.nameFilter = QStringLiteral("%1 (*.%2)").arg(suffix.toUpper(), suffix);
    question.suffix = suffix;
    m_prompt->saveFile(question, this, [this, title, make = std::move(make)](const QString &file) {
        if (!file.isEmpty())
            write(title, file, make());
    });
}

void DiagramFiles::write(const QString &title, const QString &file, const QByteArray &content)
{
    if (content.isEmpty()) {
        m_prompt->tell(title,
                       tr("The picture would be too large. Zoom out, or save what is in sight."));
        return;
    }
    m_thread->run(
        this, [file, content] { return writeFile(file, content); },
        [this, title, file](const Result<> &written) {
            if (written)
                Q_EMIT saved(file);
            else
                m_prompt->tell(title, oneLine(written.error()));
        });
}

} // namespace Sockeye
