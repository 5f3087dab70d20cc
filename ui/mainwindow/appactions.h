// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/event.h"
#include "ui/widgets/theme.h"

#include <QObject>

class QAction;
class QActionGroup;
class QMenu;
class QMenuBar;
class QToolBar;

namespace Sockeye {

/// Actions that panels own and the menus show.
struct PanelActions
{
    QAction *follow = nullptr;
    QAction *endSending = nullptr;
    QAction *goTo = nullptr;
};

/// The actions of the main window with their names, shortcuts and icons, and the menus made of
/// them. What they do is connected by the window.
class AppActions final : public QObject
{
    Q_OBJECT

public:
    explicit AppActions(const PanelActions &panels, QObject *parent);

    void fillMenus(QMenuBar *bar);
    /// What stands before the filter, and what behind it.
    void fillToolBarStart(QToolBar *bar);
    void fillToolBarEnd(QToolBar *bar);
    /// For the context menu of the list of servers.
    [[nodiscard]] QList<QAction *> serverActions() const;

    /// Enables what the current server can do; nullptr: a draft. @p canStart: its name is right.
    void showServer(const ServerInfo *info, bool canStart);
    void showConnection(bool isOpen, bool any);
    void showAppearance(Appearance appearance);
    [[nodiscard]] QAction *appearanceAction(Appearance appearance) const;

    QAction *serve;
    QAction *tap;
    QAction *connectTo;
    QAction *open;
    QAction *save;
    QAction *quit;
    QAction *start;
    QAction *stop;
    QAction *pause; ///< checkable
    QAction *acceptNext;
    QAction *listenAgain;
    QAction *copyAddress;
    QAction *removeServer;
    QAction *disconnectOne;
    QAction *disconnectAll;
    QAction *onlySelected; ///< checkable
    QAction *clear;
    QAction *filter;
    QAction *problems; ///< checkable: the list is shown
    QAction *about;
    QAction *aboutQt;
    QMenu *recent = nullptr; ///< after fillMenus(): filled by who knows what was opened

Q_SIGNALS:
    void appearanceChosen(Sockeye::Appearance appearance);

private:
    QAction *make(const QString &text, const char *iconName, const QKeySequence &shortcut,
                  const QString &toolTip);
    void makeServerActions();
    void makeCaptureActions();
    void makeViewActions();

    PanelActions m_panels;
    QActionGroup *m_appearance;
};

} // namespace Sockeye
