// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/decodepanel.h"

#include "core/base/byteview.h"
#include "core/models/decodedmodel.h"
#include "core/models/textformat.h"
#include "ui/access/notelabel.h"
#include "ui/traffic/bytesource.h"
#include "ui/traffic/hexview.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace Sockeye {

namespace {

/// Of a message: more is no message that people read as a tree, and takes the time of a frame.
constexpr qint64 decodedBytes = 256 * 1024;

constexpr const char *framerTexts[] = {
    "record",
    "line",
    "null",
    "content-length",
    "http",
    "dbus",
    "postgresql",
    "wayland",
    "qdatastream",
    "length:4",
    "length:4:little",
    "length:2",
    "length:varint",
    "fixed:16",
};

constexpr DecoderKind decoders[] = {
    DecoderKind::Text,     DecoderKind::Json,        DecoderKind::Cbor,    DecoderKind::MessagePack,
    DecoderKind::Xml,      DecoderKind::Http1,       DecoderKind::DBus,    DecoderKind::PostgreSql,
    DecoderKind::Protobuf, DecoderKind::QDataStream, DecoderKind::Wayland,
};

/// What speaks for itself without a guess.
DecoderKind decoderOf(FramerKind framer)
{
    switch (framer) {
    case FramerKind::Http1:
        return DecoderKind::Http1;
    case FramerKind::DBus:
        return DecoderKind::DBus;
    case FramerKind::PostgreSql:
        return DecoderKind::PostgreSql;
    case FramerKind::Wayland:
        return DecoderKind::Wayland;
    case FramerKind::QDataStreamBlock:
        return DecoderKind::QDataStream;
    case FramerKind::ContentLength:
        return DecoderKind::Json;
    default:
        return DecoderKind::Text;
    }
}

} // namespace

DecodePanel::DecodePanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new DecodedModel(this))
{
    build();
    updateText();
}

DecodePanel::~DecodePanel()
{
    m_messages.reset(); // its thread looks at the log
}

void DecodePanel::build()
{
    m_tree = new QTreeView(this);
    m_tree->setModel(m_model);
    m_tree->setAccessibleName(tr("Fields of the message"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(DecodedModel::ValueColumn, QHeaderView::Stretch);
    m_tree->header()->resizeSection(DecodedModel::FieldColumn, 220);
    m_tree->header()->resizeSection(DecodedModel::TypeColumn, 110);
    m_empty = new EmptyState(m_tree);
    m_empty->modelChanged();
    m_hex = new HexView(this);
    m_hex->setEmptyText({}, {});
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_tree);
    splitter->addWidget(m_hex);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    m_note = new NoteLabel(this);
    m_note->setContentsMargins(8, 4, 8, 4);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(buildBar());
    column->addWidget(splitter, 1);
    column->addWidget(m_note);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &DecodePanel::fieldSelected);
    connect(m_hex, &HexView::selectionChanged, this, &DecodePanel::byteSelected);
}

QWidget *DecodePanel::buildBar()
{
    auto *bar = new QWidget(this);
    m_framerBox = new QComboBox(bar);
    m_framerBox->setEditable(true);
    m_framerBox->setInsertPolicy(QComboBox::NoInsert);
    m_framerBox->setAccessibleName(tr("How bytes are cut into messages"));
    m_framerBox->setToolTip(
        tr("How the bytes of the connection are cut into messages. length:4:little:offset=2, "
           "delimiter:0d0a, fixed:16 and the like can be typed."));
    m_framerBox->addItem(tr("guess"));
    for (const char *text : framerTexts)
        m_framerBox->addItem(QLatin1String(text));
    m_decoderBox = new QComboBox(bar);
    m_decoderBox->setAccessibleName(tr("What the messages are"));
    m_decoderBox->setToolTip(tr("What the messages are decoded as"));
    m_decoderBox->addItem(tr("guess"));
    for (const DecoderKind kind : decoders)
        m_decoderBox->addItem(decoderName(kind), static_cast<int>(kind));
    m_text = new QLabel(bar);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_text->setTextFormat(Qt::PlainText);
    const auto button = [&](const char *iconName, const QString &text, int by) {
        auto *made = new QToolButton(bar);
        made->setIcon(icon(QLatin1String(iconName)));
        made->setAutoRaise(true);
        made->setToolTip(text);
        made->setAccessibleName(text);
        connect(made, &QToolButton::clicked, this, [this, by] { step(by); });
        return made;
    };
    m_previous = button("arrow-left", tr("Previous message"), -1);
    m_next = button("arrow-right", tr("Next message"), 1);
    auto *framerLabel = new QLabel(tr("&Messages"), bar);
    framerLabel->setBuddy(m_framerBox);
    auto *decoderLabel = new QLabel(tr("&as"), bar);
    decoderLabel->setBuddy(m_decoderBox);
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 5, 8, 5);
    row->addWidget(framerLabel);
    row->addWidget(m_framerBox);
    row->addWidget(decoderLabel);
    row->addWidget(m_decoderBox);
    row->addStretch(1);
    row->addWidget(m_text);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    connect(m_framerBox, &QComboBox::textActivated, this, &DecodePanel::framerChosen);
    // What is typed and in no list activates nothing.
    connect(m_framerBox->lineEdit(), &QLineEdit::returnPressed, this, &DecodePanel::framerChosen);
    connect(m_decoderBox, &QComboBox::activated, this, &DecodePanel::decoderChosen);
    return bar;
}

