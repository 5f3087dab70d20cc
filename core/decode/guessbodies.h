// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

#include <QByteArrayView>

namespace Sockeye {

// What bytes may be, by their form alone; each with a bound on what it costs that is the length of
// the bytes. Empty bytes are nothing of it.

/// UTF-8 without control characters but tab, carriage return and line feed.
[[nodiscard]] bool isPlainText(QByteArrayView bytes);
/// An object or an array, and nothing else.
[[nodiscard]] bool isJson(QByteArrayView bytes);

/// What all of @p bodies are, if anything. A few bytes are no more than a hint for some of them:
/// this is for choosing a decoder, not for proving anything.
[[nodiscard]] std::optional<DecoderKind> guessDecoder(const std::vector<QByteArrayView> &bodies);

/// For people: "JSON".
[[nodiscard]] QString formName(DecoderKind kind);

} // namespace Sockeye
