// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/diagrams/iographwindow.h"

#include "core/models/textformat.h"
#include "ui/diagrams/diagramfiles.h"
#include "ui/diagrams/iograph.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filteredit.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/panelheader.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace Sockeye {

namespace {

/// A step of a line, if the interval is automatic: enough to see shapes.
constexpr int pixelsPerBin = 3;
/// Servers that get a line by themselves; more would be a tangle.
constexpr size_t mostServerRows = 8;
/// Rows that are seen without scrolling.
constexpr int rowsInSight = 4;
/// What a menu offers; the automatic interval knows finer and coarser ones as well.
constexpr std::array<qint64, 10> choices = {
    1'000'000,   5'000'000,     10'000'000,     50'000'000,     100'000'000,
    500'000'000, 1'000'000'000, 10'000'000'000, 30'000'000'000, 60'000'000'000};

} // namespace

IoGraphWindow::IoGraphWindow(std::shared_ptr<const CaptureLog> log, const QString &title,
                             QWidget *parent)
    : QMainWindow(parent, Qt::Window)
    , m_log(std::move(log))
    , m_title(title)
    , m_data(std::make_unique<GraphData>(m_log))
    , m_files(new DiagramFiles(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("I/O graph: %1").arg(title));
    build();
    buildBar();
    buildMenus();
    connect(m_data.get(), &GraphData::changed, this, [this] {
        m_graph->setExtent(m_data->extent());
        updatePicture();
    });
    connect(m_data.get(), &GraphData::nearestFound, this, &IoGraphWindow::showNearest);
    connect(m_graph, &IoGraph::viewChanged, this, &IoGraphWindow::updateView);
    connect(m_graph, &IoGraph::timeActivated, this, &IoGraphWindow::findNearest);
    connect(m_files, &DiagramFiles::saved, this, [this](const QString &file) {
        m_told = tr("Saved %1").arg(file);
        updateMessage();
    });
    connect(&m_clock, &RefreshClock::ticked, this, [this] {
        if (isVisible())
            refresh();
    });
    resize(980, 640);
    refresh();
    m_graph->setFocus();
    m_clock.start();
}

IoGraphWindow::~IoGraphWindow()
{
    m_clock.stop();
}

void IoGraphWindow::setPrompt(UserPrompt &prompt)
{
    m_files->setPrompt(prompt);
}

// --- building ----------------------------------------------------------------------------------

void IoGraphWindow::build()
{
    m_header = new PanelHeader(m_title, this);
    m_graph = new IoGraph(this);
    m_message = new QLabel(this);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setContentsMargins(8, 4, 8, 6);
    m_message->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *central = new QWidget(this);
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_graph, 1);
    column->addWidget(buildRows());
    column->addWidget(m_message);
    setCentralWidget(central);
    updateRowsHeight();
    updateEmptyState();
    updateMessage();
}

QWidget *IoGraphWindow::buildRows()
{
    auto *panel = new QWidget(this);
    auto *column = new QVBoxLayout(panel);
    column->setContentsMargins({});
    column->setSpacing(0);
    auto *header = new PanelHeader(tr("Lines"), panel);
    auto *add = new QToolButton(panel);
    add->setText(tr("Add a line"));
    add->setToolTip(tr("Another line, of its own filter (Ctrl+N)"));
    add->setAutoRaise(true);
    connect(add, &QToolButton::clicked, this, [this] { addRow({})->nameEdit()->setFocus(); });
    header->addWidget(add);
    column->addWidget(header);
    auto *list = new QWidget(panel);
    m_rowLayout = new QVBoxLayout(list);
    m_rowLayout->setContentsMargins(0, 0, 0, 4);
    m_rowLayout->setSpacing(0);
    m_rowLayout->addStretch(1);
    m_rowArea = new QScrollArea(panel);
    m_rowArea->setFrameShape(QFrame::NoFrame);
    m_rowArea->setWidgetResizable(true);
    m_rowArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_rowArea->setFocusPolicy(Qt::NoFocus); // its rows have the focus
    m_rowArea->setWidget(list);
    column->addWidget(m_rowArea);
    return panel;
}