void DecodePanel::setLog(const CaptureLog *log)
{
    setRecord(std::nullopt);
    m_messages.reset();
    m_choices.clear();
    m_log = log;
    if (log)
        m_messages = std::make_unique<Messages>(*log);
}

void DecodePanel::setRecord(std::optional<RecordIndex> index)
{
    const ConnectionId before = m_record ? m_record->connection : ConnectionId();
    m_record = m_log && index ? m_log->record(*index) : std::nullopt;
    if (!m_record) {
        showMessage(std::nullopt);
        if (m_messages)
            m_messages->follow({});
        return;
    }
    if (m_record->connection != before) {
        followAgain();
        return;
    }
    showMessage(m_messages->messageOf(m_record->index));
}

DecodePanel::Choice &DecodePanel::choice()
{
    return m_choices[m_record ? m_record->server.value : 0];
}

void DecodePanel::followAgain()
{
    m_message.reset();
    m_model->clear();
    m_progress = {};
    if (m_messages && m_record)
        m_messages->follow(m_record->connection, choice().framer);
    updateText();
}

void DecodePanel::refresh()
{
    if (!m_messages || !m_record || !isVisible())
        return;
    // Thirty times a second: only if there is something for the thread to look at.
    if (const CaptureCursor now = m_log->cursor(); now != m_seen) {
        m_seen = now;
        m_messages->wake();
    }
    const size_t before = m_progress.count;
    const FramerSettings framer = m_progress.framer;
    m_progress = m_messages->take();
    if (before == 0 || m_progress.framer != framer)
        showGuess();
    if (!m_message && m_progress.count > before)
        showMessage(m_messages->messageOf(m_record->index));
    updateText();
}

void DecodePanel::showGuess()
{
    const Choice &chosen = choice();
    const bool hasGuess = !m_progress.guesses.empty();
    m_framerBox->setItemText(0,
                             hasGuess
                                 ? tr("guess: %1").arg(m_progress.guesses.front().framer.toString())
                                 : tr("guess: record"));
    m_decoderBox->setItemText(
        0,
        tr("guess: %1")
            .arg(decoderName(hasGuess ? m_progress.guesses.front().decoder : DecoderKind::Text)));
    if (!m_framerBox->lineEdit()->hasFocus())
        m_framerBox->setEditText(chosen.framer ? chosen.framer->toString()
                                               : m_framerBox->itemText(0));
    m_decoderBox->setCurrentIndex(
        chosen.decoder ? m_decoderBox->findData(static_cast<int>(*chosen.decoder)) : 0);
    if (hasGuess && !chosen.framer)
        m_note->setNote(NoteLabel::Kind::Info,
                        tr("%1 (%2 %)")
                            .arg(m_progress.guesses.front().evidence)
                            .arg(m_progress.guesses.front().confidence));
    else
        m_note->clear();
}

void DecodePanel::framerChosen()
{
    const QString text = m_framerBox->currentText().trimmed();
    if (text.startsWith(tr("guess"))) {
        setFramer(std::nullopt);
        return;
    }
    const Result<FramerSettings> settings = FramerSettings::parse(text);
    if (!settings) {
        m_note->setNote(NoteLabel::Kind::Error,
                        settings.error().args.value(QStringLiteral("what")));
        return;
    }
    setFramer(*settings);
}

/// Enter in the box tells it twice where the list has what was typed.
void DecodePanel::setFramer(const std::optional<FramerSettings> &framer)
{
    if (choice().framer == framer) {
        showGuess();
        return;
    }
    choice().framer = framer;
    followAgain();
}

