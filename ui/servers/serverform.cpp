// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/serverform.h"

#include "core/base/problemtext.h"
#include "ui/access/accessbox.h"
#include "ui/access/notelabel.h"
#include "ui/servers/addressfield.h"
#include "ui/servers/advancedbox.h"
#include "ui/servers/answerbox.h"
#include "ui/servers/hintsbox.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/panelheader.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QComboBox>
#include <QFormLayout>
#include <QFrame>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace Sockeye {

namespace {

constexpr int formMargin = 12;

} // namespace

QString freeName(const QString &name, const QStringList &taken)
{
    if (!taken.contains(name))
        return name;
    static const QRegularExpression numbered(QStringLiteral("-[0-9]{1,6}$"));
    QString base = name;
    base.remove(numbered);
    for (int number = 2;; ++number) {
        const QString candidate = QStringLiteral("%1-%2").arg(base).arg(number);
        if (!taken.contains(candidate))
            return candidate;
    }
}

ServerForm::ServerForm(Background &background, UserPrompt &prompt, const NameContext &context,
                       QWidget *parent)
    : QWidget(parent)
    , m_background(background)
    , m_prompt(prompt)
    , m_context(context)
{
    build();
    connectFields();
}

void ServerForm::build()
{
    m_header = new PanelHeader(tr("Server"), this);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *content = new QWidget(scroll);
    scroll->setWidget(content);
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);

    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(formMargin, 4, formMargin, formMargin);
    column->setSpacing(10);
    column->addLayout(buildFields(content));

    m_serving = new QWidget(content);
    auto *serving = new QVBoxLayout(m_serving);
    serving->setContentsMargins(0, 0, 0, 0);
    serving->setSpacing(6);
    serving->addWidget(new QLabel(tr("Who may connect"), m_serving));
    m_access = new AccessBox(m_background, m_serving);
    serving->addWidget(m_access);
    m_advanced = new AdvancedBox(m_serving);
    serving->addWidget(m_advanced);
    buildApplyBar(serving);
    m_start = new QPushButton(m_serving);
    m_start->setObjectName(QStringLiteral("startButton"));
    m_start->setMinimumHeight(m_start->sizeHint().height() + 8);
    m_start->setAutoDefault(true);
    serving->addWidget(m_start);
    column->addWidget(m_serving);
    m_hint = new NoteLabel(content);
    column->addWidget(m_hint);
    column->addStretch(1);

    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(m_header);
    outer->addWidget(scroll, 1);
    // Wide enough that the three boxes and the verdict stand side by side.
    setMinimumWidth(content->minimumSizeHint().width()
                    + scroll->verticalScrollBar()->sizeHint().width());
}

QFormLayout *ServerForm::buildFields(QWidget *parent)
{
    m_name = new QComboBox(parent);
    m_name->setObjectName(QStringLiteral("nameBox"));
    m_name->setEditable(true);
    m_name->setInsertPolicy(QComboBox::NoInsert);
    m_name->setCompleter(nullptr);
    m_name->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_name->setMinimumContentsLength(12);
    m_name->lineEdit()->setPlaceholderText(tr("a name, or a path"));
    m_name->setToolTip(tr("A path, or a name in the temporary folder (%1)")
                           .arg(QString::fromLocal8Bit(m_context.temporaryFolder)));

    m_addressField = new AddressField(parent);
    m_addressField->setObjectName(QStringLiteral("addressField"));
    auto *copy = new QToolButton(parent);
    copy->setAutoRaise(true);
    copy->setIcon(icon(QStringLiteral("copy")));
    copy->setIconSize(QSize(14, 14));
    copy->setToolTip(tr("Copy the address"));
    connect(copy, &QToolButton::clicked, this, &ServerForm::copyAddress);

    m_nameProblem = new NoteLabel(parent);
    m_nameProblem->setObjectName(QStringLiteral("nameProblem"));
    m_answer = new AnswerBox(m_prompt, parent);

    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    auto *nameLabel = new QLabel(tr("&Name"), parent);
    nameLabel->setBuddy(m_name);
    form->addRow(nameLabel, m_name);
    form->addRow(tr("Address"), rowOf(m_addressField, copy));
    m_upstream = new AddressField(parent);
    m_upstream->setObjectName(QStringLiteral("upstreamField"));
    form->addRow(tr("Server"), m_upstream);
    m_hints = new HintsBox(parent);
    m_hints->setObjectName(QStringLiteral("hintsBox"));
    form->addRow(tr("Clients"), m_hints);
    form->addRow(m_nameProblem);
    auto *answerLabel = new QLabel(tr("Ans&wer"), parent);
    answerLabel->setBuddy(m_answer->kindBox());
    form->addRow(answerLabel, m_answer);
    m_fields = form;
    return form;
}

