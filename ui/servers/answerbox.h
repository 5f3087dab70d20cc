// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/relay/answer.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace Sockeye {

class BytesEdit;
class UserPrompt;

/// What the server does with what its clients send: Echo, Discard, Fixed reply, By hand.
class AnswerBox final : public QWidget
{
    Q_OBJECT

public:
    explicit AnswerBox(UserPrompt &prompt, QWidget *parent = nullptr);

    [[nodiscard]] AnswerSpec answer() const;
    /// Emits nothing.
    void setAnswer(const AnswerSpec &answer);
    [[nodiscard]] QComboBox *kindBox() const { return m_kind; }

Q_SIGNALS:
    /// By the user's hand; text when it is complete.
    void answerChanged();

private:
    void build();
    QWidget *buildReply();
    void updateShown();
    void chooseFile();

    UserPrompt &m_prompt;
    QComboBox *m_kind = nullptr;
    QWidget *m_reply = nullptr;
    QComboBox *m_source = nullptr; ///< text, or a file
    BytesEdit *m_text = nullptr;
    QLineEdit *m_file = nullptr;
    QPushButton *m_choose = nullptr;
    QComboBox *m_when = nullptr;
    QCheckBox *m_closeAfter = nullptr;
};

} // namespace Sockeye