void IoGraphWindow::buildBar()
{
    auto *bar = addToolBar(tr("Graph"));
    bar->setObjectName(QStringLiteral("graphBar"));
    bar->setMovable(false);
    const auto addBox = [this, bar](const QString &text) {
        auto *label = new QLabel(text, bar);
        label->setContentsMargins(6, 0, 4, 0);
        auto *box = new QComboBox(bar);
        label->setBuddy(box);
        box->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        bar->addWidget(label);
        bar->addWidget(box);
        return box;
    };
    m_interval = addBox(tr("&Interval"));
    m_interval->addItem(tr("Automatic"), qint64 {0});
    for (const qint64 interval : choices)
        m_interval->addItem(intervalText(interval), interval);
    m_scale = addBox(tr("&Scale"));
    m_scale->addItem(tr("Linear"));
    m_scale->addItem(tr("Logarithmic"));
    m_times = addBox(tr("&Times"));
    m_times->addItem(tr("Time of day"));
    m_times->addItem(tr("Since the start"));
    connect(m_interval, &QComboBox::currentIndexChanged, this, &IoGraphWindow::updateView);
    connect(m_scale, &QComboBox::currentIndexChanged, this, &IoGraphWindow::updatePicture);
    connect(m_times, &QComboBox::currentIndexChanged, this, &IoGraphWindow::updatePicture);
    auto *space = new QWidget(bar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    QAction *all = bar->addAction(tr("Show all"), m_graph, &IoGraph::showAll);
    all->setToolTip(tr("All of the capture in sight (Ctrl+0)"));
}

void IoGraphWindow::buildMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    const QIcon save = icon(QStringLiteral("save"));
    file->addAction(save, tr("Save as &SVG…"), QKeySequence::Save, this, &IoGraphWindow::saveSvg);
    file->addAction(tr("Save as &PNG…"), this, &IoGraphWindow::savePng);
    file->addAction(tr("Save the &values as CSV…"), this, &IoGraphWindow::saveCsv);
    file->addSeparator();
    file->addAction(tr("&Close"), QKeySequence::Close, this, &QWidget::close);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->addAction(tr("Zoom &in"), QKeySequence::ZoomIn, m_graph, &IoGraph::zoomIn);
    view->addAction(tr("Zoom &out"), QKeySequence::ZoomOut, m_graph, &IoGraph::zoomOut);
    view->addAction(tr("Show &all"), QKeySequence(Qt::CTRL | Qt::Key_0), m_graph,
                    &IoGraph::showAll);
    QMenu *lines = menuBar()->addMenu(tr("&Lines"));
    lines->addAction(tr("&Add a line"), QKeySequence::New, this,
                     [this] { addRow({})->nameEdit()->setFocus(); });
}

// --- lines -------------------------------------------------------------------------------------

/// As long as the user has not said what to draw: a line for each server, as they come.
void IoGraphWindow::addServerRows()
{
    if (m_isOwn || !m_data->extent())
        return;
    const std::vector<CapturedServer> servers = m_log->servers();
    for (const CapturedServer &server : servers) {
        const bool isKnown = std::find(m_known.begin(), m_known.end(), server.id) != m_known.end();
        if (isKnown || m_known.size() >= mostServerRows)
            continue;
        m_known.push_back(server.id);
        GraphRowSettings settings;
        const QString name = server.name.isEmpty() ? server.address : server.name;
        settings.name = preview(name.toUtf8());
        settings.expression = expressionFor(server, servers);
        insertRow(settings);
    }
    if (m_rows.empty()) {
        GraphRowSettings settings;
        settings.name = tr("Everything");
        insertRow(settings);
    }
}

/// By its name, if no other server is called so, too.
QString IoGraphWindow::expressionFor(const CapturedServer &server,
                                     const std::vector<CapturedServer> &all) const
{
    const auto isCalledSo = [&server](const CapturedServer &other) {
        return other.name == server.name || other.address == server.name;
    };
    QString name = server.name;
    name.replace(QLatin1Char('\\'), QLatin1String("\\\\"));
    name.replace(QLatin1Char('"'), QLatin1String("\\\""));
    const QString expression = QStringLiteral("server == \"%1\"").arg(name);
    const bool isPlain = preview(server.name.toUtf8()) == server.name && !server.name.isEmpty()
        && std::count_if(all.begin(), all.end(), isCalledSo) == 1
        && CaptureFilter::parse(expression).has_value();
    return isPlain ? expression : QStringLiteral("server == %1").arg(server.id.value);
}

GraphRow *IoGraphWindow::addRow(const GraphRowSettings &settings)
{
    m_isOwn = true;
    GraphRowSettings named = settings;
    if (named.name.isEmpty())
        named.name = tr("Line %1").arg(m_rows.size() + 1);
    GraphRow *row = insertRow(named);
    // Later: the list has no room for it yet.
    QMetaObject::invokeMethod(
        row, [this, row] { m_rowArea->ensureWidgetVisible(row); }, Qt::QueuedConnection);
    return row;
}

