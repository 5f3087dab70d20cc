// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QPointer>
#include <QWidget>

class QAbstractItemModel;
class QAbstractItemView;
class QAbstractScrollArea;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace Sockeye {

/// What an empty view says instead of nothing: a title, what to do next, perhaps a command to copy
/// and a button. Lies over the view's viewport and shows itself while the model has no rows. In a
/// low view it says less, rather than halves of lines.
class EmptyState final : public QWidget
{
    Q_OBJECT

public:
    /// Over an item view: follows its model (also one that is set later, see modelChanged()).
    explicit EmptyState(QAbstractItemView *view);
    /// Over anything that scrolls: shown by setVisible().
    explicit EmptyState(QAbstractScrollArea *area);

    void setTitle(const QString &title); ///< "No connections yet"
    void setText(const QString &text); ///< "Connect with"
    /// A command in monospace with a button that copies it; empty: none.
    void setCommand(const QString &command);
    [[nodiscard]] QString command() const;
    /// Empty label: no button. The button emits activated().
    void setButton(const QString &label);

    /// Call it after QAbstractItemView::setModel().
    void modelChanged();

Q_SIGNALS:
    void activated();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build(QAbstractScrollArea *area);
    void buildCommand(QVBoxLayout *layout);
    void updateVisibility();
    void fit();

    QAbstractItemView *m_view = nullptr;
    QPointer<QAbstractItemModel> m_model;
    QLabel *m_title = nullptr;
    QLabel *m_text = nullptr;
    QWidget *m_commandRow = nullptr;
    QLabel *m_command = nullptr;
    QPushButton *m_button = nullptr;
};

} // namespace Sockeye
