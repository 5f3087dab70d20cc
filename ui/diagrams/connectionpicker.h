// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/sequencedata.h"

#include <QToolButton>

class QLineEdit;
class QListWidget;
class QListWidgetItem;

namespace Sockeye {

/// A button that says which connections are shown, with a list to choose from below it.
class ConnectionPicker final : public QToolButton
{
    Q_OBJECT

public:
    /// Of more, the filter is what finds them.
    static constexpr size_t mostListed = 2000;

    explicit ConnectionPicker(const SequenceData &sequence, QWidget *parent = nullptr);

    /// Whose connections are offered. Forgets what was chosen.
    void setServer(ServerId server);
    void choose(const std::set<ConnectionId> &connections);
    [[nodiscard]] const std::set<ConnectionId> &chosen() const { return m_chosen; }
    /// Fills the list, as opening it does.
    void fill();
    [[nodiscard]] QListWidget *list() const { return m_list; }

Q_SIGNALS:
    void chosenChanged();

private:
    void build();
    void itemChanged(QListWidgetItem *item);
    void showMatching(const QString &text);
    void updateText();

    const SequenceData &m_data;
    ServerId m_server;
    std::set<ConnectionId> m_chosen; ///< none: all
    QLineEdit *m_search = nullptr;
    QListWidget *m_list = nullptr;
    bool m_isFilling = false;
};

} // namespace Sockeye
