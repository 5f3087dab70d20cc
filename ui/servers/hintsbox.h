// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/system/clienthints.h"

#include <QWidget>

class QVBoxLayout;

namespace Sockeye {

/// Variables that point clients at a tap, each as a word for a shell with a button that copies it.
class HintsBox final : public QWidget
{
    Q_OBJECT

public:
    explicit HintsBox(QWidget *parent = nullptr);

    void setHints(const std::vector<ClientHint> &hints);
    [[nodiscard]] bool isEmpty() const { return m_hints.empty(); }
    /// "DOCKER_HOST=unix:///run/user/1000/docker.sock-tap", each.
    [[nodiscard]] QStringList texts() const;

private:
    void addRow(const ClientHint &hint);

    std::vector<ClientHint> m_hints;
    QVBoxLayout *m_rows;
};

/// As a shell takes it: "NAME=value", with quotes where the value needs them.
[[nodiscard]] QString shellText(const ClientHint &hint);

} // namespace Sockeye
