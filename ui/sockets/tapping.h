// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"

#include <QObject>

class QDropEvent;
class QLineEdit;
class QMimeData;
class QPoint;

namespace Sockeye {

class Background;
class ServerCommands;
class SocketBrowser;
class UserPrompt;

/// What the window does with the sockets of others: shows the browser, makes commands of what is
/// asked for there, and takes the path of a socket that is dropped on the window.
class Tapping final : public QObject
{
    Q_OBJECT

public:
    /// All of them must outlive it; @p window is the browser's parent and what paths are dropped
    /// on.
    Tapping(Engine &engine, UserPrompt &prompt, ServerCommands &commands, Background &background,
            QWidget *window);
    /// The browser goes first: it uses the background.
    ~Tapping() override;

    /// Made when it is first asked for.
    [[nodiscard]] SocketBrowser *browser();
    void showBrowser();

    /// Takes the place of the server at @p address; an entry that did so before starts again.
    void tap(const QString &address);
    /// Asks where to listen first.
    void askTapBeside(const QString &address);

    /// A sentence to go behind what is said of servers; empty: there are none.
    [[nodiscard]] QString whatQuittingDoesToTaps() const;

    /// Files that are dropped on a text field of the window, too: sockets are offered to be tapped,
    /// of others the path is put in. @p name: the field of a server's name.
    void watchFields(const QLineEdit *name);

    /// The address that is dropped: of a socket file, or text that begins with "@"; else empty.
    [[nodiscard]] static QString droppedAddress(const QMimeData &data);

Q_SIGNALS:
    /// That server is to be shown.
    void serverWanted(Sockeye::ServerId id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool filterField(QLineEdit &field, QDropEvent &drop);
    void putPath(QLineEdit &field, const QString &path, const QPoint &place) const;
    void tapBeside(const QString &address, const QString &at);
    void connectTo(const QString &address);
    void showWho(const QString &address);
    void show(ServerId id);
    [[nodiscard]] QString placeBeside(const QString &address) const;

    Engine &m_engine;
    UserPrompt &m_prompt;
    ServerCommands &m_commands;
    Background &m_background;
    QWidget *m_window;
    const QLineEdit *m_name = nullptr; ///< to compare with
    SocketBrowser *m_browser = nullptr;
};

} // namespace Sockeye
