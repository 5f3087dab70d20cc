// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/captureview.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"
#include "core/models/trafficmodel.h"
#include "ui/access/notelabel.h"
#include "ui/traffic/recordpanel.h"
#include "ui/traffic/trafficview.h"
#include "ui/widgets/filteredit.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

namespace Sockeye {

CaptureView::CaptureView(std::shared_ptr<CaptureSource> source, const QString &file,
                         QWidget *parent)
    : QWidget(parent)
    , m_file(file)
    , m_source(std::move(source))
    , m_model(std::make_unique<TrafficModel>(m_source->log()))
{
    build();
    connectParts();
    m_traffic->setTitle(QFileInfo(file).fileName());
    m_traffic->setLive(false);
    m_traffic->setModel(m_model.get());
    m_record->setLog(&m_source->log());
    updateNote();
}

CaptureView::~CaptureView()
{
    // The views are children and go after the members: they must not look back.
    m_traffic->setModel(nullptr);
    m_record->setLog(nullptr);
}

void CaptureView::build()
{
    m_filter = new FilterEdit(this);
    auto *filterRow = new QWidget(this);
    auto *filterLayout = new QHBoxLayout(filterRow);
    filterLayout->setContentsMargins(8, 6, 8, 6);
    filterLayout->addWidget(m_filter);
    m_traffic = new TrafficView(this);
    m_record = new RecordPanel(this);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_traffic);
    splitter->addWidget(m_record);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);

    m_noteRow = new QWidget(this);
    m_note = new NoteLabel(m_noteRow);
    m_noteButton = new QPushButton(m_noteRow);
    auto *noteLayout = new QHBoxLayout(m_noteRow);
    noteLayout->setContentsMargins(12, 6, 12, 6);
    noteLayout->addWidget(m_note, 1);
    noteLayout->addWidget(m_noteButton);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(filterRow);
    column->addWidget(splitter, 1);
    column->addWidget(m_noteRow);
    setFocusProxy(m_traffic);
}

void CaptureView::connectParts()
{
    connect(m_filter, &FilterEdit::filterChanged, this, [this](const CaptureFilter &filter) {
        m_model->setFilter(filter);
        m_traffic->setFiltered(!filter.matchesEverything());
    });
    connect(m_filter, &FilterEdit::errorChanged, m_traffic,
            [this] { m_traffic->setFilterBroken(m_filter->hasError()); });
    connect(m_traffic, &TrafficView::filterAsked, m_filter, &FilterEdit::setExpression);
    connect(m_traffic, &TrafficView::clearFilterAsked, m_filter,
            [this] { m_filter->setExpression({}); });
    connect(m_traffic, &TrafficView::currentRecordChanged, m_record, &RecordPanel::setRecord);
    connect(m_record, &RecordPanel::recordAsked, m_traffic, &TrafficView::showRecord);
    connect(m_traffic, &TrafficView::followAsked, m_record, &RecordPanel::followConnection);
    connect(m_noteButton, &QPushButton::clicked, this, &CaptureView::noteButtonClicked);
}

void CaptureView::refresh()
{
    m_traffic->refresh();
    m_record->refresh();
    updateNote();
}

QString CaptureView::statusText() const
{
    const CaptureStatistics figures = m_source->log().statistics();
    QStringList parts = {figures.records == 1 ? tr("1 record")
                                              : tr("%1 records").arg(numberText(figures.records)),
                         byteCount(static_cast<quint64>(figures.bytesOnDisk))};
    if (figures.gaps > 0)
        parts << (figures.gaps == 1 ? tr("1 gap") : tr("%1 gaps").arg(numberText(figures.gaps)));
    const bool isGrowing = m_wasRead && figures.records > m_recordsRead;
    parts << (isGrowing && m_source->reading().isFollowed ? tr("grows with the file")
                                                          : tr("read-only"));
    return parts.join(QStringLiteral(" · "));
}

QString CaptureView::noteText() const
{
    return m_noteRow->isVisibleTo(this) ? m_note->text() : QString();
}

void CaptureView::updateNote()
{
    const CaptureReading reading = m_source->reading();
    const bool isStopped = m_isStopped && !m_wasRead;
    if (reading.isReading && !isStopped) {
        const qint64 percent = reading.size > 0 ? reading.read * 100 / reading.size : 0;
        // What others write to the file is read in the same breath.
        if (!m_wasRead) {
            setNote(false,
                    tr("Reading: %1 % of %2")
                        .arg(percent)
                        .arg(byteCount(static_cast<quint64>(reading.size))),
                    tr("&Stop"));
        }
        return;
    }
    if (isStopped) {
        setNote(true,
                tr("Stopped: the first %1 of %2 are shown.")
                    .arg(byteCount(static_cast<quint64>(reading.read)),
                         byteCount(static_cast<quint64>(reading.size))),
                {});
        return;
    }
    const quint64 records = m_source->log().cursor().end;
    if (!m_wasRead) {
        m_wasRead = true;
        m_recordsRead = records;
    } else if (records > m_recordsRead && reading.isFollowed) {
        m_traffic->setLive(true); // there is something to follow
    }
    if (const std::optional<Problem> damage = m_source->problem())
        setNote(true, whatHappened(*damage) + QLatin1Char(' ') + whatToDo(*damage),
                tr("Save the &good part…"));
    else
        setNote(false, {}, {});
}

void CaptureView::setNote(bool isWarning, const QString &text, const QString &button)
{
    if (m_note->text() != text)
        m_note->setNote(isWarning ? NoteLabel::Kind::Warning : NoteLabel::Kind::Info, text);
    m_noteButton->setText(button);
    m_noteButton->setVisible(!button.isEmpty());
    m_noteRow->setVisible(!text.isEmpty());
}

void CaptureView::noteButtonClicked()
{
    if (m_source->reading().isReading) {
        m_isStopped = true;
        m_source->stop();
        updateNote();
    } else {
        Q_EMIT saveAsked();
    }
}

} // namespace Sockeye
