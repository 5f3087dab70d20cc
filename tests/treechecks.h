// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/dbusform.h"
#include "core/decode/decoder.h"
#include "core/decode/postgresform.h"

#include <QByteArray>
#include <QMetaType>

namespace Sockeye {

/// What decoder.h promises of any tree, whatever the bytes were: the first thing in @p decoded that
/// is not so, in words; empty where all is. @p size: of the message.
[[nodiscard]] QString brokenPromise(const Decoded &decoded, quint64 size);

/// The fuzz target and its corpus write a message as one byte that says how it came, then its
/// bytes: the decoder by its number, + 16 to the client, + 32 cut, + 64 and + 128 one of
/// SampleForms.
struct MessageSample
{
    DecoderKind kind = DecoderKind::Text;
    MessageContext context;
    QByteArray message;
};
/// The usual one; what else D-Bus and PostgreSQL have; one that nobody knows.
inline constexpr quint8 SampleForms[] = {0, 1, 5, 255};
static_assert(SampleForms[1] == DBusForm::AuthLine);
static_assert(SampleForms[1] == PostgreSqlForm::Startup);
static_assert(SampleForms[2] == PostgreSqlForm::EncryptionAnswer);
/// @p bytes: one or more.
[[nodiscard]] MessageSample sampleOf(QByteArrayView bytes);

/// A message as a whole picture, for comparison: a line with the summary, a line with its call if
/// it has one ("request id method"), "not valid" if so; then a line per node, indented by its
/// depth: "name = value : type @ offset + length", with "!" in front where it is an error.
[[nodiscard]] QString pictureOf(const Decoded &decoded);

/// The rows of a table of pictures: columns message, context and picture, for checkPicture().
class PictureRows
{
public:
    explicit PictureRows(DecoderKind kind);
    /// @p picture begins with a line end, so that it may stand on lines of its own.
    void add(const char *name, const QByteArray &message, const char *picture,
             const MessageContext &context = {});

private:
    DecoderKind m_kind;
};
/// Of the current row.
void checkPicture();

/// All bytes of a literal but its last one, a 0.
template <size_t N>
[[nodiscard]] QByteArray bytes(const char (&literal)[N])
{
    return {literal, static_cast<qsizetype>(N) - 1};
}

inline constexpr MessageContext ToClient {Direction::ToClient};
inline constexpr MessageContext CutToServer {Direction::ToServer, 0, true};
inline constexpr MessageContext CutToClient {Direction::ToClient, 0, true};

} // namespace Sockeye

Q_DECLARE_METATYPE(Sockeye::MessageContext)
Q_DECLARE_METATYPE(Sockeye::DecoderKind)
