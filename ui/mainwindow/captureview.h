// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturesource.h"

#include <QWidget>

class QPushButton;

namespace Sockeye {

class FilterEdit;
class NoteLabel;
class RecordPanel;
class TrafficModel;
class TrafficView;

/// An opened capture: its filter, traffic and record, and how far it has been read. Nothing in it
/// can be changed.
class CaptureView final : public QWidget
{
    Q_OBJECT

public:
    CaptureView(std::shared_ptr<CaptureSource> source, const QString &file,
                QWidget *parent = nullptr);
    ~CaptureView() override;

    [[nodiscard]] QString file() const { return m_file; }
    /// Keeps what it is read from as well.
    [[nodiscard]] std::shared_ptr<const CaptureLog> log() const
    {
        return {m_source, &m_source->log()};
    }
    [[nodiscard]] CaptureReading reading() const { return m_source->reading(); }
    [[nodiscard]] TrafficView *trafficView() const { return m_traffic; }
    [[nodiscard]] RecordPanel *recordPanel() const { return m_record; }
    [[nodiscard]] FilterEdit *filterEdit() const { return m_filter; }

    /// Call it on each tick while the view can be seen.
    void refresh();
    /// "1 234 records · 12 MB · grows with the file"
    [[nodiscard]] QString statusText() const;
    /// What stands below the table: how far it is read, where it is damaged; empty: nothing.
    [[nodiscard]] QString noteText() const;
    [[nodiscard]] QPushButton *noteButton() const { return m_noteButton; }

Q_SIGNALS:
    /// "Save the good part…"
    void saveAsked();

private:
    void build();
    void connectParts();
    void updateNote();
    void setNote(bool isWarning, const QString &text, const QString &button);
    void noteButtonClicked();

    QString m_file;
    /// Outlives the model and the views; shared with who saves a copy of it.
    std::shared_ptr<CaptureSource> m_source;
    std::unique_ptr<TrafficModel> m_model;
    FilterEdit *m_filter = nullptr;
    TrafficView *m_traffic = nullptr;
    RecordPanel *m_record = nullptr;
    QWidget *m_noteRow = nullptr;
    NoteLabel *m_note = nullptr;
    QPushButton *m_noteButton = nullptr;
    bool m_wasRead = false; ///< up to its end, once: what comes now is written by others
    bool m_isStopped = false;
    quint64 m_recordsRead = 0; ///< when it was
};

} // namespace Sockeye
