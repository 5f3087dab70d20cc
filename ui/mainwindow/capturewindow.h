// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/refreshclock.h"

#include <QMainWindow>

class QAction;
class QLabel;
class QMenu;
class QMimeData;
class QTabWidget;

namespace Sockeye {

class CaptureView;

/// The captures that were opened, a tab each.
class CaptureWindow final : public QMainWindow
{
    Q_OBJECT

public:
    explicit CaptureWindow(QWidget *parent = nullptr);
    ~CaptureWindow() override;

    /// Takes ownership, and shows it.
    void add(CaptureView *view);
    /// The tab of that file, if it is open; null otherwise.
    [[nodiscard]] CaptureView *viewOf(const QString &file) const;
    void show(CaptureView *view);
    using QWidget::show;
    /// What is in sight.
    [[nodiscard]] CaptureView *current() const;
    [[nodiscard]] int count() const;
    /// For files that were opened lately; filled by who knows them.
    [[nodiscard]] QMenu *recentMenu() const { return m_recent; }

Q_SIGNALS:
    void openAsked();
    /// "Save a copy…", "Save the good part…"
    void saveAsked(Sockeye::CaptureView *view);
    void filesDropped(const QStringList &files);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void buildMenu();
    void showIoGraph(CaptureView *view);
    void showSequence(CaptureView *view);
    void closeView(int tab);
    void currentChanged();
    void tick();

    RefreshClock m_clock; ///< a large file appears in slices, and filters take their time
    QTabWidget *m_tabs = nullptr;
    QLabel *m_status = nullptr;
    QMenu *m_recent = nullptr;
};

/// Regular files among what is dragged; empty if there are none.
[[nodiscard]] QStringList draggedFiles(const QMimeData &data);

} // namespace Sockeye
