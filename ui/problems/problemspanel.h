// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/problemsmodel.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QTableView;

namespace Sockeye {

/// All problems there were, and for the selected one: what happened, why, what to do, and the
/// buttons that do it while it still holds.
class ProblemsPanel final : public QWidget
{
    Q_OBJECT

public:
    /// The model must outlive the panel.
    explicit ProblemsPanel(ProblemsModel &model, QWidget *parent = nullptr);

    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] QString detailText() const;
    void selectNewest();

Q_SIGNALS:
    void remedyChosen(const Sockeye::ProblemReport &report, Sockeye::Remedy remedy);
    void dismissed(Sockeye::ProblemId id);

private:
    void build();
    QWidget *buildDetail();
    void showCurrent();
    void showButtons(const ProblemReport *report);

    ProblemsModel &m_model;
    QTableView *m_table = nullptr;
    QLabel *m_what = nullptr;
    QLabel *m_why = nullptr;
    QHBoxLayout *m_buttons = nullptr;
    std::optional<std::pair<ProblemId, bool>> m_shown; ///< id and whether it still holds
};

} // namespace Sockeye
