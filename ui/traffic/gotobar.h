// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"

#include <QWidget>

class QLabel;
class QLineEdit;

namespace Sockeye {

/// A line in which one says where to go: a record, a connection, a time. Hidden until it is opened;
/// Enter goes there and leaves it open, Escape closes it.
class GoToBar final : public QWidget
{
    Q_OBJECT

public:
    explicit GoToBar(QWidget *parent = nullptr);

    /// Not owned; nullptr: none.
    void setLog(const CaptureLog *log) { m_log = log; }
    void open();
    void close();
    /// What is said instead of going: red, below the line.
    void tell(const QString &mistake);
    [[nodiscard]] QLineEdit *edit() const { return m_edit; }
    [[nodiscard]] QString mistake() const;

Q_SIGNALS:
    void recordAsked(Sockeye::RecordIndex index);
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void go();

    const CaptureLog *m_log = nullptr;
    QLineEdit *m_edit;
    QLabel *m_mistake;
};

} // namespace Sockeye
