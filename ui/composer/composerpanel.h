// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <QWidget>

#include <map>
#include <set>

class QAction;
class QComboBox;
class QLabel;
class QPushButton;
class QToolButton;

namespace Sockeye {

class Background;
class BytesEdit;
class UserPrompt;

/// Sends by hand: to one connection or to all of a server, as text with escapes, hex, or a file.
class ComposerPanel final : public QWidget
{
    Q_OBJECT

public:
    ComposerPanel(Engine &engine, Background &background, UserPrompt &prompt,
                  QWidget *parent = nullptr);

    /// Whose connections are offered; not valid: those of all servers.
    void setServer(ServerId id);
    /// If it is open: the one to send to, as if it had been picked in the box.
    void setTarget(ConnectionId id);
    /// The user looks at it: the one to send to if it is open and nothing stronger speaks against
    /// it, see chooseTarget().
    void suggestTarget(ConnectionId id);
    /// Looks which connections are open now.
    void refresh();
    /// The focus goes to the line.
    void compose();

    [[nodiscard]] ConnectionId target() const; ///< not valid: all, or none
    [[nodiscard]] BytesEdit *line() const { return m_line; }
    [[nodiscard]] QComboBox *targetBox() const { return m_to; }
    [[nodiscard]] QComboBox *formBox() const { return m_form; }
    [[nodiscard]] QPushButton *sendButton() const { return m_send; }
    /// "End sending": half close of the target.
    [[nodiscard]] QAction *endSendingAction() const { return m_endSending; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    /// How the target came to be it; the later ones are not undone by the earlier.
    enum class Choice { Newest, LookedAt, Picked };

    void build();
    void takeChanges();
    void takeTapped(const ConnectionInfo &info);
    void showTargets();
    void fillTargets();
    void chooseTarget();
    void targetPicked();
    [[nodiscard]] bool hasUnsentText() const;
    void updateEnabled();
    [[nodiscard]] QString placeholder() const;
    void changeForm();
    void send();
    void sendBytes(const QByteArray &bytes);
    void sendFile();
    void chooseFile();
    void endSending();
    void browseHistory(int step);
    [[nodiscard]] bool belongs(const ConnectionInfo &info) const;

    Engine &m_engine;
    Background &m_background;
    UserPrompt &m_prompt;
    ServerId m_server;
    quint64 m_version = 0;
    std::map<ConnectionId, ConnectionInfo> m_open; ///< those that we may send to
    std::set<ConnectionId> m_tapped; ///< those that are open and take nothing by hand
    bool m_listChanged = true;
    ConnectionId m_target; ///< the one chosen last; may have closed since
    Choice m_choice = Choice::Newest;
    bool m_isToAll = false; ///< picked: all of them
    QString m_sent; ///< what the line held when it was sent last
    QStringList m_history; ///< newest last
    qsizetype m_place = 0; ///< in the history; its size: the line of the user
    QString m_draft;
    QComboBox *m_to = nullptr;
    QComboBox *m_form = nullptr;
    BytesEdit *m_line = nullptr;
    QToolButton *m_file = nullptr;
    QPushButton *m_send = nullptr;
    QAction *m_endSending = nullptr;
};

} // namespace Sockeye
