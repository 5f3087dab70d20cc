// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <memory>

class QApplication;

namespace Sockeye {

class Engine;
class MainWindow;

/// Puts engine, settings, dialogs and window together: the only place that knows them all.
class Wiring
{
public:
    /// Fails if the engine cannot record (CaptureFolderUnusable …).
    [[nodiscard]] static Result<std::unique_ptr<Wiring>> create(QApplication &application);
    ~Wiring();
    Wiring(const Wiring &) = delete;
    Wiring &operator=(const Wiring &) = delete;

    void show();
    [[nodiscard]] Engine &engine() const;
    [[nodiscard]] MainWindow &window() const;

private:
    Wiring();
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace Sockeye
