// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/graphdata.h"
#include "core/models/refreshclock.h"
#include "ui/diagrams/graphrow.h"

#include <QMainWindow>

class QComboBox;
class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace Sockeye {

class DiagramFiles;
class IoGraph;
class PanelHeader;
class UserPrompt;

/// Bytes and records a second over time, a line for each server to begin with, or for any display
/// filter. Of a live capture, which it follows, or of an opened file. Goes when it is closed.
class IoGraphWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// @p title: what the capture is called.
    IoGraphWindow(std::shared_ptr<const CaptureLog> log, const QString &title,
                  QWidget *parent = nullptr);
    ~IoGraphWindow() override;

    /// Dialogs of somebody else's instead of real ones; must outlive the window.
    void setPrompt(UserPrompt &prompt);

    GraphRow *addRow(const GraphRowSettings &settings);
    void removeRow(quint64 id);
    [[nodiscard]] const std::vector<GraphRow *> &rows() const { return m_rows; }
    /// 0: as the view needs it. Otherwise one of graphIntervals().
    void setInterval(qint64 interval);
    void setLogarithmic(bool isLogarithmic);

    [[nodiscard]] IoGraph *graph() const { return m_graph; }
    [[nodiscard]] bool isCounting() const { return m_data->isCounting(); }
    /// The line above the graph, at its right.
    [[nodiscard]] QString detail() const;
    /// What is told below: mistakes in filters, what was saved.
    [[nodiscard]] QString message() const;

    void saveSvg();
    void savePng();
    void saveCsv();

public Q_SLOTS:
    /// Looks for what is new; the window's own clock does this while it can be seen.
    void refresh();

Q_SIGNALS:
    /// The record nearest to the moment that was clicked, of the lines that are shown.
    void recordActivated(Sockeye::RecordIndex index);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build();
    QWidget *buildRows();
    void buildBar();
    void buildMenus();
    void addServerRows();
    [[nodiscard]] QString expressionFor(const CapturedServer &server,
                                        const std::vector<CapturedServer> &all) const;
    GraphRow *insertRow(const GraphRowSettings &settings);
    void ownRows();
    void updateRowsHeight();
    void updateView();
    void updatePicture();
    void updateHeader();
    void updateMessage();
    void updateEmptyState();
    void findNearest(qint64 time);
    void showNearest(std::optional<RecordIndex> index);
    [[nodiscard]] qint64 wantedInterval() const;

    const std::shared_ptr<const CaptureLog> m_log;
    const QString m_title;
    std::unique_ptr<GraphData> m_data;
    RefreshClock m_clock;
    PanelHeader *m_header = nullptr;
    IoGraph *m_graph = nullptr;
    QScrollArea *m_rowArea = nullptr;
    QVBoxLayout *m_rowLayout = nullptr;
    QLabel *m_message = nullptr;
    QComboBox *m_interval = nullptr;
    QComboBox *m_scale = nullptr;
    QComboBox *m_times = nullptr;
    DiagramFiles *m_files = nullptr;
    std::vector<GraphRow *> m_rows;
    std::vector<ServerId> m_known; ///< servers that have a line
    bool m_isOwn = false; ///< the user changed the lines: servers add none any more
    quint64 m_lastId = 0;
    std::optional<qint64> m_marker;
    QString m_told; ///< until something else happens
};

} // namespace Sockeye
