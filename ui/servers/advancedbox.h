// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/command.h"

#include <QWidget>

class QComboBox;
class QSpinBox;
class QToolButton;

namespace Sockeye {

/// What few servers need, folded away: backlog, maximum of connections, what gives way when the
/// disk is slow, read size.
class AdvancedBox final : public QWidget
{
    Q_OBJECT

public:
    explicit AdvancedBox(QWidget *parent = nullptr);

    /// Only the four values of it.
    void writeTo(ServerSpec &spec) const;
    /// Emits nothing. Unfolds if a value is not the usual one.
    void readFrom(const ServerSpec &spec);
    [[nodiscard]] bool isUnfolded() const;
    void setUnfolded(bool on);

Q_SIGNALS:
    /// The backlog acts at the next start, the rest for the next client.
    void backlogChanged();
    void valuesChanged();

private:
    void build();

    QToolButton *m_fold = nullptr;
    QWidget *m_content = nullptr;
    QSpinBox *m_backlog = nullptr;
    QSpinBox *m_maximum = nullptr;
    QComboBox *m_policy = nullptr;
    QComboBox *m_readSize = nullptr;
};

} // namespace Sockeye