GraphRow *IoGraphWindow::insertRow(const GraphRowSettings &settings)
{
    GraphRowSettings coloured = settings;
    if (coloured.colour == 0) { // the first that no line has
        const auto isTaken = [this](int colour) {
            return std::any_of(m_rows.begin(), m_rows.end(), [colour](const GraphRow *row) {
                return row->settings().colour == colour;
            });
        };
        while (isTaken(coloured.colour))
            ++coloured.colour;
    }
    auto *row = new GraphRow(++m_lastId, coloured, m_rowArea->widget());
    m_rows.push_back(row);
    m_rowLayout->insertWidget(m_rowLayout->count() - 1, row);
    m_data->addRows({{row->id(), row->filter()}});
    connect(row, &GraphRow::edited, this, [this] { m_isOwn = true; });
    connect(row, &GraphRow::changed, this, &IoGraphWindow::updatePicture);
    connect(row, &GraphRow::mistakeChanged, this, &IoGraphWindow::updateMessage);
    connect(row, &GraphRow::filterChanged, this, [this, row] {
        m_data->setFilter(row->id(), row->filter());
        updatePicture();
    });
    connect(row, &GraphRow::removeAsked, this, [this, row] { removeRow(row->id()); });
    row->show();
    updateRowsHeight();
    updatePicture();
    return row;
}

void IoGraphWindow::removeRow(quint64 id)
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [id](const GraphRow *row) { return row->id() == id; });
    if (found == m_rows.end())
        return;
    m_isOwn = true;
    m_data->removeRow(id);
    (*found)->hide();
    (*found)->deleteLater(); // its button is still at work
    m_rows.erase(found);
    updateRowsHeight();
    updatePicture();
    updateMessage();
}

void IoGraphWindow::updateRowsHeight()
{
    const int row = m_rows.empty() ? 0 : m_rows.front()->sizeHint().height();
    const auto shown = static_cast<int>(std::min<size_t>(m_rows.size(), rowsInSight));
    // Half a row more tells that there are others.
    const int more = m_rows.size() > rowsInSight ? row / 2 : 0;
    m_rowArea->setFixedHeight(shown * row + more + 4);
}

void IoGraphWindow::setInterval(qint64 interval)
{
    const int place = m_interval->findData(interval);
    if (place >= 0)
        m_interval->setCurrentIndex(place);
}

void IoGraphWindow::setLogarithmic(bool isLogarithmic)
{
    m_scale->setCurrentIndex(isLogarithmic ? 1 : 0);
}

// --- what is shown -----------------------------------------------------------------------------

void IoGraphWindow::refresh()
{
    m_data->refresh();
    addServerRows();
    updateHeader();
}

qint64 IoGraphWindow::wantedInterval() const
{
    const qint64 chosen = m_interval->currentData().toLongLong();
    const IoGraph::Range view = m_graph->view();
    const qint64 bins = std::max(1, m_graph->plotWidth() / pixelsPerBin);
    const qint64 automatic = graphIntervalFor((view.to - view.from) / bins);
    if (chosen == 0)
        return automatic;
    // As many as can be counted at once; the line above tells what it is instead.
    return std::max(chosen, graphIntervalFor((view.to - view.from) / GraphBins::mostBins));
}

void IoGraphWindow::updateView()
{
    m_data->setView(m_graph->view(), wantedInterval());
    updatePicture();
}

void IoGraphWindow::updatePicture()
{
    GraphPicture picture;
    picture.range = m_graph->view();
    picture.isLogarithmic = m_scale->currentIndex() == 1;
    picture.marker = m_marker;
    if (const auto extent = m_data->extent()) {
        if (m_times->currentIndex() == 1)
            picture.origin = extent->from;
        picture.interval = m_data->intervalFor(picture.range, wantedInterval());
        picture.first = binStart(picture.range.from, picture.interval);
    }
    const double seconds = static_cast<double>(picture.interval) / 1e9;
    for (const GraphRow *row : m_rows) {
        const GraphRowSettings settings = row->settings();
        if (!settings.isShown || picture.interval == 0)
            continue;
        GraphLine line {settings.name, settings.colour, settings.unit, {}};
        for (const TrafficCount &count :
             m_data->values(row->id(), picture.range, picture.interval)) {
            const auto &values = settings.unit == GraphUnit::Bytes ? count.bytes : count.records;
            const quint64 sum = (settings.ways == GraphRowSettings::Ways::ToClient ? 0 : values[0])
                + (settings.ways == GraphRowSettings::Ways::ToServer ? 0 : values[1]);
            line.values.push_back(static_cast<double>(sum) / seconds);
        }
        picture.lines.push_back(std::move(line));
    }
    m_graph->setPicture(picture);
    updateHeader();
}

