// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/guesslength.h"

#include "core/decode/guessbodies.h"
#include "core/decode/guesstrial.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace Sockeye {

namespace {

/// Of some 50 ways to frame that are tried: once in 20 million random inputs.
constexpr double leastRandomBits = 30;
/// Found by trying it on pieces of programs and pictures, which are no messages.
constexpr double leastBits = 21;
constexpr double leastBitsOfCut = 60;

/// How unlikely it is that something is chance.
struct Evidence
{
    double random = 0; ///< in random bytes, in bits
    double sparse = 0; ///< in bytes of which most are 0 or 0xff

    void add(double bits)
    {
        random += bits;
        sparse += bits;
    }
};

struct Chain
{
    FramerSettings settings;
    Evidence evidence;
    size_t messages = 0;
    bool isExact = true; ///< the bytes end where a message ends
    bool fitsReads = false;
    std::optional<DecoderKind> bodies;

    [[nodiscard]] bool isTelling() const
    {
        return evidence.random >= leastRandomBits
            && evidence.sparse >= (isExact ? leastBits : leastBitsOfCut);
    }
};

/// How many reads end where a message ends; 0 as soon as one does not, and for a single one.
double alignedReads(const GuessTrial::Side &side, const std::vector<quint32> &reads)
{
    std::set<quint64> ends;
    for (const Frame &frame : side.frames)
        ends.insert(frame.offset + frame.length);
    quint64 position = 0;
    double aligned = 0;
    for (const quint32 read : reads) {
        position += read;
        if (side.frames.empty() || position > *ends.rbegin())
            break;
        if (!ends.contains(position))
            return 0;
        ++aligned;
    }
    return aligned > 1 ? aligned : 0;
}

QByteArrayView numberOf(const GuessTrial &trial, const GuessTrial::Side &side, const Frame &frame)
{
    const quint64 lead =
        trial.settings.kind == FramerKind::LengthPrefix ? trial.settings.prefixOffset : 0;
    return side.bytes.sliced(static_cast<qsizetype>(frame.offset + lead),
                             static_cast<qsizetype>(frame.bodyOffset - lead));
}

/// What it is worth that @p number is one of the lengths that fit.
Evidence evidenceOf(QByteArrayView number, double fitting)
{
    constexpr double bitsOfByte = 8;
    constexpr double bitsOfCommonByte = 2;
    Evidence evidence;
    for (const char c : number) {
        const bool isCommon = c == 0 || c == '\xff';
        evidence.random += bitsOfByte;
        evidence.sparse += isCommon ? bitsOfCommonByte : bitsOfByte;
    }
    evidence.random = std::max(0.0, evidence.random - std::log2(fitting));
    evidence.sparse = std::max(0.0, evidence.sparse - std::log2(fitting));
    return evidence;
}

/// Nothing where the bytes of a side do not chain, or hold nothing.
std::optional<Evidence> evidenceOf(const GuessTrial &trial, const GuessTrial::Side &side)
{
    if (side.count(FrameState::Unframed) > 0)
        return std::nullopt;
    Evidence sum;
    std::set<quint64> lengths;
    for (const Frame &frame : side.frames) {
        if (frame.state != FrameState::Whole || frame.bodyLength == 0
            || !lengths.insert(frame.bodyLength).second)
            continue;
        const auto left = static_cast<quint64>(side.bytes.size()) - frame.offset;
        const Evidence some = evidenceOf(numberOf(trial, side, frame), static_cast<double>(left));
        sum.random += some.random;
        sum.sparse += some.sparse;
    }
    if (lengths.empty())
        return std::nullopt;
    if (!side.isLong && side.frames.back().state == FrameState::Whole)
        sum.add(std::log2(static_cast<double>(side.bytes.size())
                          / static_cast<double>(side.frames.size())));
    return sum;
}

/// Of random bytes hardly any are text, let alone JSON; some are CBOR.
double formBits(const std::optional<DecoderKind> &form, const std::vector<QByteArrayView> &bodies)
{
    if (!form)
        return 0;
    double sum = 0;
    for (const QByteArrayView body : bodies)
        sum += static_cast<double>(body.size());
    switch (*form) {
    case DecoderKind::Json:
    case DecoderKind::Xml:
        return std::min(4 * sum, 32.0);
    case DecoderKind::Text:
    case DecoderKind::QDataStream:
        return std::min(sum, 12.0);
    case DecoderKind::Protobuf: // nearly all short bytes are
        return 0;
    default:
        return std::min(sum, 8.0);
    }
}

double readBits(const GuessTrial::Side &side, const std::vector<quint32> &reads)
{
    const double aligned = alignedReads(side, reads);
    if (aligned == 0)
        return 0;
    const auto mean =
        static_cast<double>(side.bytes.size()) / static_cast<double>(side.frames.size());
    return aligned * std::log2(mean);
}

std::optional<Chain> tryChain(const FramerSettings &settings, const DirectionStart &toServer,
                              const DirectionStart &toClient)
{
    const GuessTrial trial(settings, toServer.bytes, toClient.bytes);
    Chain chain;
    chain.settings = settings;
    for (const GuessTrial::Side *side : trial.spoken()) {
        const auto evidence = evidenceOf(trial, *side);
        if (!evidence)
            return std::nullopt;
        const bool isToServer = side == trial.sides.data();
        const double fitting = readBits(*side, (isToServer ? toServer : toClient).reads);
        chain.evidence.random += evidence->random;
        chain.evidence.sparse += evidence->sparse;
        chain.evidence.add(fitting);
        chain.fitsReads = chain.fitsReads || fitting > 0;
        chain.isExact =
            chain.isExact && !side->isLong && side->frames.back().state == FrameState::Whole;
    }
    chain.messages = trial.count(FrameState::Whole);
    const auto bodies = trial.bodies();
    chain.bodies = guessDecoder(bodies);
    chain.evidence.sparse += formBits(chain.bodies, bodies);
    if (settings.width == 0 && chain.bodies == DecoderKind::Protobuf)
        chain.evidence.sparse += 1; // below 128 it is the same as a byte, but this is its own
    return chain;
}

/// The likelier ones first: of what is equally unlikely to be chance, the first is told.
std::vector<FramerSettings> candidates()
{
    std::vector<FramerSettings> all;
    for (const bool isInclusive : {false, true}) {
        for (const quint32 offset : {0U, 1U, 2U, 3U, 4U}) {
            for (const int width : {4, 2, 1, 8}) {
                for (const bool isBigEndian : {true, false}) {
                    if ((width == 8 && offset > 0) || (width == 1 && !isBigEndian))
                        continue;
                    all.push_back({.kind = FramerKind::LengthPrefix,
                                   .width = static_cast<quint8>(width),
                                   .isBigEndian = isBigEndian,
                                   .prefixOffset = offset,
                                   .isInclusive = isInclusive});
                }
            }
        }
    }
    all.push_back({.kind = FramerKind::LengthPrefix, .width = 0});
    return all;
}

QString evidenceText(const Chain &chain)
{
    QString text = chain.isExact
        ? QCoreApplication::translate("ProtocolGuess",
                                      "%1 messages chain by their length up to the last byte")
        : QCoreApplication::translate(
            "ProtocolGuess", "%1 messages chain by their length, and the last is not whole");
    text = text.arg(chain.messages);
    if (chain.fitsReads)
        text += QCoreApplication::translate("ProtocolGuess", "; each read ends with one");
    if (chain.bodies)
        text += QCoreApplication::translate("ProtocolGuess", "; they hold %1")
                    .arg(formName(*chain.bodies));
    return text;
}

ProtocolGuess told(const Chain &chain)
{
    constexpr double most = 92; // that it is a length is never proved
    const double confidence = std::min(35 + chain.evidence.sparse, most);
    return {chain.settings, chain.bodies.value_or(DecoderKind::Text), static_cast<int>(confidence),
            evidenceText(chain)};
}

} // namespace

std::vector<ProtocolGuess> guessLengths(const DirectionStart &toServer,
                                        const DirectionStart &toClient)
{
    std::optional<Chain> best;
    for (const FramerSettings &settings : candidates()) {
        const auto chain = tryChain(settings, toServer, toClient);
        if (chain && chain->isTelling()
            && (!best || chain->evidence.sparse > best->evidence.sparse))
            best = chain;
    }
    std::vector<ProtocolGuess> guesses;
    if (best)
        guesses.push_back(told(*best));
    const auto blocks = tryChain({.kind = FramerKind::QDataStreamBlock}, toServer, toClient);
    if (!blocks || !blocks->isTelling()
        || (best && blocks->evidence.sparse < best->evidence.sparse))
        return guesses;
    // The same as a length of 4 bytes, unless a null is among them or QDataStream's strings.
    ProtocolGuess guess = told(*blocks);
    if (best && blocks->bodies != DecoderKind::QDataStream) {
        guess.confidence -= 5;
        guesses.push_back(guess);
    } else {
        guesses.insert(guesses.begin(), guess);
        if (best)
            guesses.back().confidence -= 5;
    }
    return guesses;
}

} // namespace Sockeye
