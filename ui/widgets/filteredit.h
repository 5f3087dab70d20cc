// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"

#include <QLineEdit>
#include <QPointer>
#include <QTimer>

class QAction;
class QLabel;
class QStringListModel;

namespace Sockeye {

/// The display filter: parses what is typed, tells filterChanged() for what can be read, and marks
/// the place of a mistake: a red underline from its column, and a note below while the box has the
/// focus.
class FilterEdit final : public QLineEdit
{
    Q_OBJECT

public:
    explicit FilterEdit(QWidget *parent = nullptr);

    /// Sets the text and applies it at once: "filter by this connection".
    void setExpression(const QString &expression);
    /// Adds "and (…)" if there is a filter already that can be read.
    void narrow(const QString &expression);
    [[nodiscard]] bool hasError() const { return !m_error.isEmpty(); }
    [[nodiscard]] QString errorText() const { return m_error; }
    [[nodiscard]] int errorColumn() const { return m_errorColumn; } ///< from 1; 0: none
    /// What the note below the box says; empty while it is not shown.
    [[nodiscard]] QString noteText() const;

    /// Expressions that were applied with Enter, newest first, at most 30: for QSettings.
    [[nodiscard]] QStringList history() const;
    void setHistory(const QStringList &history);

Q_SIGNALS:
    /// Only filters that can be read, and only when they differ from the one before in text.
    void filterChanged(const Sockeye::CaptureFilter &filter);
    void errorChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void moveEvent(QMoveEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void apply();
    void updateNote();
    void remember();
    void setError(const QString &message, int column);

    QTimer m_pause; ///< typing: applied when it rests
    QString m_applied;
    QString m_error;
    int m_errorColumn = 0;
    QAction *m_icon;
    QStringListModel *m_history;
    QPointer<QLabel> m_note; ///< a child of the window, over what lies below the box
};

} // namespace Sockeye
