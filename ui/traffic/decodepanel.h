// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/models/messages.h"

#include <QWidget>

#include <map>
#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QToolButton;
class QTreeView;

namespace Sockeye {

class DecodedModel;
class EmptyState;
class HexView;
class NoteLabel;

/// The message to which a record belongs, decoded: a tree of fields beside its bytes. A click on a
/// field selects its bytes, a click on a byte its field. How the connection is cut into messages
/// and what they are is guessed, said, and can be chosen; the choice holds for the server.
class DecodePanel final : public QWidget
{
    Q_OBJECT

public:
    explicit DecodePanel(QWidget *parent = nullptr);
    ~DecodePanel() override;

    /// Not owned; nullptr: none.
    void setLog(const CaptureLog *log);
    void setRecord(std::optional<RecordIndex> index);
    /// Connect it to RefreshClock::ticked: messages are found by and by.
    void refresh();

    [[nodiscard]] QTreeView *tree() const { return m_tree; }
    [[nodiscard]] HexView *hexView() const { return m_hex; }
    [[nodiscard]] QComboBox *framerBox() const { return m_framerBox; }
    [[nodiscard]] QComboBox *decoderBox() const { return m_decoderBox; }
    /// "Message 3 of 17 · 123 B · whole"
    [[nodiscard]] QString messageText() const;
    [[nodiscard]] std::optional<size_t> message() const { return m_message; }
    /// The next message of the connection (1), or the one before (-1).
    void step(int by);

Q_SIGNALS:
    /// Another message was chosen here; it began in this record.
    void recordAsked(Sockeye::RecordIndex index);

private:
    struct Choice
    {
        std::optional<FramerSettings> framer = {}; ///< nothing: as guessed
        std::optional<DecoderKind> decoder = {};
    };

    void build();
    QWidget *buildBar();
    void framerChosen();
    void setFramer(const std::optional<FramerSettings> &framer);
    void decoderChosen();
    void followAgain();
    void showGuess();
    void showMessage(std::optional<size_t> number);
    void decode();
    void updateText();
    void fieldSelected();
    void byteSelected();
    [[nodiscard]] Choice &choice();
    [[nodiscard]] DecoderKind decoderInUse() const;

    const CaptureLog *m_log = nullptr;
    CaptureCursor m_seen; ///< when the messages were asked for last
    std::optional<Record> m_record;
    std::unique_ptr<Messages> m_messages;
    Messages::Progress m_progress;
    std::optional<size_t> m_message;
    std::map<quint64, Choice> m_choices; ///< by server
    bool m_isSelecting = false; ///< one side follows the other

    DecodedModel *m_model;
    QComboBox *m_framerBox = nullptr;
    QComboBox *m_decoderBox = nullptr;
    QLabel *m_text = nullptr;
    QToolButton *m_previous = nullptr;
    QToolButton *m_next = nullptr;
    QTreeView *m_tree = nullptr;
    HexView *m_hex = nullptr;
    EmptyState *m_empty = nullptr;
    NoteLabel *m_note = nullptr;
};

} // namespace Sockeye
