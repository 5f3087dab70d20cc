// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/socketsmodel.h"

#include <QDialog>
#include <QTimer>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace Sockeye {

class Background;
class EmptyState;
class NoteLabel;

/// "Tap a socket": every local socket of this machine, a filter, and what can be done with the one
/// that is selected. Looks once a second while it can be seen, off the window's thread. What the
/// user asks for comes out as signals, with addresses as people write them.
class SocketBrowser final : public QDialog
{
    Q_OBJECT

public:
    /// @p background must outlive it.
    explicit SocketBrowser(Background &background, QWidget *parent = nullptr);

    /// Shows it in front with these words as its filter; the first row that fits is selected.
    void find(const QString &words);

    [[nodiscard]] const SocketsModel &model() const { return m_model; }
    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] QLineEdit *filterEdit() const { return m_filter; }
    [[nodiscard]] QCheckBox *listeningOnlyBox() const { return m_listeningOnly; }
    [[nodiscard]] QPushButton *tapButton() const { return m_tap; }
    [[nodiscard]] QPushButton *besideButton() const { return m_beside; }
    /// What stands below the table about the row that is selected.
    [[nodiscard]] QString noteText() const;
    /// Times that the machine has been looked at.
    [[nodiscard]] int lookCount() const { return m_looks; }

Q_SIGNALS:
    void tapAsked(const QString &address);
    void tapBesideAsked(const QString &address);
    void connectAsked(const QString &address);
    void whoAsked(const QString &address);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Look;

    void build();
    QWidget *buildTop();
    void buildTable();
    void setColumnWidths();
    void showColumns();
    QWidget *buildButtons();
    void look();
    void take(Look look);
    void filterChanged();
    void currentChanged(const QModelIndex &now);
    void keepSelection();
    void selectRow(int row);
    void askChoice();
    void showChoice(quint64 inode, const TapChoice &choice);
    void showSelected();
    void showCount();
    void showEmptyState();
    void showMenu(const QPoint &place);
    [[nodiscard]] const SocketEntry *current() const;
    [[nodiscard]] QString address() const; ///< of the current one; empty: none
    void copyAddress();

    Background &m_background;
    SocketsModel m_model;
    QTimer m_timer; ///< single shot: a look may take longer than the pause between two
    QLineEdit *m_filter = nullptr;
    QCheckBox *m_listeningOnly = nullptr;
    QLabel *m_count = nullptr;
    QTableView *m_table = nullptr;
    EmptyState *m_empty = nullptr;
    NoteLabel *m_note = nullptr;
    QPushButton *m_tap = nullptr;
    QPushButton *m_beside = nullptr;
    QPushButton *m_connect = nullptr;
    QPushButton *m_who = nullptr;
    QPushButton *m_copy = nullptr;
    quint64 m_inode = 0; ///< of the row that the user selected; 0: none
    std::optional<TapChoice> m_choice; ///< of that one, once it is known
    QString m_error; ///< why the machine could not be looked at
    int m_looks = 0;
    bool m_isLooking = false;
    bool m_isChanging = false; ///< the model brings its rows up to date
    bool m_wantsFirst = false; ///< a filter was typed: the first row that fits is selected
};

} // namespace Sockeye
