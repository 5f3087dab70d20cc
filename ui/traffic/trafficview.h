// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/trafficmodel.h"

#include <QWidget>

class QAction;
class QTableView;

namespace Sockeye {

class EmptyState;
class GoToBar;
class PanelHeader;

/// The table of records with its header. Follows the tail until the user scrolls up or selects an
/// older row; End or the Follow action takes it up again.
class TrafficView final : public QWidget
{
    Q_OBJECT

public:
    explicit TrafficView(QWidget *parent = nullptr);

    /// The live capture or an opened one; nullptr: none. Not owned; must outlive its use here.
    void setModel(TrafficModel *model);
    [[nodiscard]] TrafficModel *model() const { return m_model; }
    /// Connect it to RefreshClock::ticked: refreshes the model while the view can be seen, inserts,
    /// follows, and updates the header.
    void refresh();

    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// Whether records can still come; a file that was opened is not live: it is shown from its
    /// start, and there is nothing to follow. Before setModel().
    void setLive(bool live);
    /// A checkable action "Follow", kept in step; for tool bar and menu. Owned by the view.
    [[nodiscard]] QAction *followAction() const { return m_followAction; }

    /// "Go to…", Ctrl+G: opens a line above the table. Owned by the view.
    [[nodiscard]] QAction *goToAction() const { return m_goToAction; }
    [[nodiscard]] GoToBar *goToBar() const { return m_goTo; }

    [[nodiscard]] std::optional<RecordIndex> currentRecord() const;
    /// Selects and shows that record; stops following. False if it is not in the table.
    bool showRecord(RecordIndex index);
    /// Whether a filter is set: which of the two empty states is shown.
    void setFiltered(bool filtered);
    /// The filter that is typed cannot be read, and what is shown is not its; the header says so.
    void setFilterBroken(bool broken);
    /// Shown above: "Traffic", or the name of an opened file.
    void setTitle(const QString &title);

    [[nodiscard]] QTableView *table() const { return m_table; }

    enum class CopyForm { Text, Hex, CArray };
    /// Payload of the selected records, in order, to the clipboard; at most 16 MiB.
    void copySelected(CopyForm form);

Q_SIGNALS:
    /// std::nullopt: nothing is selected.
    void currentRecordChanged(std::optional<Sockeye::RecordIndex> index);
    void followingChanged(bool following);
    /// Expression for the filter: "conn == 12", "conn == 12 and dir == in".
    void filterAsked(const QString &expression);
    /// The conversation of that connection is to be shown.
    void followAsked(Sockeye::ConnectionId id);
    /// The button of the empty state "nothing matches".
    void clearFilterAsked();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void build();
    void buildGoTo();
    void buildTable();
    void keepCurrent();
    void sortBy(int column, Qt::SortOrder order);
    void showCurrentAgain();
    void selectRow(int row);
    void updateHeader();
    void updateEmptyState();
    void scrolledByUser();
    void currentChanged();
    void showMenu(const QPoint &place);
    void applyFonts();
    void askFilter(bool withDirection);

    TrafficModel *m_model = nullptr;
    PanelHeader *m_header = nullptr;
    GoToBar *m_goTo = nullptr;
    QTableView *m_table = nullptr;
    EmptyState *m_empty = nullptr;
    QAction *m_followAction = nullptr;
    QAction *m_goToAction = nullptr;
    bool m_following = true;
    bool m_live = true;
    bool m_filtered = false;
    bool m_filterBroken = false;
    bool m_moving = false; ///< we scroll or select, not the user
    std::optional<RecordIndex> m_current;
    quint64 m_currentEpoch = 0;
};

} // namespace Sockeye