void ServerForm::buildApplyBar(QVBoxLayout *column)
{
    m_applyBar = new QFrame(m_serving);
    m_applyBar->setObjectName(QStringLiteral("applyBar"));
    m_applyBar->setFrameShape(QFrame::StyledPanel);
    auto *note = new NoteLabel(m_applyBar);
    note->setNote(NoteLabel::Kind::Info,
                  tr("This acts when listening starts anew. Clients that are "
                     "connected stay."));
    auto *apply = new QPushButton(tr("Apply: listen again"), m_applyBar);
    apply->setObjectName(QStringLiteral("applyButton"));
    auto *undo = new QPushButton(tr("Revert"), m_applyBar);
    undo->setObjectName(QStringLiteral("revertButton"));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(apply, 1);
    buttons->addWidget(undo);
    auto *inside = new QVBoxLayout(m_applyBar);
    inside->setContentsMargins(10, 8, 10, 8);
    inside->addWidget(note);
    inside->addLayout(buttons);
    m_applyBar->hide();
    column->addWidget(m_applyBar);
    connect(apply, &QPushButton::clicked, this, &ServerForm::applyAsked);
    connect(undo, &QPushButton::clicked, this, &ServerForm::revert);
}

void ServerForm::connectFields()
{
    connect(m_name, &QComboBox::editTextChanged, this, [this] {
        resolve(true);
        showState();
    });
    connect(m_name->lineEdit(), &QLineEdit::editingFinished, this, &ServerForm::specEdited);
    connect(m_name->lineEdit(), &QLineEdit::returnPressed, this, [this] {
        if (!isActive())
            buttonClicked();
    });
    connect(m_answer, &AnswerBox::answerChanged, this, &ServerForm::specEdited);
    connect(m_access, &AccessBox::optionsChanged, this, [this] {
        resolve(false);
        showInForce();
        showState();
        Q_EMIT specEdited();
    });
    connect(m_access, &AccessBox::enforcingChanged, this, &ServerForm::specEdited);
    connect(m_access, &AccessBox::previewChanged, this, &ServerForm::showAddress);
    connect(m_advanced, &AdvancedBox::backlogChanged, this, [this] {
        showState();
        Q_EMIT specEdited();
    });
    connect(m_advanced, &AdvancedBox::valuesChanged, this, &ServerForm::specEdited);
    connect(m_start, &QPushButton::clicked, this, &ServerForm::buttonClicked);
}

void ServerForm::setDraft(const ServerSpec &spec)
{
    m_info.reset();
    m_access->setInForce({});
    showSpec(spec);
    showState();
}

void ServerForm::setServer(const ServerInfo &info)
{
    const bool isOther = !m_info || m_info->id != info.id;
    const ServerSpec before = m_info ? m_info->spec : ServerSpec {};
    m_info = info;
    if (isOther)
        showSpec(info.spec);
    else if (before != info.spec)
        showChanges(before, info.spec);
    showInForce();
    showState();
}

ServerId ServerForm::server() const
{
    return m_info ? m_info->id : ServerId {};
}

ServerSpec ServerForm::spec() const
{
    // What has no field here stays as it was.
    ServerSpec spec = m_info ? m_info->spec : ServerSpec {};
    spec.name = m_name->currentText();
    spec.access = m_access->options();
    spec.enforceAccess = m_access->enforces();
    spec.answer = m_answer->answer();
    m_advanced->writeTo(spec);
    return spec;
}

