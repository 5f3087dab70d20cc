// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturelog.h"
#include "core/models/refreshclock.h"

#include <QMainWindow>

namespace Sockeye {

class FilterEdit;
class RecordPanel;
class TrafficModel;
class TrafficView;

/// A capture file to look at: traffic, record and filter. Nothing in it can be changed.
class CaptureWindow final : public QMainWindow
{
    Q_OBJECT

public:
    CaptureWindow(std::unique_ptr<CaptureLog> log, const QString &file, QWidget *parent = nullptr);
    ~CaptureWindow() override;

    [[nodiscard]] TrafficView *trafficView() const { return m_traffic; }
    [[nodiscard]] RecordPanel *recordPanel() const { return m_record; }
    [[nodiscard]] FilterEdit *filterEdit() const { return m_filter; }
    [[nodiscard]] std::shared_ptr<const CaptureLog> log() const { return m_log; }

Q_SIGNALS:
    /// "Save a copy…"
    void saveAsked();

private:
    void build();
    void buildMenu();
    void tick();
    void showDamage();

    /// Outlives the model and the views; shared with who saves a copy of it.
    std::shared_ptr<CaptureLog> m_log;
    std::unique_ptr<TrafficModel> m_model;
    RefreshClock m_clock; ///< a large file appears in slices, and filters take their time
    TrafficView *m_traffic = nullptr;
    RecordPanel *m_record = nullptr;
    FilterEdit *m_filter = nullptr;
};

} // namespace Sockeye
