// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/servers/advancedbox.h"

#include <QComboBox>
#include <QFormLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace Sockeye {

namespace {

/// The kernel caps the backlog at somaxconn, 4096 by default.
constexpr int largestBacklog = 4096;
constexpr int largestMaximum = 1'000'000;

} // namespace

AdvancedBox::AdvancedBox(QWidget *parent)
    : QWidget(parent)
{
    build();
    setUnfolded(false);
}

void AdvancedBox::build()
{
    m_fold = new QToolButton(this);
    m_fold->setObjectName(QStringLiteral("advancedFold"));
    m_fold->setText(tr("Ad&vanced"));
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fold->setAutoRaise(true);
    m_fold->setCheckable(true);
    connect(m_fold, &QToolButton::toggled, this, &AdvancedBox::setUnfolded);

    m_content = new QWidget(this);
    m_backlog = new QSpinBox(m_content);
    m_backlog->setRange(1, largestBacklog);
    m_backlog->setToolTip(tr("Clients that may wait to be accepted (listenBacklogSize)"));
    m_maximum = new QSpinBox(m_content);
    m_maximum->setRange(0, largestMaximum);
    m_maximum->setSpecialValueText(tr("no maximum"));
    m_maximum->setToolTip(tr("Further clients wait in the backlog until one leaves"));
    m_policy = new QComboBox(m_content);
    m_policy->addItem(tr("lossless"), static_cast<int>(RecordingPolicy::Lossless));
    m_policy->addItem(tr("never stall"), static_cast<int>(RecordingPolicy::NeverStall));
    m_policy->setToolTip(tr("What gives way when the disk is slower than the traffic.\n"
                            "Lossless: the sender waits.\n"
                            "Never stall: the bytes go on, and each gap is recorded."));
    m_readSize = new QComboBox(m_content);
    m_readSize->addItem(tr("256 KiB"), 0);
    m_readSize->addItem(tr("64 KiB"), 64 * 1024);
    m_readSize->addItem(tr("4 KiB"), 4 * 1024);
    m_readSize->addItem(tr("512 B"), 512);
    m_readSize->addItem(tr("1 B"), 1);
    m_readSize->setToolTip(tr("Bytes read at a time; each read is a record"));

    auto *form = new QFormLayout(m_content);
    form->setContentsMargins(18, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Backlog"), m_backlog);
    form->addRow(tr("Connections"), m_maximum);
    form->addRow(tr("Recording"), m_policy);
    form->addRow(tr("Read size"), m_readSize);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_fold, 0, Qt::AlignLeft);
    column->addWidget(m_content);

    connect(m_backlog, &QSpinBox::valueChanged, this, &AdvancedBox::backlogChanged);
    connect(m_maximum, &QSpinBox::editingFinished, this, &AdvancedBox::valuesChanged);
    connect(m_policy, &QComboBox::activated, this, &AdvancedBox::valuesChanged);
    connect(m_readSize, &QComboBox::activated, this, &AdvancedBox::valuesChanged);
}

void AdvancedBox::writeTo(ServerSpec &spec) const
{
    spec.backlog = m_backlog->value();
    spec.maxConnections = m_maximum->value();
    spec.policy = static_cast<RecordingPolicy>(m_policy->currentData().toInt());
    spec.readSize = m_readSize->currentData().toInt();
}

void AdvancedBox::readFrom(const ServerSpec &spec)
{
    const QSignalBlocker silent(this);
    m_backlog->setValue(spec.backlog);
    m_maximum->setValue(spec.maxConnections);
    m_policy->setCurrentIndex(m_policy->findData(static_cast<int>(spec.policy)));
    int size = m_readSize->findData(spec.readSize);
    if (size < 0) {
        m_readSize->addItem(tr("%1 B").arg(spec.readSize), spec.readSize);
        size = m_readSize->count() - 1;
    }
    m_readSize->setCurrentIndex(size);
    const ServerSpec usual;
    if (spec.backlog != usual.backlog || spec.maxConnections != usual.maxConnections
        || spec.policy != usual.policy || spec.readSize != usual.readSize)
        setUnfolded(true);
}

bool AdvancedBox::isUnfolded() const
{
    return m_fold->isChecked();
}

void AdvancedBox::setUnfolded(bool on)
{
    m_fold->setChecked(on);
    m_fold->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
    m_content->setVisible(on);
}

} // namespace Sockeye
