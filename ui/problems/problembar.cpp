// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/problems/problembar.h"

#include "core/base/problemtext.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTextDocumentFragment>
#include <QToolButton>

namespace Sockeye {

ProblemBar::ProblemBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_buttons(new QHBoxLayout)
    , m_more(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("problemBar"));
    setAutoFillBackground(true);
    m_text->setTextFormat(Qt::RichText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_more->setObjectName(QStringLiteral("moreProblems"));
    m_more->setToolTip(tr("The list of all problems"));
    m_close->setObjectName(QStringLiteral("dismissProblem"));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Dismiss this problem"));
    m_close->setAccessibleName(tr("Dismiss"));
    m_buttons->setSpacing(6);

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 5, 6, 5);
    row->setSpacing(8);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addLayout(m_buttons);
    row->addWidget(m_more);
    row->addWidget(m_close);

    connect(m_more, &QPushButton::clicked, this, &ProblemBar::listAsked);
    connect(m_close, &QToolButton::clicked, this, [this] {
        if (m_report)
            Q_EMIT dismissed(m_report->id);
    });
    hide();
}

void ProblemBar::setProblem(const std::optional<ProblemReport> &report, const QString &serverName,
                            int more)
{
    const bool isSame = report.has_value() == m_report.has_value()
        && (!report || (report->id == m_report->id && report->problem == m_report->problem))
        && serverName == m_serverName;
    m_more->setText(tr("%1 more…").arg(more));
    m_more->setVisible(more > 0);
    if (isSame)
        return;
    m_report = report;
    m_serverName = serverName;
    setVisible(m_report.has_value());
    if (!m_report)
        return;
    applyColours();
    showRemedies();
}

QString ProblemBar::text() const
{
    return m_report ? QTextDocumentFragment::fromHtml(m_text->text()).toPlainText() : QString();
}

QPushButton *ProblemBar::button(Remedy remedy) const
{
    for (const auto &[which, button] : m_remedies) {
        if (which == remedy)
            return button;
    }
    return nullptr;
}

void ProblemBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    // Only the application's palette: our own setPalette() comes here, too.
    if (event->type() == QEvent::ApplicationPaletteChange && m_report) {
        setPalette(QPalette());
        applyColours();
    }
}

void ProblemBar::showText()
{
    // Names and addresses come from outside: they are escaped, never markup.
    const Problem &problem = m_report->problem;
    QColor quiet = themeColours(palette()).barText;
    quiet.setAlphaF(0.75);
    QString text;
    if (!m_serverName.isEmpty())
        text = QStringLiteral("<b>%1</b>&ensp;").arg(m_serverName.toHtmlEscaped());
    text += whatHappened(problem).toHtmlEscaped();
    const QString detail = technicalDetail(problem);
    if (!detail.isEmpty()) {
        text += QStringLiteral("&ensp;<span style=\"color:%1\">%2</span>")
                    .arg(quiet.name(QColor::HexArgb), detail.toHtmlEscaped());
    }
    m_text->setText(text);
    m_text->setToolTip((whyItHappened(problem) + QLatin1Char('\n') + whatToDo(problem)).trimmed());
}

void ProblemBar::showRemedies()
{
    for (const auto &[remedy, button] : m_remedies)
        delete button;
    m_remedies.clear();
    for (const Remedy remedy : remedies(m_report->problem)) {
        auto *button = new QPushButton(label(remedy), this);
        m_buttons->addWidget(button);
        m_remedies.emplace_back(remedy, button);
        // Queued: the answer may be another problem, which deletes the button that was clicked.
        connect(
            button, &QPushButton::clicked, this,
            [this, remedy, report = *m_report] { Q_EMIT remedyChosen(report, remedy); },
            Qt::QueuedConnection);
    }
}

void ProblemBar::applyColours()
{
    const ThemeColours &colours = themeColours(palette());
    const bool isError = severity(m_report->problem.code) == Severity::Error;
    QPalette bar = palette();
    bar.setColor(QPalette::Window, isError ? colours.errorBar : colours.warningBar);
    bar.setColor(QPalette::WindowText, colours.barText);
    setPalette(bar);
    const int side = fontMetrics().height();
    m_icon->setPixmap(icon(isError ? QStringLiteral("error") : QStringLiteral("warning"),
                           isError ? colours.error : colours.warning)
                          .pixmap(QSize(side, side), devicePixelRatioF()));
    m_icon->setFixedSize(side, side);
    m_close->setIcon(icon(QStringLiteral("close"), colours.barText));
    showText();
}

} // namespace Sockeye
