// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/composer/composerpanel.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"
#include "ui/composer/bytesedit.h"
#include "ui/mainwindow/background.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/userprompt.h"

#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>

namespace Sockeye {

namespace {

enum Form { TextForm, HexForm, FileForm };

/// A list that nobody can read costs time to fill: the newest are offered, the rest by "Send to
/// this" of the table.
constexpr size_t maxOffered = 200;
constexpr qsizetype maxHistory = 100;
/// What the engine queues for one connection at most is a matter of megabytes, too.
constexpr qint64 maxFileBytes = 64 * 1024 * 1024;

Result<QByteArray> readFile(const QString &name)
{
    QFile file(name);
    const QMap<QString, QString> args {{QStringLiteral("file"), name}};
    if (!file.open(QIODevice::ReadOnly))
        return fail({ProblemCode::FileUnreadable, args});
    QByteArray bytes = file.read(maxFileBytes + 1);
    if (file.error() != QFileDevice::NoError)
        return fail({ProblemCode::FileUnreadable, args});
    if (bytes.size() > maxFileBytes) {
        return fail(
            {ProblemCode::BadInput,
             {{QStringLiteral("what"),
               ComposerPanel::tr("%1 is larger than %2").arg(name).arg(binarySize(maxFileBytes))},
              {QStringLiteral("column"), QStringLiteral("1")}}});
    }
    return bytes;
}

} // namespace

ComposerPanel::ComposerPanel(Engine &engine, Background &background, UserPrompt &prompt,
                             QWidget *parent)
    : QWidget(parent)
    , m_engine(engine)
    , m_background(background)
    , m_prompt(prompt)
{
    build();
    showTargets();
}

void ComposerPanel::build()
{
    auto *label = new QLabel(tr("Send t&o"), this);
    m_to = new QComboBox(this);
    m_to->setObjectName(QStringLiteral("sendTarget"));
    m_to->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_to->setMinimumContentsLength(14);
    label->setBuddy(m_to);
    m_form = new QComboBox(this);
    m_form->setObjectName(QStringLiteral("sendForm"));
    m_form->addItem(tr("text"), TextForm);
    m_form->addItem(tr("hex"), HexForm);
    m_form->addItem(tr("file"), FileForm);
    m_form->setItemData(TextForm, tr("With escapes: \\n \\r \\t \\0 \\e \\\\ \\xHH"),
                        Qt::ToolTipRole);
    m_line = new BytesEdit(this);
    m_line->setObjectName(QStringLiteral("sendLine"));
    m_line->installEventFilter(this);
    m_line->setMinimumWidth(160);
    m_file = new QToolButton(this);
    m_file->setText(tr("…"));
    m_file->setToolTip(tr("Choose a file"));
    m_file->hide();
    m_send = new QPushButton(icon(QStringLiteral("send")), tr("Send"), this);
    m_send->setObjectName(QStringLiteral("sendButton"));
    m_endSending = new QAction(tr("&End sending"), this);
    m_endSending->setToolTip(
        tr("Half close: this connection gets no more from us, but can still send"));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 7, 12, 7);
    row->setSpacing(8);
    row->addWidget(label);
    row->addWidget(m_to);
    row->addWidget(m_form);
    row->addWidget(m_line, 1);
    row->addWidget(m_file);
    row->addWidget(m_send);

    // Changes of our own are blocked: these are the user's. Picking what is there already is one.
    connect(m_to, &QComboBox::currentIndexChanged, this, &ComposerPanel::targetPicked);
    connect(m_to, &QComboBox::activated, this, &ComposerPanel::targetPicked);
    connect(m_form, &QComboBox::currentIndexChanged, this, &ComposerPanel::changeForm);
    connect(m_line, &BytesEdit::bytesChanged, this, &ComposerPanel::updateEnabled);
    connect(m_line, &QLineEdit::returnPressed, this, &ComposerPanel::send);
    connect(m_file, &QToolButton::clicked, this, &ComposerPanel::chooseFile);
    connect(m_send, &QPushButton::clicked, this, &ComposerPanel::send);
    connect(m_endSending, &QAction::triggered, this, &ComposerPanel::endSending);
}

void ComposerPanel::setServer(ServerId id)
{
    if (m_server == id)
        return;
    m_server = id;
    m_open.clear();
    m_tapped.clear();
    m_version = 0;
    m_listChanged = true;
    m_choice = Choice::Newest;
    m_isToAll = false;
    refresh();
}

