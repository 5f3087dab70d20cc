// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/filteredrows.h"
#include "ui/traffic/textview.h"

#include <QElapsedTimer>

namespace Sockeye {

/// What a connection said in both directions, in order: coloured, and marked in the margin by
/// arrows. Long conversations show their first and their last mebibyte (or 20,000 lines) and
/// tell what is left out.
class StreamView final : public TextView
{
    Q_OBJECT

public:
    static constexpr qint64 partLimit = 1024 * 1024;

    explicit StreamView(QWidget *parent = nullptr);
    ~StreamView() override;

    /// nullptr: none. Not owned. Forgets the connection.
    void setLog(const CaptureLog *log);
    void setConnection(ConnectionId id);
    [[nodiscard]] ConnectionId connection() const { return m_connection; }
    /// Takes in what is new; a bounded amount for each call. Does nothing while it is hidden.
    void refresh();
    /// Everything that there is now has been taken in.
    [[nodiscard]] bool isComplete() const { return m_isComplete; }
    /// Bytes between the first and the last part that are not shown.
    [[nodiscard]] qint64 leftOut() const { return m_leftOut; }

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    /// A part of a record: a row of m_rows, and from where.
    struct Place
    {
        quint64 row = 0;
        qint64 offset = 0;
    };
    void restart();
    [[nodiscard]] bool isHeadFull() const;
    void growHead(quint64 count);
    void countNew(quint64 count);
    void rebuildTail(quint64 count);
    [[nodiscard]] Place tailStart(quint64 count) const;
    qint64 appendRecord(const Record &record, qint64 offset, qint64 maximum);
    void appendSide(Direction direction, QByteArrayView bytes);
    void paintMargin();
    void placeMargin();

    const CaptureLog *m_log = nullptr;
    ConnectionId m_connection;
    std::unique_ptr<FilteredRows> m_rows;
    QWidget *m_margin;
    quint64 m_epoch = 0;
    bool m_isComplete = false;
    Place m_head; ///< one past what the first part shows
    qint64 m_headBytes = 0;
    quint64 m_counted = 0; ///< rows whose length is in m_total
    qint64 m_total = 0;
    int m_tailPosition = -1; ///< of the document; -1: there is no second part
    quint64 m_tailCount = 0; ///< rows when it was built
    qint64 m_leftOut = 0;
    std::optional<Direction> m_side; ///< of the run that the next bytes may go on with
    QElapsedTimer m_sinceTail;
    qint64 m_tailCost = 0; ///< milliseconds
};

} // namespace Sockeye