void IoGraphWindow::updateHeader()
{
    QStringList parts;
    const CaptureCursor now = m_log->cursor();
    const quint64 count = now.end - now.begin;
    if (m_data->extent()) {
        parts << (count == 1 ? tr("1 record") : tr("%1 records").arg(numberText(count)));
        const qint64 chosen = m_interval->currentData().toLongLong();
        const qint64 shown = m_graph->picture().interval;
        if (chosen > 0 && shown > chosen)
            parts << tr("%1 is too fine for all of this: shown by %2")
                         .arg(intervalText(chosen), intervalText(shown));
    }
    if (m_data->isCounting() && m_data->progress() < 1)
        parts << tr("counting, %1 %").arg(static_cast<int>(m_data->progress() * 100));
    m_header->setDetail(parts.join(QStringLiteral(" · ")));
}

QString IoGraphWindow::detail() const
{
    return m_header->detail();
}

QString IoGraphWindow::message() const
{
    return m_message->text();
}

void IoGraphWindow::updateMessage()
{
    QString mistake;
    for (const GraphRow *row : m_rows) {
        if (mistake.isEmpty())
            mistake = row->mistake();
    }
    const bool isHint = mistake.isEmpty() && m_told.isEmpty();
    const QString hint = tr("Wheel or drag: zoom · Shift+drag: move · click: the nearest record · "
                            "keys: ← → + − 0, Enter");
    m_message->setText(!mistake.isEmpty() ? mistake : isHint ? hint : m_told);
    QPalette colours = palette();
    const ThemeColours &theme = themeColours(colours);
    colours.setColor(QPalette::WindowText,
                     !mistake.isEmpty() ? theme.error
                         : isHint       ? theme.muted
                                        : colours.color(QPalette::WindowText));
    m_message->setPalette(colours);
}

void IoGraphWindow::updateEmptyState()
{
    EmptyState *empty = m_graph->emptyState();
    empty->setTitle(tr("No traffic yet"));
    empty->setText(
        tr("As soon as a client talks to a server, it is drawn here. In the main window, "
           "start a server and connect a client, or open a capture."));
}

// --- clicks and files --------------------------------------------------------------------------

void IoGraphWindow::findNearest(qint64 time)
{
    std::vector<GraphData::Wanted> wanted;
    for (const GraphRow *row : m_rows) {
        const GraphRowSettings settings = row->settings();
        if (settings.isShown)
            wanted.push_back({row->id(), settings.ways != GraphRowSettings::Ways::ToClient,
                              settings.ways != GraphRowSettings::Ways::ToServer});
    }
    m_data->findNearest(time, wanted);
}

void IoGraphWindow::showNearest(std::optional<RecordIndex> index)
{
    const auto record = index ? m_log->record(*index) : std::nullopt;
    m_marker = record ? std::optional(graphTime(*record)) : std::nullopt;
    m_told = record ? tr("Record %1, connection %2, at %3")
                          .arg(numberText(*index), QString::number(record->connection.value),
                               spacedTime(timeOfDay(record->time)))
                    : tr("The lines that are shown have no record");
    updateMessage();
    updatePicture();
    if (record)
        Q_EMIT recordActivated(*index);
}

void IoGraphWindow::saveSvg()
{
    const QString title = windowTitle();
    m_files->save(tr("Save the graph"), tr("io-graph"), QStringLiteral("svg"), [this, title] {
        return svgOf(title, m_graph->size(), [this](QPainter &painter, const QSize &size) {
            m_graph->paintInto(painter, QRectF(QPointF(0, 0), size));
        });
    });
}

void IoGraphWindow::savePng()
{
    m_files->save(tr("Save the graph"), tr("io-graph"), QStringLiteral("png"), [this] {
        return pngOf(m_graph->size(), [this](QPainter &painter, const QSize &size) {
            m_graph->paintInto(painter, QRectF(QPointF(0, 0), size));
        });
    });
}

void IoGraphWindow::saveCsv()
{
    m_files->save(tr("Save the values"), tr("io-graph"), QStringLiteral("csv"),
                  [this] { return csvOf(m_graph->picture()); });
}

void IoGraphWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_message)
        updateMessage();
}

} // namespace Sockeye
