// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/problems/problemspanel.h"

#include "core/base/problemtext.h"
#include "ui/widgets/columnfit.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace Sockeye {

ProblemsPanel::ProblemsPanel(ProblemsModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
{
    build();
    showCurrent();
}

void ProblemsPanel::build()
{
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("problemsTable"));
    m_table->setModel(&m_model);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 9);
    QHeaderView *columns = m_table->horizontalHeader();
    columns->setHighlightSections(false);
    columns->setSectionsClickable(false);
    const auto width = [this](const char *sample) {
        return m_table->fontMetrics().horizontalAdvance(QLatin1String(sample)) + 16;
    };
    m_table->setColumnWidth(ProblemsModel::TimeColumn, width("00:00:00"));
    m_table->setColumnWidth(ProblemsModel::ServerColumn, width("sockeye-demo-12345"));
    m_table->setColumnWidth(ProblemsModel::ErrorColumn, width("UnsupportedSocketOperationError"));
    m_table->setColumnWidth(ProblemsModel::ErrnoColumn, width("EADDRNOTAVAIL"));
    // The detail beside the list has both errors, too.
    new ColumnFit(m_table, ProblemsModel::ProblemColumn,
                  width("/run/user/1000/demo is in use by a live server, nginx (pid 812)."),
                  {{ProblemsModel::ErrorColumn, width("AddressInUseError")},
                   {ProblemsModel::ErrorColumn, 0},
                   {ProblemsModel::ErrnoColumn, 0},
                   {ProblemsModel::ServerColumn, width("demo-123")}});
    auto *empty = new EmptyState(m_table);
    empty->setTitle(tr("No problems"));
    empty->setText(tr("What goes wrong stands here, with what to do about it."));

    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(m_table);
    splitter->addWidget(buildDetail());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ProblemsPanel::showCurrent);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &ProblemsPanel::showCurrent);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ProblemsPanel::showCurrent);
}

QWidget *ProblemsPanel::buildDetail()
{
    auto *detail = new QWidget(this);
    const auto label = [detail] {
        auto *text = new QLabel(detail);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        return text;
    };
    m_what = label();
    m_what->setFont(headingFont());
    m_why = label();
    m_buttons = new QHBoxLayout;
    m_buttons->addStretch();
    auto *column = new QVBoxLayout(detail);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(8);
    column->addWidget(m_what);
    column->addWidget(m_why);
    column->addLayout(m_buttons);
    column->addStretch();
    return detail;
}

void ProblemsPanel::selectNewest()
{
    if (m_model.rowCount() > 0)
        m_table->selectRow(m_model.rowCount() - 1);
}

QString ProblemsPanel::detailText() const
{
    return m_what->text() + QLatin1Char('\n') + m_why->text();
}

void ProblemsPanel::showCurrent()
{
    const QModelIndex current = m_table->currentIndex();
    const ProblemReport *report = current.isValid() && current.row() < m_model.rowCount()
        ? &m_model.at(current.row())
        : nullptr;
    m_what->setText(report ? whatHappened(report->problem) : QString());
    QStringList lines;
    if (report) {
        for (const QString &line : {whyItHappened(report->problem), whatToDo(report->problem),
                                    technicalDetail(report->problem)}) {
            if (!line.isEmpty())
                lines << line;
        }
        if (!report->isCurrent)
            lines << tr("This no longer holds.");
    }
    m_why->setText(lines.join(QStringLiteral("\n\n")));
    showButtons(report);
}

void ProblemsPanel::showButtons(const ProblemReport *report)
{
    const auto shown =
        report ? std::optional(std::pair(report->id, report->isCurrent)) : std::nullopt;
    if (shown == m_shown)
        return;
    m_shown = shown;
    while (m_buttons->count() > 1) {
        QLayoutItem *item = m_buttons->takeAt(0);
        item->widget()->deleteLater();
        delete item;
    }
    if (!report || !report->isCurrent)
        return;
    const auto add = [this](const QString &text) {
        auto *button = new QPushButton(text, this);
        m_buttons->insertWidget(m_buttons->count() - 1, button);
        return button;
    };
    for (const Remedy remedy : remedies(report->problem)) {
        connect(add(label(remedy)), &QPushButton::clicked, this,
                [this, remedy, copy = *report] { Q_EMIT remedyChosen(copy, remedy); });
    }
    connect(add(tr("Dismiss")), &QPushButton::clicked, this,
            [this, id = report->id] { Q_EMIT dismissed(id); });
}

} // namespace Sockeye
