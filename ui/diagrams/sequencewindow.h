// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/refreshclock.h"
#include "core/models/sequencedata.h"

#include <QMainWindow>

class QComboBox;
class QLabel;

namespace Sockeye {

class ConnectionPicker;
class DiagramFiles;
class FilterEdit;
class PanelHeader;
class SequenceView;
class UserPrompt;

/// A server's connections over time, as a sequence diagram. Of a live capture, which it follows, or
/// of an opened file. Goes when it is closed.
class SequenceWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// @p title: what the capture is called. @p isLive: records can still come, so the end is
    /// shown; a file is shown from its start.
    SequenceWindow(std::shared_ptr<const CaptureLog> log, const QString &title, bool isLive,
                   QWidget *parent = nullptr);
    ~SequenceWindow() override;

    /// Dialogs of somebody else's instead of real ones; must outlive the window.
    void setPrompt(UserPrompt &prompt);

    /// Which server is shown; none: all of them.
    void showServer(ServerId server);
    void showConnections(const std::set<ConnectionId> &connections);

    [[nodiscard]] SequenceView *view() const { return m_view; }
    [[nodiscard]] FilterEdit *filterEdit() const { return m_filter; }
    [[nodiscard]] ConnectionPicker *picker() const { return m_picker; }
    [[nodiscard]] QComboBox *serverBox() const { return m_server; }
    [[nodiscard]] const SequenceData &sequence() const { return *m_data; }
    /// The line above the diagram, at its right.
    [[nodiscard]] QString detail() const;
    /// What is told below: a mistake in the filter, what was saved.
    [[nodiscard]] QString message() const;

    enum class Part { Visible, All };
    void saveSvg(Part part);
    void savePng(Part part);

public Q_SLOTS:
    /// Looks for what is new; the window's own clock does this while it can be seen.
    void refresh();

Q_SIGNALS:
    void recordActivated(Sockeye::RecordIndex index);

protected:
    void changeEvent(QEvent *event) override;

private:
    void build();
    void buildBar();
    void buildMenus();
    void select();
    void dataChanged();
    void updateServers();
    void updateHeader();
    void updateMessage();
    void updateEmptyState();
    void save(Part part, const QString &suffix);

    std::unique_ptr<SequenceData> m_data;
    RefreshClock m_clock;
    PanelHeader *m_header = nullptr;
    SequenceView *m_view = nullptr;
    QComboBox *m_server = nullptr;
    ConnectionPicker *m_picker = nullptr;
    FilterEdit *m_filter = nullptr;
    QComboBox *m_times = nullptr;
    QAction *m_follow = nullptr;
    QLabel *m_message = nullptr;
    DiagramFiles *m_files = nullptr;
    CaptureFilter m_applied;
    QString m_told;
    QString m_savedNote; ///< what a file that is being saved leaves out
};

} // namespace Sockeye
