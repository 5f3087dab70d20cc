// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/access/accesspreview.h"

#include <QDialog>
#include <QTimer>

class QLineEdit;

namespace Sockeye {

class Background;
class NoteLabel;

/// "Why can't [user] connect?": any user of this machine, and the step that stops him. Stays beside
/// the boxes and changes with them.
class WhyDialog final : public QDialog
{
    Q_OBJECT

public:
    WhyDialog(Background &background, const SocketRights &rights, QWidget *parent);

    void setRights(const SocketRights &rights);
    [[nodiscard]] QString answerText() const;

private:
    void ask();
    void showAnswer(const WhyAnswer &answer);

    Background &m_background;
    SocketRights m_rights;
    QTimer m_pause;
    quint64 m_asked = 0;
    QLineEdit *m_user;
    NoteLabel *m_answer;
};

} // namespace Sockeye
