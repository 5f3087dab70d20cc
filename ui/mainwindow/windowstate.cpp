// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/windowstate.h"

namespace Sockeye {

namespace {

const QString geometryKey = QStringLiteral("window/geometry");
const QString layoutKey = QStringLiteral("window/layout");
const QString appearanceKey = QStringLiteral("appearance");
const QString followKey = QStringLiteral("traffic/follow");
const QString onlySelectedKey = QStringLiteral("traffic/onlySelected");
const QString filtersKey = QStringLiteral("traffic/filters");
const QString folderKey = QStringLiteral("files/folder");
const QString filesKey = QStringLiteral("files/recent");
const QString namesKey = QStringLiteral("server/recentNames");
const QString addressesKey = QStringLiteral("connect/recentAddresses");

QString splitterKey(const QString &name)
{
    return QStringLiteral("splitters/") + name;
}

QStringList withFirst(QStringList list, const QString &first)
{
    list.removeAll(first);
    list.prepend(first);
    return list.mid(0, maxRecentNames);
}

AnswerKind answerFromName(const QString &name)
{
    for (const AnswerKind kind : {AnswerKind::Discard, AnswerKind::Reply, AnswerKind::Manual}) {
        if (answerName(kind) == name)
            return kind;
    }
    return AnswerKind::Echo;
}

} // namespace

WindowState::WindowState(std::unique_ptr<QSettings> settings, QObject *parent)
    : QObject(parent)
    , m_settings(std::move(settings))
{ }

WindowState::~WindowState() = default;

QByteArray WindowState::geometry() const
{
    return m_settings->value(geometryKey).toByteArray();
}

void WindowState::setGeometry(const QByteArray &geometry)
{
    m_settings->setValue(geometryKey, geometry);
}

QByteArray WindowState::windowLayout() const
{
    return m_settings->value(layoutKey).toByteArray();
}

void WindowState::setWindowLayout(const QByteArray &layout)
{
    m_settings->setValue(layoutKey, layout);
}

QByteArray WindowState::splitter(const QString &name) const
{
    return m_settings->value(splitterKey(name)).toByteArray();
}

void WindowState::setSplitter(const QString &name, const QByteArray &sizes)
{
    m_settings->setValue(splitterKey(name), sizes);
}

Appearance WindowState::appearance() const
{
    return appearanceFromName(m_settings->value(appearanceKey).toString());
}

void WindowState::setAppearance(Appearance choice)
{
    if (choice == appearance())
        return;
    m_settings->setValue(appearanceKey, appearanceName(choice));
    Q_EMIT appearanceChanged(choice);
}

QStringList WindowState::recentNames() const
{
    return m_settings->value(namesKey).toStringList().mid(0, maxRecentNames);
}

void WindowState::addRecentName(const QString &name)
{
    const QStringList before = recentNames();
    const QStringList after = withFirst(before, name);
    if (after == before)
        return;
    m_settings->setValue(namesKey, after);
    Q_EMIT recentNamesChanged();
}

QStringList WindowState::recentAddresses() const
{
    return m_settings->value(addressesKey).toStringList().mid(0, maxRecentNames);
}

void WindowState::addRecentAddress(const QString &address)
{
    m_settings->setValue(addressesKey, withFirst(recentAddresses(), address));
}

QStringList WindowState::recentFiles() const
{
    return m_settings->value(filesKey).toStringList().mid(0, maxRecentNames);
}

void WindowState::addRecentFile(const QString &path)
{
    m_settings->setValue(filesKey, withFirst(recentFiles(), path));
}

std::optional<ServerSpec> WindowState::lastSpec() const
{
    const QString prefix = QStringLiteral("server/last/");
    const auto value = [&](const char *key) {
        return m_settings->value(prefix + QLatin1String(key));
    };
    ServerSpec spec;
    spec.name = value("name").toString();
    if (spec.name.isEmpty())
        return {};
    const Result<AccessOptions> access = AccessOptions::parse(value("access").toString());
    if (!access)
        return {};
    spec.access = *access;
    spec.enforceAccess = value("enforce").toBool();
    spec.answer.kind = answerFromName(value("answer").toString());
    spec.answer.reply = value("reply").toByteArray();
    spec.answer.replyFile = value("replyFile").toString();
    spec.answer.when = static_cast<ReplyWhen>(
        qBound(0, value("replyWhen").toInt(), static_cast<int>(ReplyWhen::EndOfStream)));
    spec.answer.closeAfter = value("closeAfter").toBool();
    spec.policy =
        value("neverStall").toBool() ? RecordingPolicy::NeverStall : RecordingPolicy::Lossless;
    spec.backlog =
        qBound(1, m_settings->value(prefix + QStringLiteral("backlog"), 50).toInt(), 4096);
    spec.maxConnections = qMax(0, value("maxConnections").toInt());
    spec.readSize = qMax(0, value("readSize").toInt());
    return spec;
}

void WindowState::setLastSpec(const ServerSpec &spec)
{
    m_settings->beginGroup(QStringLiteral("server/last"));
    m_settings->setValue(QStringLiteral("name"), spec.name);
    m_settings->setValue(QStringLiteral("access"), spec.access.toString());
    m_settings->setValue(QStringLiteral("enforce"), spec.enforceAccess);
    m_settings->setValue(QStringLiteral("answer"), answerName(spec.answer.kind));
    m_settings->setValue(QStringLiteral("reply"), spec.answer.reply);
    m_settings->setValue(QStringLiteral("replyFile"), spec.answer.replyFile);
    m_settings->setValue(QStringLiteral("replyWhen"), static_cast<int>(spec.answer.when));
    m_settings->setValue(QStringLiteral("closeAfter"), spec.answer.closeAfter);
    m_settings->setValue(QStringLiteral("neverStall"), spec.policy == RecordingPolicy::NeverStall);
    m_settings->setValue(QStringLiteral("backlog"), spec.backlog);
    m_settings->setValue(QStringLiteral("maxConnections"), spec.maxConnections);
    m_settings->setValue(QStringLiteral("readSize"), spec.readSize);
    m_settings->endGroup();
}

QStringList WindowState::filterHistory() const
{
    return m_settings->value(filtersKey).toStringList();
}

void WindowState::setFilterHistory(const QStringList &history)
{
    m_settings->setValue(filtersKey, history);
}

bool WindowState::isFollowing() const
{
    return m_settings->value(followKey, true).toBool();
}

void WindowState::setFollowing(bool on)
{
    m_settings->setValue(followKey, on);
}

bool WindowState::showsOnlySelected() const
{
    return m_settings->value(onlySelectedKey, false).toBool();
}

void WindowState::setShowsOnlySelected(bool on)
{
    m_settings->setValue(onlySelectedKey, on);
}

QString WindowState::fileFolder() const
{
    return m_settings->value(folderKey).toString();
}

void WindowState::setFileFolder(const QString &folder)
{
    m_settings->setValue(folderKey, folder);
}

} // namespace Sockeye
