// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/access/whydialog.h"

#include "ui/access/notelabel.h"
#include "ui/mainwindow/background.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include <chrono>

namespace Sockeye {

namespace {

/// A look-up may ask a server of the network: not for every letter.
constexpr auto typingPause = std::chrono::milliseconds(250);

} // namespace

WhyDialog::WhyDialog(Background &background, const SocketRights &rights, QWidget *parent)
    : QDialog(parent)
    , m_background(background)
    , m_rights(rights)
    , m_user(new QLineEdit(this))
    , m_answer(new NoteLabel(this))
{
    setWindowTitle(tr("Who can connect"));
    m_user->setPlaceholderText(tr("name or number of a user"));
    auto *label = new QLabel(tr("&User"), this);
    label->setBuddy(m_user);
    auto *form = new QFormLayout;
    form->addRow(label, m_user);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addLayout(form);
    column->addWidget(m_answer);
    column->addStretch();
    column->addWidget(buttons);
    setMinimumSize(400, 150);

    m_pause.setSingleShot(true);
    m_pause.setInterval(typingPause);
    connect(&m_pause, &QTimer::timeout, this, &WhyDialog::ask);
    connect(m_user, &QLineEdit::textChanged, this, [this] { m_pause.start(); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_answer->setNote(NoteLabel::Kind::Info,
                      tr("Whether a user can connect, and if not, which step stops him."));
}

void WhyDialog::setRights(const SocketRights &rights)
{
    m_rights = rights;
    ask();
}

QString WhyDialog::answerText() const
{
    return m_answer->text();
}

void WhyDialog::ask()
{
    const QString user = m_user->text().trimmed();
    ++m_asked;
    if (user.isEmpty())
        return;
    m_background.run(
        this,
        [user, rights = m_rights, number = m_asked] {
            return std::pair(number, whyCannot(user, rights));
        },
        [this](const std::pair<quint64, WhyAnswer> &answer) {
            if (answer.first == m_asked)
                showAnswer(answer.second);
        });
}

void WhyDialog::showAnswer(const WhyAnswer &answer)
{
    const NoteLabel::Kind kind = !answer.known ? NoteLabel::Kind::Warning
        : answer.allowed                       ? NoteLabel::Kind::Good
                                               : NoteLabel::Kind::Bad;
    m_answer->setNote(kind, answer.text);
}

} // namespace Sockeye