bool ServerForm::needsListenAgain() const
{
    if (!isActive() || isPlaceTap()) // its access is that of the socket whose place it takes
        return false;
    const ServerSpec now = spec();
    return m_info->needsRestart || now.name != m_info->spec.name
        || now.access != m_info->accessInForce || now.backlog != m_info->spec.backlog;
}

void ServerForm::setRecentNames(const QStringList &names)
{
    const QString text = m_name->currentText();
    const QSignalBlocker silent(m_name);
    m_name->clear();
    m_name->addItems(names);
    m_name->setEditText(text);
}

void ServerForm::suggestName(const QString &name)
{
    m_name->setEditText(name);
    m_name->setFocus(Qt::OtherFocusReason);
    m_name->lineEdit()->selectAll();
}

QString ServerForm::addressText() const
{
    return m_addressField->address();
}

QString ServerForm::nameProblemText() const
{
    return m_nameProblem->text();
}

void ServerForm::showSpec(const ServerSpec &spec)
{
    {
        const QSignalBlocker silent(m_name);
        if (m_name->currentText() != spec.name)
            m_name->setEditText(spec.name);
    }
    m_answer->setAnswer(spec.answer);
    m_access->setEnforcing(spec.enforceAccess);
    m_access->setOptions(spec.access);
    m_advanced->readFrom(spec);
    resolve(false);
}

void ServerForm::showChanges(const ServerSpec &before, const ServerSpec &now)
{
    // Only what the engine says anew: what the user changed and has not applied must stay.
    if (before.name != now.name && m_name->currentText() != now.name) {
        const QSignalBlocker silent(m_name);
        m_name->setEditText(now.name);
    }
    if (before.answer != now.answer)
        m_answer->setAnswer(now.answer);
    if (before.enforceAccess != now.enforceAccess)
        m_access->setEnforcing(now.enforceAccess);
    if (before.access != now.access)
        m_access->setOptions(now.access);
    if (before.backlog != now.backlog || before.maxConnections != now.maxConnections
        || before.policy != now.policy || before.readSize != now.readSize)
        m_advanced->readFrom(now);
    resolve(false);
}

void ServerForm::resolve(bool pause)
{
    // A server's own address may be one that QLocalServer could not listen on.
    m_address = isPlaceTap() ? SocketAddress::parse(m_info->spec.name)
                             : resolveName(m_name->currentText(), m_access->options(), m_context);
    m_access->setAddress(m_address.value_or(SocketAddress()), pause);
    showAddress();
}

void ServerForm::showAddress()
{
    if (m_info && (m_info->isClient || isPlaceTap())) {
        m_addressField->setAddress(m_info->address.display());
        m_nameProblem->clear();
        return;
    }
    m_addressField->setAddress(m_address ? m_address->display() : QStringLiteral("–"));
    if (!m_address) {
        m_nameProblem->setNote(
            NoteLabel::Kind::Error, whatHappened(m_address.error()),
            (whyItHappened(m_address.error()) + QLatin1Char('\n') + whatToDo(m_address.error()))
                .trimmed());
        return;
    }
    const std::optional<AccessPreview> &preview = m_access->preview();
    const bool isCurrent = preview && preview->rights.address == *m_address;
    if (!isCurrent || !preview->obstacle || isActive()) {
        m_nameProblem->clear();
        return;
    }
    const Problem &obstacle = *preview->obstacle;
    m_nameProblem->setNote(NoteLabel::Kind::Error, whatHappened(obstacle), whatToDo(obstacle));
}

