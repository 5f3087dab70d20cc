// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace Sockeye {

/// The line above a panel: a bold title at the left, a quiet detail at the right
/// ("3 open · 2 closed"), and room for small buttons behind it.
class PanelHeader final : public QWidget
{
    Q_OBJECT

public:
    explicit PanelHeader(const QString &title, QWidget *parent = nullptr);

    // Set on every tick: these do nothing if it is the same.
    void setTitle(const QString &title);
    [[nodiscard]] QString title() const;
    void setDetail(const QString &detail);
    [[nodiscard]] QString detail() const;
    /// Takes ownership; stands right of the detail.
    void addWidget(QWidget *widget);

private:
    QHBoxLayout *m_layout;
    QLabel *m_title;
    QLabel *m_detail;
};

} // namespace Sockeye
