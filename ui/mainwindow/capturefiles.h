// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/conversation.h"

#include <QObject>
#include <QPointer>

class QMenu;
class QStatusBar;
class QWidget;

namespace Sockeye {

class Background;
class CaptureSource;
class CaptureWindow;
class UserPrompt;
class WindowState;

/// Opening and saving of captures: asks for the file, and works on a thread of its own, as both
/// take long.
class CaptureFiles final : public QObject
{
    Q_OBJECT

public:
    /// @p window: of which opened captures are children.
    CaptureFiles(Background &files, UserPrompt &prompt, WindowState &state, QWidget *window);

    void askOpen(QStatusBar *bar);
    /// Opens it in the window of captures, a tab each; @p bar tells how it goes. One that is open
    /// already is shown.
    void open(const QString &file, QStatusBar *bar);
    /// Keeps @p menu filled with what was opened lately.
    void fillRecent(QMenu *menu, QStatusBar *bar);
    /// @p log is kept until it is saved, even if its window is closed meanwhile.
    void askSave(const std::shared_ptr<const CaptureLog> &log, const QString &suggestion,
                 QStatusBar *bar);
    /// The bytes of @p conversation as they were sent, into a file.
    void askSave(const std::shared_ptr<const CaptureLog> &log, const Conversation &conversation,
                 QStatusBar *bar);

    /// Files that are dropped on @p window are opened; @p bar tells how it goes.
    void watchDrops(QWidget *window, QStatusBar *bar);

Q_SIGNALS:
    void opened(Sockeye::CaptureWindow *window);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void save(const std::shared_ptr<const CaptureLog> &log, const QString &file, QStatusBar *bar);
    void save(const std::shared_ptr<const CaptureLog> &log, const Conversation &conversation,
              const QString &file, QStatusBar *bar);
    void show(std::shared_ptr<CaptureSource> source, const QString &file);
    [[nodiscard]] CaptureWindow *captureWindow();

    Background &m_files;
    UserPrompt &m_prompt;
    WindowState &m_state;
    QWidget *m_window;
    QPointer<QStatusBar> m_dropBar;
    QPointer<CaptureWindow> m_captures; ///< it deletes itself when it is closed
};

} // namespace Sockeye
