// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/conversation.h"

#include <QWidget>

#include <memory>

class QLabel;
class QTabWidget;

namespace Sockeye {

class DecodePanel;
class HexView;
class NoteLabel;
class StreamPanel;
class StreamView;
class TextView;

/// The bytes of one record (Hex, Text), what came with them, and the conversation it belongs to, or
/// that was asked for (Stream).
class RecordPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit RecordPanel(QWidget *parent = nullptr);
    ~RecordPanel() override;

    /// The live capture or an opened one; nullptr: none. Not owned. Forgets the record.
    void setLog(const CaptureLog *log);
    void setRecord(std::optional<RecordIndex> index);
    [[nodiscard]] std::optional<RecordIndex> record() const { return m_index; }
    /// Shows the conversation of that connection, until another record is set.
    void followConnection(ConnectionId id);
    /// Connect it to RefreshClock::ticked: the stream of an open connection grows.
    void refresh();

    enum class Tab { Hex, Text, Stream, Decoded };
    void setTab(Tab tab);
    [[nodiscard]] Tab tab() const;

    [[nodiscard]] HexView *hexView() const { return m_hex; }
    [[nodiscard]] TextView *textView() const { return m_text; }
    [[nodiscard]] StreamPanel *streamPanel() const { return m_stream; }
    [[nodiscard]] StreamView *streamView() const;
    [[nodiscard]] DecodePanel *decodePanel() const { return m_decode; }
    /// What came with the bytes of the record, or why it is there; empty: nothing to tell.
    [[nodiscard]] QString noteText() const;

Q_SIGNALS:
    void saveAsked(const Sockeye::Conversation &conversation);
    /// Another message was chosen: its record is to be shown.
    void recordAsked(Sockeye::RecordIndex index);

private:
    class RecordSource;
    void build();
    [[nodiscard]] QString labelOf(const Record &record) const;
    [[nodiscard]] ConnectionId shownConnection() const;
    void updateShown();
    void updateLabel();
    void updateNote();

    const CaptureLog *m_log = nullptr;
    std::optional<RecordIndex> m_index;
    quint64 m_epoch = 0;
    std::shared_ptr<RecordSource> m_source;
    std::shared_ptr<RecordSource> m_hexSource; ///< what that tab shows; it is filled when seen
    std::shared_ptr<RecordSource> m_textSource;
    QTabWidget *m_tabs = nullptr;
    HexView *m_hex = nullptr;
    TextView *m_text = nullptr;
    StreamPanel *m_stream = nullptr;
    DecodePanel *m_decode = nullptr;
    NoteLabel *m_note = nullptr;
    QLabel *m_label = nullptr;
    ConnectionId m_followed; ///< asked for, whatever record is selected
};

} // namespace Sockeye