void ComposerPanel::setTarget(ConnectionId id)
{
    if (!m_open.contains(id))
        return;
    m_target = id;
    m_isToAll = false;
    m_choice = Choice::Picked;
    m_listChanged = true; // an old one may not be on offer
    showTargets();
}

void ComposerPanel::suggestTarget(ConnectionId id)
{
    if (m_choice == Choice::Picked || hasUnsentText() || !m_open.contains(id))
        return;
    m_target = id;
    m_choice = Choice::LookedAt;
    m_listChanged = true;
    showTargets();
}

void ComposerPanel::targetPicked()
{
    m_target = target();
    m_isToAll = m_to->currentIndex() >= 0 && !m_target.isValid();
    m_choice = Choice::Picked;
    updateEnabled();
}

void ComposerPanel::refresh()
{
    takeChanges();
    showTargets();
}

void ComposerPanel::compose()
{
    m_line->setFocus(Qt::OtherFocusReason);
    m_line->selectAll();
}

ConnectionId ComposerPanel::target() const
{
    return ConnectionId {m_to->currentData().toULongLong()};
}

bool ComposerPanel::belongs(const ConnectionInfo &info) const
{
    return !m_server.isValid() || info.server == m_server;
}

void ComposerPanel::takeChanges()
{
    const Engine::ConnectionChanges changes = m_engine.connectionsSince(m_version);
    m_version = changes.version;
    for (const ConnectionInfo &info : changes.changed) {
        if (!belongs(info))
            continue;
        if (info.isTapped) {
            takeTapped(info);
            continue;
        }
        const bool takesBytes = info.isOpen() && info.state != ConnectionState::EndedByUs;
        const auto known = m_open.find(info.id);
        if (!takesBytes) {
            m_listChanged = m_open.erase(info.id) > 0 || m_listChanged;
            continue;
        }
        // The peer's process may be described a little after it connected.
        if (known != m_open.end() && known->second.peer.process == info.peer.process)
            continue;
        m_open.insert_or_assign(info.id, info);
        m_listChanged = true;
    }
}

/// Between two programs nobody sends by hand; that is told while there is nobody else to send to.
void ComposerPanel::takeTapped(const ConnectionInfo &info)
{
    const bool had = !m_tapped.empty();
    if (info.isOpen())
        m_tapped.insert(info.id);
    else
        m_tapped.erase(info.id);
    m_listChanged = m_listChanged || had == m_tapped.empty();
}

void ComposerPanel::showTargets()
{
    if (m_listChanged)
        fillTargets();
    chooseTarget();
}

void ComposerPanel::fillTargets()
{
    m_listChanged = false;
    const QSignalBlocker silent(m_to);
    m_to->clear();
    size_t offered = 0;
    for (auto open = m_open.rbegin(); open != m_open.rend() && offered < maxOffered; ++open) {
        const Peer &peer = open->second.peer;
        m_to->addItem(tr("%1  %2")
                          .arg(open->first.value)
                          .arg(peerText(peer.process.name, peer.credentials.pid)),
                      open->first.value);
        ++offered;
    }
    // One that was chosen stays on offer although it is old.
    if (m_open.contains(m_target) && m_to->findData(m_target.value) < 0)
        m_to->addItem(tr("connection %1").arg(m_target.value), m_target.value);
    if (m_open.size() > 1)
        m_to->addItem(tr("all %1 connections").arg(m_open.size()), quint64(0));
    m_to->setCurrentIndex(-1); // chosen next
    updateEnabled();
}

/// The one that the user picked, in the box or by "Send to…", until it closes. Else the one that he
/// looked at or sent to last: a record or a connection that was selected. Else the newest; all of
/// them only if he said so.
///
/// While the line holds text that was not sent, the target does not move by itself: what was
/// written for one client must not reach another because that one connected meanwhile, or because a
/// row was clicked to read it. If the target closes then, none is chosen until the user picks one
/// or clears the line.
void ComposerPanel::chooseTarget()
{
    if (m_isToAll && m_open.size() < 2) {
        m_isToAll = false;
        m_target = {};
    }
    const bool isOpen = m_open.contains(m_target);
    const bool mayMove = !hasUnsentText() || !m_target.isValid();
    if (!m_isToAll && mayMove && (!isOpen || m_choice == Choice::Newest)) {
        m_target = m_open.empty() ? ConnectionId() : m_open.rbegin()->first;
        m_choice = Choice::Newest;
    }
    const bool isChosen = m_isToAll || m_open.contains(m_target);
    const bool isShown =
        m_to->currentIndex() >= 0 && target() == (m_isToAll ? ConnectionId() : m_target);
    if (isShown || !isChosen)
        return;
    const QSignalBlocker silent(m_to);
    m_to->setCurrentIndex(m_isToAll ? m_to->count() - 1 : m_to->findData(m_target.value));
    updateEnabled();
}

