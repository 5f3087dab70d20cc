// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/record.h"

#include <QString>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace Sockeye {

enum class DecoderKind : quint8 {
    Text, ///< UTF-8, or Latin-1 where it is not
    Json, ///< with JSON-RPC where it is that
    Cbor,
    MessagePack,
    Xml,
    Http1,
    DBus,
    PostgreSql,
    Protobuf, ///< without a schema
    QDataStream,
    Wayland,
};

/// One line of the tree that a decoder makes: what a part of the bytes means.
struct DecodedNode
{
    QString name; ///< of the field: "id", "[3]", "Content-Type"; as the protocol calls it
    QString value; ///< displayable as it is (control characters escaped); empty for a mere group
    QString type; ///< as the protocol calls it: "string", "uint32", "a{sv}"; may be empty
    /// The bytes it stands for, from the first byte of the message. A child lies within its parent.
    quint64 offset = 0;
    quint64 length = 0;
    bool isError = false; ///< here the bytes contradict the protocol; value says how
    std::vector<DecodedNode> children = {};

    friend bool operator==(const DecodedNode &, const DecodedNode &) = default;
};

/// Which call a message belongs to: pairs requests with their responses.
struct CallMark
{
    enum class Role : quint8 { Request, Response, Notice };

    Role role = Role::Notice;
    QString
        id; ///< equal in a request and its response; empty: responses come in the order of requests
    QString method; ///< of a request

    friend bool operator==(const CallMark &, const CallMark &) = default;
};

struct Decoded
{
    QString summary; ///< one line: what a table shows of the message
    DecodedNode root; ///< stands for the whole message
    std::optional<CallMark> call = {};
    bool isValid =
        false; ///< the whole message is as the protocol demands; else a node says where not
};

/// What is known of a message beside its bytes.
struct MessageContext
{
    Direction direction = Direction::ToServer;
    quint8 form = 0; ///< Frame::form
    bool isCut = false; ///< its end is missing: what is there is decoded, and that is no error
};

/// Says what the bytes of one message mean. Any bytes may come in. Immutable; any thread; no I/O.
class Decoder
{
public:
    /// No tree has more nodes or is deeper: bytes that ask for more end with an error node. So a
    /// message costs at most some MiB, whatever it says.
    static constexpr int MostNodes = 50'000;
    static constexpr int DeepestNesting = 100;
    /// Of a node's value; longer ones are cut and end with an ellipsis.
    static constexpr qsizetype LongestValue = 1000;

    [[nodiscard]] static std::unique_ptr<const Decoder> create(DecoderKind kind);
    virtual ~Decoder() = default;
    Decoder(const Decoder &) = delete;
    Decoder &operator=(const Decoder &) = delete;

    /// @p message: the frame's body, or a first part of it (isCut).
    [[nodiscard]] virtual Decoded decode(std::span<const std::byte> message,
                                         const MessageContext &context) const = 0;

protected:
    Decoder() = default;
};

/// The word for @p kind on the command line and in files: "json", "postgresql" …
[[nodiscard]] QString decoderName(DecoderKind kind);
[[nodiscard]] std::optional<DecoderKind> decoderNamed(const QString &name);

} // namespace Sockeye
