// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/traffic/recordpanel.h"

#include "core/models/textformat.h"
#include "ui/traffic/bytesource.h"
#include "ui/traffic/hexview.h"
#include "ui/traffic/streamview.h"
#include "ui/traffic/textview.h"
#include "ui/widgets/theme.h"

#include <QLabel>
#include <QTabWidget>
#include <QVBoxLayout>

namespace Sockeye {

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
    , m_stream(new StreamView(this))
    , m_label(new QLabel(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_tabs);
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Record"));
    m_tabs->addTab(m_hex, tr("&Hex"));
    m_tabs->addTab(m_text, tr("&Text"));
    m_tabs->addTab(m_stream, tr("St&ream"));
    m_tabs->setTabToolTip(0, tr("The bytes of the selected record"));
    m_tabs->setTabToolTip(1, tr("The same bytes as text; what is not printable as symbols"));
    m_tabs->setTabToolTip(2, tr("The whole conversation of its connection, both directions"));
    m_label->setForegroundRole(QPalette::PlaceholderText);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setContentsMargins(8, 0, 8, 4);
    m_tabs->setCornerWidget(m_label);
    connect(m_tabs, &QTabWidget::currentChanged, this, &RecordPanel::updateShown);
    updateShown();
}

RecordPanel::~RecordPanel() = default;

void RecordPanel::setLog(const CaptureLog *log)
{
    setRecord(std::nullopt);
    m_log = log;
    m_stream->setLog(log);
}

void RecordPanel::setRecord(std::optional<RecordIndex> index)
{
    const std::optional<Record> record = m_log && index ? m_log->record(*index) : std::nullopt;
    m_index = record ? index : std::nullopt;
    m_source.reset();
    m_textSource.reset();
    m_hexSource.reset();
    if (record) {
        m_epoch = m_log->cursor().epoch;
        m_source = std::make_shared<RecordSource>(*m_log, *record);
    }
    m_label->setText(record ? labelOf(*record) : QString());
    updateShown();
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
        m_stream->setEmptyText(m_source ? tr("No bytes yet") : title,
                               m_source ? tr("This connection has not sent anything.") : text);
        m_stream->setConnection(m_source ? m_source->record().connection : ConnectionId());
        m_stream->refresh();
        break;
    }
}

} // namespace Sockeye
