// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/widgets/userprompt.h"

#include <QObject>
#include <QSize>

#include <memory>

class QPainter;

namespace Sockeye {

class Background;

using PaintDiagram = std::function<void(QPainter &painter, const QSize &size)>;

/// A picture of @p size as SVG; its texts are texts.
[[nodiscard]] QByteArray svgOf(const QString &title, const QSize &size, const PaintDiagram &paint);
/// The same as PNG, at twice the resolution; empty: too large.
[[nodiscard]] QByteArray pngOf(const QSize &size, const PaintDiagram &paint);

/// Asks for a name and writes a diagram's file, by a thread of its own; tells what went wrong.
class DiagramFiles final : public QObject
{
    Q_OBJECT

public:
    /// @p window: over which dialogs stand; the owner.
    explicit DiagramFiles(QWidget *window);
    ~DiagramFiles() override;

    /// Dialogs of somebody else's instead of real ones; must outlive this.
    void setPrompt(UserPrompt &prompt) { m_prompt = &prompt; }

    /// @p suffix: "svg". @p make is called when a name was chosen, on this thread.
    void save(const QString &title, const QString &suggestion, const QString &suffix,
              std::function<QByteArray()> make);

Q_SIGNALS:
    void saved(const QString &file);

private:
    void write(const QString &title, const QString &file, const QByteArray &content);

    std::unique_ptr<QtPrompt> m_ownPrompt;
    UserPrompt *m_prompt;
    std::unique_ptr<Background> m_thread;
};

} // namespace Sockeye
