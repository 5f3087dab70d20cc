// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "wiring.h"

#include "core/engine/engine.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowstate.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/userprompt.h"

#include <QApplication>
#include <QSettings>

namespace Sockeye {

/// In the order in which they are made; destroyed in the opposite one.
struct Wiring::Parts
{
    std::unique_ptr<WindowState> state;
    std::unique_ptr<Engine> engine;
    QtPrompt prompt;
    std::unique_ptr<MainWindow> window;
};

Wiring::Wiring()
    : m_parts(std::make_unique<Parts>())
{ }

Wiring::~Wiring() = default;

Result<std::unique_ptr<Wiring>> Wiring::create(QApplication &application)
{
    std::unique_ptr<Wiring> wiring(new Wiring);
    Parts &parts = *wiring->m_parts;
    parts.state = std::make_unique<WindowState>(std::make_unique<QSettings>());
    applyTheme(application, parts.state->appearance());

    Result<std::unique_ptr<Engine>> engine = Engine::create({});
    if (!engine)
        return fail(engine.error());
    parts.engine = std::move(*engine);
    parts.window = std::make_unique<MainWindow>(*parts.engine, *parts.state, parts.prompt,
                                                MainWindow::Appears::AtOnce);
    parts.prompt.setWindow(parts.window.get());
    QObject::connect(
        parts.window.get(), &MainWindow::appearanceChosen, &application,
        [&application](Appearance appearance) { applyTheme(application, appearance); });
    return wiring;
}

void Wiring::show()
{
    m_parts->window->show();
}

Engine &Wiring::engine() const
{
    return *m_parts->engine;
}

MainWindow &Wiring::window() const
{
    return *m_parts->window;
}

} // namespace Sockeye
