// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/event.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;

namespace Sockeye {

/// The newest problem that still holds, with the buttons that do something about it.
class ProblemBar final : public QFrame
{
    Q_OBJECT

public:
    explicit ProblemBar(QWidget *parent = nullptr);

    /// @p more: how many others hold. nullopt hides the bar.
    void setProblem(const std::optional<ProblemReport> &report, const QString &serverName,
                    int more);
    [[nodiscard]] const std::optional<ProblemReport> &problem() const { return m_report; }
    [[nodiscard]] QString text() const; ///< without markup
    /// nullptr if there is no such button.
    [[nodiscard]] QPushButton *button(Remedy remedy) const;

Q_SIGNALS:
    void remedyChosen(const Sockeye::ProblemReport &report, Sockeye::Remedy remedy);
    void dismissed(Sockeye::ProblemId id);
    void listAsked();

protected:
    void changeEvent(QEvent *event) override;

private:
    void showText();
    void showRemedies();
    void applyColours();

    std::optional<ProblemReport> m_report;
    QString m_serverName;
    QLabel *m_icon;
    QLabel *m_text;
    QHBoxLayout *m_buttons;
    std::vector<std::pair<Remedy, QPushButton *>> m_remedies;
    QPushButton *m_more;
    QToolButton *m_close;
};

} // namespace Sockeye
