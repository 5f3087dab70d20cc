// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/event.h"

#include <QWidget>

class QComboBox;
class QFormLayout;
class QFrame;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace Sockeye {

class AccessBox;
class AddressField;
class AdvancedBox;
class AnswerBox;
class Background;
class HintsBox;
class NoteLabel;
class PanelHeader;
class UserPrompt;

/// One server: its name, where that leads, its answer, who may connect, and the button that starts
/// or stops it. Shows a draft that is not a server yet, or a server of the engine. Knows values
/// only; what the user asks for comes out as signals.
class ServerForm final : public QWidget
{
    Q_OBJECT

public:
    ServerForm(Background &background, UserPrompt &prompt, const NameContext &context,
               QWidget *parent = nullptr);

    /// Something new that is not a server yet.
    void setDraft(const ServerSpec &spec);
    /// A server as it is now; what the user changed and has not applied stays.
    void setServer(const ServerInfo &info);
    [[nodiscard]] ServerId server() const; ///< not valid: a draft
    [[nodiscard]] ServerSpec spec() const; ///< what the fields say
    /// Listening, and the fields differ in what acts at the next start only.
    [[nodiscard]] bool needsListenAgain() const;
    [[nodiscard]] const Result<SocketAddress> &address() const { return m_address; }

    void setRecentNames(const QStringList &names);
    /// Puts @p name there, selected, with the focus in it: type over it, or start.
    void suggestName(const QString &name);

    [[nodiscard]] AccessBox *accessBox() const { return m_access; }
    [[nodiscard]] AnswerBox *answerBox() const { return m_answer; }
    /// Of a tap beside its server: what points clients at it.
    [[nodiscard]] HintsBox *hintsBox() const { return m_hints; }
    [[nodiscard]] QComboBox *nameBox() const { return m_name; }
    [[nodiscard]] QPushButton *startButton() const { return m_start; }
    [[nodiscard]] QString addressText() const;
    [[nodiscard]] QString nameProblemText() const;

Q_SIGNALS:
    void startAsked();
    void stopAsked();
    /// "Apply: listen again", with spec().
    void applyAsked();
    /// The user changed something; for what acts at once, or to be stored while stopped.
    void specEdited();

private:
    void build();
    QFormLayout *buildFields(QWidget *parent);
    void buildApplyBar(QVBoxLayout *column);
    void connectFields();
    void showSpec(const ServerSpec &spec);
    void showChanges(const ServerSpec &before, const ServerSpec &now);
    void resolve(bool pause);
    void showAddress();
    void showState();
    void showHints();
    void showInForce();
    void revert();
    void copyAddress();
    void buttonClicked();
    [[nodiscard]] QString tapText() const;
    [[nodiscard]] bool isActive() const; ///< listening or paused
    [[nodiscard]] bool isPlaceTap() const; ///< of a server in its own place

    Background &m_background;
    UserPrompt &m_prompt;
    NameContext m_context;
    std::optional<ServerInfo> m_info;
    Result<SocketAddress> m_address;
    PanelHeader *m_header = nullptr;
    QComboBox *m_name = nullptr;
    QFormLayout *m_fields = nullptr;
    AddressField *m_addressField = nullptr;
    AddressField *m_upstream = nullptr; ///< of a tap: the server that it hands on to
    HintsBox *m_hints = nullptr;
    NoteLabel *m_nameProblem = nullptr;
    QWidget *m_serving = nullptr; ///< hidden for entries that only connect out
    AnswerBox *m_answer = nullptr;
    AccessBox *m_access = nullptr;
    AdvancedBox *m_advanced = nullptr;
    QFrame *m_applyBar = nullptr;
    QPushButton *m_start = nullptr;
    NoteLabel *m_hint = nullptr;
};

/// "name", "name-2", "name-3" …: the first that is not in @p taken.
[[nodiscard]] QString freeName(const QString &name, const QStringList &taken);

} // namespace Sockeye
