// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/conversation.h"

#include <QWidget>

class QComboBox;
class QPushButton;

namespace Sockeye {

class StreamView;

/// The conversation of a connection, and above it what is shown of it (both sides, or one alone,
/// with their bytes), in which form, and the button that saves just that.
class StreamPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit StreamPanel(QWidget *parent = nullptr);

    /// What stands there while no connection is shown.
    void setEmptyText(const QString &title, const QString &text);
    void setConnection(ConnectionId id);
    void refresh();

    [[nodiscard]] StreamView *view() const { return m_view; }
    [[nodiscard]] QComboBox *sideBox() const { return m_side; }
    [[nodiscard]] QComboBox *formBox() const { return m_form; }
    [[nodiscard]] QPushButton *saveButton() const { return m_save; }

Q_SIGNALS:
    /// Its bytes, as they were sent, into a file.
    void saveAsked(const Sockeye::Conversation &conversation);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void build();
    void changeSide();
    void showTotals();
    void showEmptyText();

    StreamView *m_view;
    QComboBox *m_side;
    QComboBox *m_form;
    QPushButton *m_save;
    QString m_emptyTitle;
    QString m_emptyText;
};

} // namespace Sockeye
