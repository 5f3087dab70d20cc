// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/sockets/tapping.h"

#include "core/access/addressprobe.h"
#include "core/base/problemtext.h"
#include "core/system/clienthints.h"
#include "ui/access/whydialog.h"
#include "ui/composer/bytesedit.h"
#include "ui/mainwindow/background.h"
#include "ui/servers/servercommands.h"
#include "ui/servers/serverform.h"
#include "ui/sockets/socketbrowser.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/userprompt.h"

#include <QAbstractSpinBox>
#include <QDropEvent>
#include <QFile>
#include <QLineEdit>
#include <QMimeData>
#include <QRegularExpression>
#include <QUrl>
#include <QWidget>

#include <algorithm>
#include <filesystem>

namespace Sockeye {

namespace {

bool isSocketFile(const QString &path)
{
    std::error_code error; // whatever cannot be looked at is none
    return std::filesystem::is_socket(QFile::encodeName(path).constData(), error);
}

/// Of the first file that lies on this machine; else empty.
QString droppedPath(const QMimeData &data)
{
    for (const QUrl &url : data.urls()) {
        if (url.isLocalFile())
            return url.toLocalFile();
    }
    return {};
}

} // namespace

Tapping::Tapping(Engine &engine, UserPrompt &prompt, ServerCommands &commands,
                 Background &background, QWidget *window)
    : m_engine(engine)
    , m_prompt(prompt)
    , m_commands(commands)
    , m_background(background)
    , m_window(window)
{
    m_window->setAcceptDrops(true);
    m_window->installEventFilter(this);
}

Tapping::~Tapping()
{
    delete m_browser;
}

SocketBrowser *Tapping::browser()
{
    if (m_browser)
        return m_browser;
    m_browser = new SocketBrowser(m_background, m_window);
    connect(m_browser, &SocketBrowser::tapAsked, this, &Tapping::tap);
    connect(m_browser, &SocketBrowser::tapBesideAsked, this, &Tapping::askTapBeside);
    connect(m_browser, &SocketBrowser::connectAsked, this, &Tapping::connectTo);
    connect(m_browser, &SocketBrowser::whoAsked, this, &Tapping::showWho);
    return m_browser;
}

void Tapping::showBrowser()
{
    browser()->find(browser()->filterEdit()->text());
}

void Tapping::tap(const QString &address)
{
    const Engine::ServerList list = m_engine.servers();
    const auto known =
        std::find_if(list.servers.begin(), list.servers.end(), [&](const ServerInfo &info) {
            return info.spec.isInPlace && info.spec.upstream == address;
        });
    ServerId id;
    if (known != list.servers.end()) {
        id = known->id;
    } else {
        ServerSpec spec;
        spec.name = address;
        spec.upstream = address;
        spec.isInPlace = true;
        id = m_engine.addServer(spec);
    }
    m_engine.execute(Command::Start {.id = id});
    show(id);
}

void Tapping::askTapBeside(const QString &address)
{
    m_prompt.askText(tr("Tap beside %1").arg(address),
                     tr("Listen at this address, and point the client there:"),
                     placeBeside(address), this, [this, address](const QString &at) {
                         if (!at.trimmed().isEmpty())
                             tapBeside(address, at.trimmed());
                     });
}

void Tapping::tapBeside(const QString &address, const QString &at)
{
    ServerSpec spec;
    spec.name = at;
    spec.upstream = address;
    spec.access.user = true; // the safest that is of use
    spec.access.abstract = at.startsWith(QLatin1Char('@'));
    if (spec.access.abstract)
        spec.name.remove(0, 1);
    const ServerId id = m_engine.addServer(spec);
    m_engine.execute(Command::Start {.id = id});
    show(id);
}

/// "<runtime folder>/api-tap" for "/run/app/api", one that is not in the list yet; of PostgreSQL
/// and X one that their clients can find.
QString Tapping::placeBeside(const QString &address) const
{
    QString name = address.section(QLatin1Char('/'), -1);
    name.remove(QLatin1Char('@'));
    name.remove(QLatin1Char('\\')); // of an escaped byte
    QStringList taken;
    for (const ServerInfo &info : m_engine.servers().servers)
        taken << info.spec.name;
    static const QRegularExpression postgres(QStringLiteral("^(\\.s\\.PGSQL\\.)([0-9]{1,5})$"));
    if (const QRegularExpressionMatch match = postgres.match(name); match.hasMatch()) {
        int port = match.captured(2).toInt();
        taken << address;
        const auto at = [&] {
            return suggestedName(match.captured(1) + QString::number(port), NameContext::current());
        };
        while (taken.contains(at()))
            ++port;
        return at();
    }
    if (const Result<SocketAddress> server = SocketAddress::parse(address)) {
        if (const QString display = freeDisplay(*server, taken); !display.isEmpty())
            return display;
    }
    return freeName(suggestedName(name + QStringLiteral("-tap"), NameContext::current()), taken);
}

void Tapping::connectTo(const QString &address)
{
    show(m_commands.connectTo(address));
}

void Tapping::showWho(const QString &address)
{
    const Result<SocketAddress> parsed = SocketAddress::parse(address);
    if (!parsed) {
        m_prompt.tell(tr("Who can connect"), oneLine(parsed.error()));
        return;
    }
    m_background.run(
        this,
        [at = *parsed] {
            const AddressState state = peekAddress(at);
            return SocketRights {.address = at,
                                 .owner = state.owner,
                                 .group = state.group,
                                 .mode = state.mode,
                                 .enforced = {}};
        },
        [this, address](const SocketRights &rights) {
            auto *dialog = new WhyDialog(m_background, rights, browser());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->setWindowTitle(tr("Who can connect to %1").arg(address));
            dialog->show();
        });
}

/// The act is done: what comes of it is seen in the window.
void Tapping::show(ServerId id)
{
    if (m_browser)
        m_browser->hide();
    m_window->activateWindow();
    Q_EMIT serverWanted(id);
}

QString Tapping::whatQuittingDoesToTaps() const
{
    const Engine::ServerList list = m_engine.servers();
    const bool hasTap =
        std::any_of(list.servers.begin(), list.servers.end(), [](const ServerInfo &info) {
            return info.spec.isTap() && info.spec.isInPlace;
        });
    return hasTap ? QLatin1Char(' ') + tr("Tapped sockets are put back.") : QString();
}

QString Tapping::droppedAddress(const QMimeData &data)
{
    for (const QUrl &url : data.urls()) {
        if (url.isLocalFile() && isSocketFile(url.toLocalFile()))
            return SocketAddress::fromPath(QFile::encodeName(url.toLocalFile())).display();
    }
    const QString text = data.text().trimmed();
    const bool isName = text.startsWith(QLatin1Char('@')) && !text.contains(QLatin1Char('\n'));
    return isName || (text.startsWith(QLatin1Char('/')) && isSocketFile(text)) ? text : QString();
}

void Tapping::watchFields(const QLineEdit *name)
{
    m_name = name;
    for (QLineEdit *field : m_window->findChildren<QLineEdit *>()) {
        if (!qobject_cast<QAbstractSpinBox *>(field->parent()))
            field->installEventFilter(this);
    }
}

bool Tapping::eventFilter(QObject *watched, QEvent *event)
{
    const bool isDrop = event->type() == QEvent::Drop;
    const bool isDrag =
        event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove || isDrop;
    if (!isDrag)
        return QObject::eventFilter(watched, event);
    auto *drop = static_cast<QDropEvent *>(event);
    if (auto *field = qobject_cast<QLineEdit *>(watched))
        return filterField(*field, *drop);
    const QString address = droppedAddress(*drop->mimeData());
    if (address.isEmpty())
        return QObject::eventFilter(watched, event);
    drop->acceptProposedAction();
    if (isDrop)
        browser()->find(address);
    return true;
}

/// The field itself would take "file:///run/api" in; text that is dropped there is its own matter.
bool Tapping::filterField(QLineEdit &field, QDropEvent &drop)
{
    const QString path = droppedPath(*drop.mimeData());
    if (path.isEmpty())
        return false;
    const QString address = droppedAddress(*drop.mimeData());
    const bool takesText = field.isEnabled() && !field.isReadOnly();
    if (address.isEmpty() && !takesText) {
        drop.ignore();
        return true;
    }
    drop.acceptProposedAction();
    if (drop.type() != QEvent::Drop)
        return true;
    if (!address.isEmpty())
        browser()->find(address);
    else
        putPath(field, path, drop.position().toPoint());
    return true;
}

void Tapping::putPath(QLineEdit &field, const QString &path, const QPoint &place) const
{
    const auto *bytes = qobject_cast<const BytesEdit *>(&field);
    const bool isProse = bytes ? bytes->form() != BytesEdit::Form::Name
                               : qobject_cast<const FilterEdit *>(&field) != nullptr;
    field.setFocus(Qt::OtherFocusReason);
    if (!isProse)
        field.selectAll(); // a name or a path: replaced, which can be undone
    else
        field.setCursorPosition(field.cursorPositionAt(place));
    field.insert(&field == m_name ? SocketAddress::fromPath(QFile::encodeName(path)).display()
                                  : path);
}

} // namespace Sockeye
