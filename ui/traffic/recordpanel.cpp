// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/recordpanel.h"

#include "core/models/textformat.h"
#include "ui/access/notelabel.h"
#include "ui/traffic/bytesource.h"
#include "ui/traffic/decodepanel.h"
#include "ui/traffic/hexview.h"
#include "ui/traffic/streampanel.h"
#include "ui/traffic/streamview.h"
#include "ui/traffic/textview.h"
#include "ui/widgets/theme.h"

#include <QLabel>
#include <QTabWidget>
#include <QVBoxLayout>

namespace Sockeye {

namespace {

/// Of a note: descriptors are up to 253, each with its path; the tool tip tells more of them.
constexpr qsizetype noteLimit = 300;
constexpr qsizetype noteToolTipLimit = 4000;

QString shortened(const QString &text, qsizetype limit)
{
    return text.size() > limit ? text.first(limit) + QChar(0x2026) : text;
}

} // namespace

/// The payload of one record, read from the log when it is asked for.
class RecordPanel::RecordSource final : public ByteSource
{
public:
    RecordSource(const CaptureLog &log, const Record &record)
        : m_log(log)
        , m_record(record)
    { }
    [[nodiscard]] qint64 size() const override
    {
        return m_record.kind == RecordKind::Data ? static_cast<qint64>(m_record.length) : 0;
    }
    [[nodiscard]] QByteArray bytes(qint64 offset, qint64 maximum) const override
    {
        return m_log.payload(m_record.index, offset, maximum);
    }
    [[nodiscard]] const Record &record() const { return m_record; }

private:
    const CaptureLog &m_log;
    Record m_record;
};

RecordPanel::RecordPanel(QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabWidget(this))
    , m_hex(new HexView(this))
    , m_text(new TextView(this))
    , m_stream(new StreamPanel(this))
    , m_decode(new DecodePanel(this))
    , m_note(new NoteLabel(this))
    , m_label(new QLabel(this))
{
    build();
    connect(m_tabs, &QTabWidget::currentChanged, this, &RecordPanel::updateShown);
    connect(m_decode, &DecodePanel::recordAsked, this, &RecordPanel::recordAsked);
    connect(m_stream, &StreamPanel::saveAsked, this, &RecordPanel::saveAsked);
    updateShown();
}

void RecordPanel::build()
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_tabs, 1);
    layout->addWidget(m_note);
    m_note->setObjectName(QStringLiteral("recordNote"));
    m_note->setContentsMargins(8, 5, 8, 5);
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Record"));
    m_tabs->addTab(m_hex, tr("&Hex"));
    m_tabs->addTab(m_text, tr("&Text"));
    m_tabs->addTab(m_stream, tr("St&ream"));
    m_tabs->addTab(m_decode, tr("&Decoded"));
    m_tabs->setTabToolTip(0, tr("The bytes of the selected record"));
    m_tabs->setTabToolTip(1, tr("The same bytes as text; what is not printable as symbols"));
    m_tabs->setTabToolTip(2, tr("The whole conversation of its connection"));
    m_tabs->setTabToolTip(3, tr("The message it belongs to, field by field"));
    m_label->setForegroundRole(QPalette::PlaceholderText);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setContentsMargins(8, 0, 8, 4);
    m_tabs->setCornerWidget(m_label);
}

RecordPanel::~RecordPanel() = default;

void RecordPanel::setLog(const CaptureLog *log)
{
    setRecord(std::nullopt);
    m_log = log;
    m_stream->view()->setLog(log);
    m_decode->setLog(log);
}

void RecordPanel::setRecord(std::optional<RecordIndex> index)
{
    const std::optional<Record> record = m_log && index ? m_log->record(*index) : std::nullopt;
    m_index = record ? index : std::nullopt;
    m_followed = {};
    m_source.reset();
    m_textSource.reset();
    m_hexSource.reset();
    if (record) {
        m_epoch = m_log->cursor().epoch;
        m_source = std::make_shared<RecordSource>(*m_log, *record);
    }
    updateShown();
}

void RecordPanel::followConnection(ConnectionId id)
{
    m_followed = id;
    setTab(Tab::Stream);
    updateShown();
}

StreamView *RecordPanel::streamView() const
{
    return m_stream->view();
}

ConnectionId RecordPanel::shownConnection() const
{
    if (m_followed.isValid())
        return m_followed;
    return m_source ? m_source->record().connection : ConnectionId();
}

QString RecordPanel::noteText() const
{
    return m_note->text();
}

QString RecordPanel::labelOf(const Record &record) const
{
    const QChar arrow(record.direction == Direction::ToServer ? 0x2192 : 0x2190);
    QStringList parts = {spacedTime(timeOfDay(record.time)),
                         tr("conn %1 %2").arg(QString::number(record.connection.value), arrow)};
    if (record.kind == RecordKind::Data)
        parts << byteCount(record.length);
    return parts.join(QStringLiteral(" · "));
}

void RecordPanel::refresh()
{
    // The log was cleared: its indexes mean other records now.
    if (m_index && m_log->cursor().epoch != m_epoch)
        setRecord(std::nullopt);
    if (tab() == Tab::Stream)
        m_stream->refresh();
    else if (tab() == Tab::Decoded)
        m_decode->refresh();
}

void RecordPanel::setTab(Tab tab)
{
    m_tabs->setCurrentIndex(static_cast<int>(tab));
}

RecordPanel::Tab RecordPanel::tab() const
{
    return static_cast<Tab>(m_tabs->currentIndex());
}

/// Only the tab that can be seen reads bytes.
void RecordPanel::updateShown()
{
    const QString title = m_source ? tr("No bytes in this record") : tr("No record selected");
    const QString text = m_source ? tr("It tells how the connection began or ended.")
                                  : tr("Select a record in the traffic table.");
    switch (tab()) {
    case Tab::Hex:
        m_hex->setEmptyText(title, text);
        if (m_hexSource != m_source || !m_source) {
            m_hexSource = m_source;
            m_hex->setSource(m_source);
        }
        break;
    case Tab::Text:
        m_text->setEmptyText(title, text);
        if (m_textSource != m_source || !m_source) {
            m_textSource = m_source;
            m_text->setBytes(m_source ? m_source->bytes(0, TextView::limit) : QByteArray(),
                             m_source ? m_source->size() : 0);
        }
        break;
    case Tab::Stream:
        m_stream->setEmptyText(title, text);
        m_stream->setConnection(shownConnection());
        m_stream->refresh();
        break;
    case Tab::Decoded:
        m_decode->setRecord(m_index);
        m_decode->refresh();
        break;
    }
    updateLabel();
    updateNote();
}

void RecordPanel::updateLabel()
{
    const ConnectionId connection = shownConnection();
    if (tab() == Tab::Stream)
        m_label->setText(connection.isValid() ? tr("conn %1").arg(connection.value) : QString());
    else
        m_label->setText(m_source ? labelOf(m_source->record()) : QString());
}

/// The stream has it in its place.
void RecordPanel::updateNote()
{
    if (!m_source || tab() == Tab::Stream) {
        m_note->clear();
        return;
    }
    // Notes of opened files were written by others: made showable like any other bytes.
    const QString note = preview(m_log->note(m_source->record().index).toUtf8());
    m_note->setNote(NoteLabel::Kind::Info, shortened(note, noteLimit),
                    note.size() > noteLimit ? shortened(note, noteToolTipLimit).toHtmlEscaped()
                                            : QString());
}

} // namespace Sockeye