/// Enter may send the same again: text that was sent is no draft.
bool ComposerPanel::hasUnsentText() const
{
    return !m_line->text().isEmpty() && m_line->text() != m_sent;
}

void ComposerPanel::updateEnabled()
{
    const bool hasTarget = !m_open.empty();
    const bool isFile = m_form->currentData().toInt() == FileForm;
    const bool isReady = isFile ? !m_line->text().isEmpty()
                                : m_line->bytes().has_value() && !m_line->text().isEmpty();
    for (QWidget *part : std::initializer_list<QWidget *> {m_to, m_form, m_line, m_file})
        part->setEnabled(hasTarget);
    const bool isTapped = !hasTarget && !m_tapped.empty();
    m_to->setPlaceholderText(hasTarget      ? tr("closed: pick one")
                                 : isTapped ? tr("tapped")
                                            : QString());
    setToolTip(isTapped ? tr("A tap hands on what the client and the server send, byte for byte. "
                             "Bytes from a third would break what the two say to each other.")
                        : QString());
    m_send->setEnabled(hasTarget && isReady && m_to->currentIndex() >= 0);
    m_endSending->setEnabled(hasTarget && target().isValid());
    m_line->setPlaceholderText(placeholder());
    m_line->setAccessibleDescription(hasTarget ? QString() : m_line->placeholderText());
}

QString ComposerPanel::placeholder() const
{
    if (m_open.empty())
        return m_tapped.empty()
            ? tr("No connection is open: there is nobody to send to")
            : tr("Tapped: only the two programs send, nothing can be sent by hand");
    switch (m_form->currentData().toInt()) {
    case FileForm:
        return tr("name of a file");
    case HexForm:
        return tr("50 49 4e 47 0a");
    default:
        return tr("PING\\n");
    }
}

void ComposerPanel::changeForm()
{
    const int form = m_form->currentData().toInt();
    m_file->setVisible(form == FileForm);
    if (form == FileForm)
        m_line->clear();
    m_line->setForm(form == HexForm        ? BytesEdit::Form::Hex
                        : form == FileForm ? BytesEdit::Form::Name
                                           : BytesEdit::Form::Text);
    updateEnabled();
}

void ComposerPanel::send()
{
    if (!m_send->isEnabled())
        return;
    const QString text = m_line->text();
    m_history.removeAll(text);
    m_history.append(text);
    if (m_history.size() > maxHistory)
        m_history.removeFirst();
    m_place = m_history.size();
    m_sent = text;
    if (m_choice == Choice::Newest) // the next one that connects does not end this conversation
        m_choice = Choice::LookedAt;
    if (m_form->currentData().toInt() == FileForm)
        sendFile();
    else
        sendBytes(*m_line->bytes());
    // Enter again sends it again, typing replaces it.
    m_line->selectAll();
}

void ComposerPanel::sendBytes(const QByteArray &bytes)
{
    const ConnectionId to = target();
    if (to.isValid() || m_server.isValid()) {
        m_engine.execute(Command::Send {to, m_server, bytes});
        return;
    }
    for (const auto &[id, info] : m_open)
        m_engine.execute(Command::Send {id, info.server, bytes});
}

void ComposerPanel::sendFile()
{
    const QString name = m_line->text();
    m_background.run(
        this, [name] { return readFile(name); },
        [this](const Result<QByteArray> &bytes) {
            if (bytes)
                sendBytes(*bytes);
            else
                m_prompt.tell(tr("Send a file"), oneLine(bytes.error()));
        });
}

void ComposerPanel::chooseFile()
{
    FileQuestion question;
    question.title = tr("Send a file");
    m_prompt.pickFile(question, this, [this](const QString &file) {
        if (!file.isEmpty())
            m_line->setText(file);
    });
}

void ComposerPanel::endSending()
{
    if (target().isValid())
        m_engine.execute(Command::EndSending {target()});
}

bool ComposerPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_line && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            browseHistory(key == Qt::Key_Up ? -1 : 1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void ComposerPanel::browseHistory(int step)
{
    const qsizetype next = m_place + step;
    if (next < 0 || next > m_history.size())
        return;
    if (m_place == m_history.size())
        m_draft = m_line->text();
    m_place = next;
    m_line->setText(next == m_history.size() ? m_draft : m_history[next]);
}

} // namespace Sockeye