void DecodePanel::decoderChosen()
{
    const QVariant kind = m_decoderBox->currentData();
    choice().decoder =
        kind.isValid() ? std::optional(static_cast<DecoderKind>(kind.toInt())) : std::nullopt;
    decode();
}

DecoderKind DecodePanel::decoderInUse() const
{
    const auto chosen = m_choices.find(m_record ? m_record->server.value : 0);
    if (chosen != m_choices.end() && chosen->second.decoder)
        return *chosen->second.decoder;
    const bool isGuessed = chosen == m_choices.end() || !chosen->second.framer;
    if (isGuessed && !m_progress.guesses.empty())
        return m_progress.guesses.front().decoder;
    return decoderOf(m_progress.framer.kind);
}

void DecodePanel::step(int by)
{
    if (!m_messages || m_progress.count == 0)
        return;
    const auto last = static_cast<qint64>(m_progress.count) - 1;
    const qint64 next = m_message ? static_cast<qint64>(*m_message) + by : 0;
    if (next < 0 || next > last)
        return;
    const Message message = m_messages->at(static_cast<size_t>(next));
    if (const auto record = m_log->record(message.firstRecord))
        m_record = record;
    m_message = static_cast<size_t>(next);
    decode();
    Q_EMIT recordAsked(message.firstRecord);
}

void DecodePanel::showMessage(std::optional<size_t> number)
{
    // Where a record has several messages, the one that was stepped to stays.
    if (number && m_message && *number != *m_message && m_record) {
        const Message shown = m_messages->at(*m_message);
        if (shown.firstRecord == m_record->index && shown.direction == m_record->direction)
            return;
    }
    m_message = number;
    decode();
}

void DecodePanel::decode()
{
    if (!m_message) {
        m_model->clear();
        m_hex->setSource(std::make_shared<MemorySource>(QByteArray()));
        updateText();
        return;
    }
    const Message message = m_messages->at(*m_message);
    const QByteArray body = m_messages->body(message, decodedBytes);
    MessageContext context;
    context.direction = message.direction;
    context.form = message.frame.form;
    context.isCut = message.frame.state != FrameState::Whole
        || static_cast<quint64>(body.size()) < message.frame.bodyLength;
    const auto decoder = Decoder::create(decoderInUse());
    m_model->setDecoded(decoder->decode(asBytes(body), context));
    m_tree->expandToDepth(1);
    m_hex->setSource(std::make_shared<MemorySource>(body));
    updateText();
}

void DecodePanel::updateText()
{
    QString title = tr("No record selected");
    QString text = tr("Select a record in the traffic table.");
    if (m_record && m_progress.isCaughtUp) {
        title = tr("No message yet");
        text = tr("What this record holds is no whole message, or it holds no bytes.");
    } else if (m_record) {
        title = tr("Looking for messages…");
        text.clear();
    }
    m_empty->setTitle(title);
    m_empty->setText(text);
    m_previous->setEnabled(m_message && *m_message > 0);
    m_next->setEnabled(m_message && *m_message + 1 < m_progress.count);
    if (!m_message) {
        m_text->clear();
        return;
    }
    const Message message = m_messages->at(*m_message);
    QStringList parts = {
        tr("Message %1 of %2").arg(numberText(*m_message + 1), numberText(m_progress.count)),
        message.direction == Direction::ToServer ? QStringLiteral("→") : QStringLiteral("←"),
        byteCount(message.frame.length)};
    if (message.frame.state == FrameState::Cut)
        parts << tr("cut off");
    else if (message.frame.state == FrameState::Unframed)
        parts << tr("no message of this kind");
    m_text->setText(parts.join(QStringLiteral(" · ")));
}

QString DecodePanel::messageText() const
{
    return m_text->text();
}

void DecodePanel::fieldSelected()
{
    if (m_isSelecting)
        return;
    const QScopedValueRollback selecting(m_isSelecting, true);
    const QModelIndex field = m_tree->currentIndex();
    const DecodedNode &node = m_model->node(field);
    if (field.isValid() && node.length > 0)
        m_hex->select(static_cast<qint64>(node.offset), static_cast<qint64>(node.length));
    else
        m_hex->clearSelection();
}

void DecodePanel::byteSelected()
{
    if (m_isSelecting || !m_hex->hasSelection())
        return;
    const QScopedValueRollback selecting(m_isSelecting, true);
    const QModelIndex field = m_model->fieldAt(static_cast<quint64>(m_hex->selectionStart()));
    if (!field.isValid())
        return;
    m_tree->setCurrentIndex(field);
    m_tree->scrollTo(field);
}

} // namespace Sockeye
