// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/filteredrows.h"
#include "ui/traffic/textview.h"

#include <QElapsedTimer>

#include <vector>

namespace Sockeye {

/// What a connection said, in order: both sides, or one alone; as text or in hexadecimal. Coloured,
/// and marked in the margin by arrows and by the line below them, which is broken for the server:
/// in black and white the sides differ as well. Long conversations show their first and their last
/// mebibyte (or 20,000 lines) and tell what is left out.
class StreamView final : public TextView
{
    Q_OBJECT

public:
    static constexpr qint64 partLimit = 1024 * 1024;
    enum class Form { Text, Hex };

    explicit StreamView(QWidget *parent = nullptr);
    ~StreamView() override;

    /// nullptr: none. Not owned. Forgets the connection.
    void setLog(const CaptureLog *log);
    void setConnection(ConnectionId id);
    [[nodiscard]] ConnectionId connection() const { return m_connection; }
    /// Nothing: both.
    void setSide(std::optional<Direction> side);
    [[nodiscard]] std::optional<Direction> side() const { return m_side; }
    void setForm(Form form);
    [[nodiscard]] Form form() const { return m_form; }
    /// Takes in what is new; a bounded amount for each call. Does nothing while it is hidden.
    void refresh();
    /// Everything that there is now has been taken in.
    [[nodiscard]] bool isComplete() const { return m_isComplete; }
    /// Bytes of a side, shown or not, as far as they have been counted.
    [[nodiscard]] qint64 byteTotal(Direction direction) const { return m_totals.of(direction); }
    /// Bytes between the first and the last part that are not shown.
    [[nodiscard]] qint64 leftOut() const { return m_leftOut; }
    /// Of a selection in hexadecimal: its lines.
    [[nodiscard]] QString selectedOriginal() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    /// A part of a record: a row, and from where.
    struct Place
    {
        quint64 row = 0;
        qint64 offset = 0;
    };
    struct Amounts
    {
        qint64 toServer = 0;
        qint64 toClient = 0;
        qint64 &of(Direction direction)
        {
            return direction == Direction::ToServer ? toServer : toClient;
        }
        [[nodiscard]] qint64 of(Direction direction) const
        {
            return direction == Direction::ToServer ? toServer : toClient;
        }
    };
    void restart();
    [[nodiscard]] quint64 rowCount() const;
    [[nodiscard]] std::optional<Record> recordAt(quint64 row) const;
    [[nodiscard]] bool isHeadFull() const;
    void growHead();
    void countNew(quint64 found);
    void rebuildTail();
    [[nodiscard]] Place tailStart() const;
    [[nodiscard]] qint64 takeLines(const Record &record, qint64 first, qint64 room,
                                   int &lines) const;
    void beginTail(const Place &start);
    qint64 appendRecord(const Record &record, qint64 offset, qint64 maximum);
    void appendLine(const QString &text);
    void appendSide(Direction direction, QByteArrayView bytes);
    void appendForm(QByteArrayView bytes, qint64 offset, const QTextCharFormat &format);
    void paintMargin();
    void placeMargin();

    const CaptureLog *m_log = nullptr;
    ConnectionId m_connection;
    std::optional<Direction> m_side;
    Form m_form = Form::Text;
    std::unique_ptr<FilteredRows> m_found; ///< all records of the connection
    std::vector<RecordIndex> m_ofSide; ///< those of one side; empty if both are shown
    QWidget *m_margin;
    quint64 m_epoch = 0;
    bool m_isComplete = false;
    Place m_head; ///< one past what the first part shows
    qint64 m_headBytes = 0;
    quint64 m_counted = 0; ///< found rows whose length is in m_totals
    Amounts m_totals;
    Amounts m_offsets; ///< of what is appended next, from the beginning of its side
    int m_tailPosition = -1; ///< of the document; -1: there is no second part
    quint64 m_tailCount = 0; ///< rows when it was built
    qint64 m_leftOut = 0;
    std::optional<Direction> m_run; ///< that the next bytes may go on with
    std::optional<Direction> m_headRun; ///< the same at the end of the first part
    QElapsedTimer m_sinceTail;
    qint64 m_tailCost = 0; ///< milliseconds
};

} // namespace Sockeye
