// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/command.h"
#include "ui/widgets/theme.h"

#include <QObject>
#include <QSettings>
#include <QStringList>

#include <memory>
#include <optional>

namespace Sockeye {

/// What the window remembers, each with a type. The settings are injected, so that tests read and
/// write a file of their own. Setters write at once and tell only changes.
class WindowState final : public QObject
{
    Q_OBJECT

public:
    explicit WindowState(std::unique_ptr<QSettings> settings, QObject *parent = nullptr);
    ~WindowState() override;

    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray &geometry);
    /// Of toolbars and docks.
    [[nodiscard]] QByteArray windowLayout() const;
    void setWindowLayout(const QByteArray &layout);
    /// @p name: the splitter's object name.
    [[nodiscard]] QByteArray splitter(const QString &name) const;
    void setSplitter(const QString &name, const QByteArray &sizes);

    [[nodiscard]] Appearance appearance() const;
    void setAppearance(Appearance choice);

    /// Newest first, at most maxRecentNames, each once.
    [[nodiscard]] QStringList recentNames() const;
    void addRecentName(const QString &name);
    /// Newest first: where "Connect…" led.
    [[nodiscard]] QStringList recentAddresses() const;
    void addRecentAddress(const QString &address);

    /// Captures that were opened, newest first.
    [[nodiscard]] QStringList recentFiles() const;
    void addRecentFile(const QString &path);

    /// What was started last; nothing at the first start or if it cannot be read.
    [[nodiscard]] std::optional<ServerSpec> lastSpec() const;
    void setLastSpec(const ServerSpec &spec);

    [[nodiscard]] QStringList filterHistory() const; ///< newest first
    void setFilterHistory(const QStringList &history);
    [[nodiscard]] bool isFollowing() const; ///< traffic follows the newest record; default: yes
    void setFollowing(bool on);
    [[nodiscard]] bool showsOnlySelected() const; ///< traffic of the selected connection only
    void setShowsOnlySelected(bool on);
    /// The folder of the last file dialog.
    [[nodiscard]] QString fileFolder() const;
    void setFileFolder(const QString &folder);

Q_SIGNALS:
    void appearanceChanged(Sockeye::Appearance choice);
    void recentNamesChanged();

private:
    std::unique_ptr<QSettings> m_settings;
};

/// As many names as fit into a list without scrolling.
constexpr int maxRecentNames = 10;

} // namespace Sockeye