void ServerForm::showState()
{
    const bool isClient = m_info && m_info->isClient;
    const bool active = isActive();
    const bool isTap = m_info && m_info->spec.isTap();
    m_serving->setVisible(!isClient);
    m_answer->setEnabled(!isClient);
    m_fields->setRowVisible(m_answer, !isTap); // it is the server that answers
    m_fields->setRowVisible(m_upstream, isTap && !isPlaceTap());
    if (isTap)
        m_upstream->setAddress(m_info->spec.upstream);
    showHints();
    m_name->setEnabled(!isClient && !isPlaceTap());
    m_access->setEnabled(!isPlaceTap());
    m_start->setText(isTap        ? active ? tr("Stop the tap") : tr("Start the tap")
                                : active ? tr("Stop listening")
                                  : tr("Start listening"));
    m_start->setIcon(icon(active ? QStringLiteral("stop") : QStringLiteral("start")));
    m_start->setEnabled(active || m_address.has_value());
    m_applyBar->setVisible(needsListenAgain());
    const QString name = m_info ? m_info->spec.name.section(QLatin1Char('/'), -1) : QString();
    m_header->setTitle(
        !m_info        ? tr("New server")
            : isClient ? tr("Outgoing")
            : isTap    ? tr("Tap of %1").arg(m_info->spec.upstream.section(QLatin1Char('/'), -1))
            : name.isEmpty() ? tr("Server")
                             : tr("Server %1").arg(name));
    m_header->setDetail(m_info && m_info->state == ServerState::Paused ? tr("paused") : QString());
    if (isClient)
        m_hint->setNote(NoteLabel::Kind::Info,
                        tr("Sockeye is the client here: it connected to this address."));
    else if (isTap)
        m_hint->setNote(NoteLabel::Kind::Info, tapText());
    else
        m_hint->clear();
}

/// Who is not pointed at a tap beside its server goes past it.
void ServerForm::showHints()
{
    const bool isBeside = m_info && m_info->spec.isTap() && !isPlaceTap();
    const Result<SocketAddress> server =
        isBeside ? SocketAddress::parse(m_info->spec.upstream) : m_address;
    if (!isBeside || !server || !m_address)
        m_hints->setHints({});
    else
        m_hints->setHints(
            clientHints(*server, *m_address, QProcessEnvironment::systemEnvironment()));
    m_fields->setRowVisible(m_hints, !m_hints->isEmpty());
}

QString ServerForm::tapText() const
{
    if (!isPlaceTap())
        return m_hints->isEmpty()
            ? tr("Point the clients at the address: those that connect there are handed on to the "
                 "server, which answers; both directions are recorded.")
            : tr("Clients that are started with the variable above connect to the tap, which "
                 "hands them on to the server; both directions are recorded.");
    return isActive() ? tr("Sockeye stands in the server's place: the server answers, with the "
                           "access of its own socket. Stopping puts the socket back; connections "
                           "that are open go on.")
                      : tr("The server's own socket is in its place. Starting the tap exchanges it "
                           "for Sockeye's, which hands clients on.");
}

void ServerForm::showInForce()
{
    if (isActive() && isPlaceTap())
        m_access->setOptions(m_info->accessInForce);
    // Only while the boxes say what is in force; with other boxes the planned rights are shown.
    if (!isActive() || m_access->options() != m_info->accessInForce) {
        m_access->setInForce({});
        return;
    }
    SocketRights rights;
    rights.address = m_info->address;
    rights.owner = m_info->owner;
    rights.group = m_info->group;
    rights.mode = m_info->mode.value_or(0);
    if (m_info->spec.enforceAccess)
        rights.enforced = m_info->accessInForce;
    m_access->setInForce(rights);
    showAddress();
}

void ServerForm::revert()
{
    if (!m_info)
        return;
    ServerSpec inForce = m_info->spec;
    inForce.access = m_info->accessInForce;
    showSpec(inForce);
    showInForce();
    showState();
    Q_EMIT specEdited();
}

void ServerForm::copyAddress()
{
    if (m_address)
        QGuiApplication::clipboard()->setText(m_address->display());
}

void ServerForm::buttonClicked()
{
    if (isActive())
        Q_EMIT stopAsked();
    else if (m_address)
        Q_EMIT startAsked();
}

bool ServerForm::isPlaceTap() const
{
    return m_info && m_info->spec.isTap() && m_info->spec.isInPlace;
}

bool ServerForm::isActive() const
{
    return m_info
        && (m_info->state == ServerState::Listening || m_info->state == ServerState::Paused);
}

} // namespace Sockeye
