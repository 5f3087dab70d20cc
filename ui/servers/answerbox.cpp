// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/answerbox.h"

#include "ui/composer/bytesedit.h"
#include "ui/widgets/userprompt.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace Sockeye {

namespace {

template <class T>
void select(QComboBox *box, T value)
{
    box->setCurrentIndex(qMax(0, box->findData(static_cast<int>(value))));
}

template <class T>
T selected(const QComboBox *box)
{
    return static_cast<T>(box->currentData().toInt());
}

enum Source { FromText, FromFile };

} // namespace

AnswerBox::AnswerBox(UserPrompt &prompt, QWidget *parent)
    : QWidget(parent)
    , m_prompt(prompt)
{
    build();
    updateShown();
}

void AnswerBox::build()
{
    m_kind = new QComboBox(this);
    m_kind->setObjectName(QStringLiteral("answerKind"));
    const auto add = [this](AnswerKind kind, const QString &text, const QString &toolTip) {
        m_kind->addItem(text, static_cast<int>(kind));
        m_kind->setItemData(m_kind->count() - 1, toolTip, Qt::ToolTipRole);
    };
    add(AnswerKind::Echo, tr("Echo"), tr("Sends back what a client sends"));
    add(AnswerKind::Discard, tr("Discard"), tr("Takes in what a client sends"));
    add(AnswerKind::Reply, tr("Fixed reply"), tr("Sends the same bytes each time"));
    add(AnswerKind::Manual, tr("By hand"), tr("Sends nothing but what you send"));
    m_reply = buildReply();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_kind);
    column->addWidget(m_reply);

    connect(m_kind, &QComboBox::activated, this, [this] {
        updateShown();
        Q_EMIT answerChanged();
    });
}

QWidget *AnswerBox::buildReply()
{
    auto *reply = new QWidget(this);
    m_source = new QComboBox(reply);
    m_source->addItem(tr("text"), FromText);
    m_source->addItem(tr("file"), FromFile);
    m_text = new BytesEdit(reply);
    m_text->setObjectName(QStringLiteral("replyText"));
    m_text->setPlaceholderText(tr("OK\\n"));
    m_file = new QLineEdit(reply);
    m_file->setPlaceholderText(tr("read when the server starts"));
    m_choose = new QPushButton(tr("…"), reply);
    m_choose->setToolTip(tr("Choose a file"));
    m_choose->setMaximumWidth(m_choose->fontMetrics().horizontalAdvance(QLatin1Char('M')) * 3);
    m_when = new QComboBox(reply);
    m_when->setObjectName(QStringLiteral("replyWhen"));
    m_when->addItem(tr("each time something arrives"), static_cast<int>(ReplyWhen::EachRecord));
    m_when->addItem(tr("once, when a client connects"), static_cast<int>(ReplyWhen::Opened));
    m_when->addItem(tr("once, when a client has sent all"),
                    static_cast<int>(ReplyWhen::EndOfStream));
    m_closeAfter = new QCheckBox(tr("then end sending"), reply);

    auto *what = new QHBoxLayout;
    what->setSpacing(6);
    what->addWidget(m_source);
    what->addWidget(m_text, 1);
    what->addWidget(m_file, 1);
    what->addWidget(m_choose);
    auto *column = new QVBoxLayout(reply);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(what);
    column->addWidget(m_when);
    column->addWidget(m_closeAfter);

    connect(m_source, &QComboBox::activated, this, [this] {
        updateShown();
        Q_EMIT answerChanged();
    });
    connect(m_text, &QLineEdit::editingFinished, this, &AnswerBox::answerChanged);
    connect(m_file, &QLineEdit::editingFinished, this, &AnswerBox::answerChanged);
    connect(m_choose, &QPushButton::clicked, this, &AnswerBox::chooseFile);
    connect(m_when, &QComboBox::activated, this, &AnswerBox::answerChanged);
    connect(m_closeAfter, &QCheckBox::clicked, this, &AnswerBox::answerChanged);
    return reply;
}

AnswerSpec AnswerBox::answer() const
{
    AnswerSpec spec;
    spec.kind = selected<AnswerKind>(m_kind);
    if (spec.kind != AnswerKind::Reply)
        return spec;
    if (selected<Source>(m_source) == FromFile)
        spec.replyFile = m_file->text();
    else
        spec.reply = m_text->bytes().value_or(QByteArray());
    spec.when = selected<ReplyWhen>(m_when);
    spec.closeAfter = m_closeAfter->isChecked();
    return spec;
}

void AnswerBox::setAnswer(const AnswerSpec &spec)
{
    if (spec == answer())
        return;
    select(m_kind, spec.kind);
    select(m_source, spec.replyFile.isEmpty() ? FromText : FromFile);
    m_text->setBytes(spec.reply);
    m_file->setText(spec.replyFile);
    select(m_when, spec.when);
    m_closeAfter->setChecked(spec.closeAfter);
    updateShown();
}

void AnswerBox::updateShown()
{
    const bool isFile = selected<Source>(m_source) == FromFile;
    m_reply->setVisible(selected<AnswerKind>(m_kind) == AnswerKind::Reply);
    m_text->setVisible(!isFile);
    m_file->setVisible(isFile);
    m_choose->setVisible(isFile);
}

void AnswerBox::chooseFile()
{
    FileQuestion question;
    question.title = tr("Reply with a file");
    m_prompt.pickFile(question, this, [this](const QString &file) {
        if (file.isEmpty())
            return;
        m_file->setText(file);
        Q_EMIT answerChanged();
    });
}

} // namespace Sockeye
