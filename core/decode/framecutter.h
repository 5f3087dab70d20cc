// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/framer.h"

#include <array>
#include <limits>

namespace Sockeye {

/// The half of a framer that sees one direction: keeps count of what came and where the open frame
/// begins, so that the frames stand end to end whatever a protocol's rules are. The rules come from
/// the class that inherits it, which sees each byte once and in order.
class FrameCutter
{
public:
    explicit FrameCutter(Direction direction)
        : m_direction(direction)
    { }
    virtual ~FrameCutter() = default;
    FrameCutter(const FrameCutter &) = delete;
    FrameCutter &operator=(const FrameCutter &) = delete;

    // As of Framer.
    void feed(std::span<const std::byte> bytes, const FrameSink &sink);
    void skip(quint64 bytes, const FrameSink &sink);
    void finish(const FrameSink &sink);
    /// What is open and all that follows, up to a gap or the end, is one Unframed frame.
    void giveUp();

protected:
    static constexpr quint64 NotYet = std::numeric_limits<quint64>::max();

    /// Looks at a first part of @p bytes, which are not empty, and tells by advance() how many
    /// they were: 1 and on. Must not look at what follows them, or the law of Framer breaks.
    virtual void take(std::span<const std::byte> bytes, const FrameSink &sink) = 0;
    /// Framing begins anew behind a gap.
    virtual void restart() = 0;
    /// What a message is that is open when the direction ends (@p isEnd) or a gap comes.
    [[nodiscard]] virtual FrameState openState(bool isEnd) const;

    [[nodiscard]] Direction direction() const { return m_direction; }
    /// Counted from the first byte of the direction: the first byte that has not been taken.
    [[nodiscard]] quint64 position() const { return m_end; }
    [[nodiscard]] quint64 openLength() const { return m_end - m_begin; }
    [[nodiscard]] bool isUnframed() const { return m_isUnframed; }

    void advance(quint64 bytes) { m_end += bytes; }
    /// All that is open is a whole message.
    void endMessage(const FrameSink &sink, quint64 bodyOffset, quint64 bodyLength, quint8 form = 0);
    /// What is open fits nothing; more may be found to fit nothing before the next message.
    void lose() { m_isUnframed = true; }
    /// Behind bytes that fit nothing a message begins, @p back bytes before position().
    void find(const FrameSink &sink, quint64 back);
    /// How a message shows that is cut before endMessage(): where its body begins (NotYet: no byte
    /// of it has come) and its form. Holds until it is called again.
    void expect(quint64 bodyOffset, quint8 form = 0);

private:
    void give(const FrameSink &sink, FrameState state, quint64 bodyOffset, quint64 bodyLength,
              quint8 form);
    void giveOpen(const FrameSink &sink, bool isEnd);

    Direction m_direction;
    quint64 m_begin = 0; // of the open frame
    quint64 m_end = 0;
    quint64 m_bodyOffset = 0;
    quint8 m_form = 0;
    bool m_isUnframed = false;
    bool m_isGivenUp = false;
};

/// Messages whose first few bytes tell how long they are.
class HeadedCutter : public FrameCutter
{
public:
    using FrameCutter::FrameCutter;

protected:
    /// Of a header, as far as it must be seen to know the length.
    static constexpr quint64 MostHeader = 24;

    /// What the first bytes of a message tell.
    struct Measure
    {
        enum class Verdict : quint8 {
            More, ///< length: how many bytes of the header must be seen
            Known, ///< length: of the message, counted from the first byte of its header
            Misfit, ///< no message begins like this
        };
        Verdict verdict = Verdict::Misfit;
        quint64 length = 0;
        quint64 bodyOffset = 0; ///< from the first byte of the header
        quint8 form = 0;
    };

    /// Asked with the first byte of a header first, then with as many as it asked for.
    [[nodiscard]] virtual Measure measure(std::span<const std::byte> header) = 0;
    /// Bytes in front of each header, which tell nothing.
    [[nodiscard]] virtual quint64 leadLength() const { return 0; }
    /// Where the body of a message begins whose header is not whole.
    [[nodiscard]] virtual quint64 earlyBodyOffset() const { return 0; }
    /// Whether a message may be looked for, byte by byte, behind bytes that fit nothing. Else the
    /// rest of the direction is given up.
    [[nodiscard]] virtual bool canFind() const { return false; }
    /// A whole message has been given out.
    virtual void messageEnded(quint8 /*form*/) { }

    void take(std::span<const std::byte> bytes, const FrameSink &sink) override;
    void restart() override { beginMessage(); }
    void beginMessage();
    /// @p bytes that are open already, with nothing in front of them, begin a message.
    void beginMessageWith(std::span<const std::byte> bytes, const FrameSink &sink);

private:
    void look(const FrameSink &sink);
    void end(const FrameSink &sink);

    std::array<std::byte, MostHeader> m_header;
    quint64 m_held = 0; // bytes of m_header
    quint64 m_needed = 1;
    quint64 m_lead = NotYet; // still to come in front of the header; NotYet: nobody has asked
    quint64 m_rest = 0; // still to come behind the header
    quint64 m_body = 0; // offset in the message
    quint8 m_form = 0;
    bool m_isMeasured = false;
};

/// A framer of two cutters.
class CutterFramer final : public Framer
{
public:
    CutterFramer(std::unique_ptr<FrameCutter> toServer, std::unique_ptr<FrameCutter> toClient)
        : m_toServer(std::move(toServer))
        , m_toClient(std::move(toClient))
    { }

    void feed(Direction direction, std::span<const std::byte> bytes, const FrameSink &sink) override
    {
        cutter(direction).feed(bytes, sink);
    }
    void skip(Direction direction, quint64 bytes, const FrameSink &sink) override
    {
        cutter(direction).skip(bytes, sink);
    }
    void finish(Direction direction, const FrameSink &sink) override
    {
        cutter(direction).finish(sink);
    }

private:
    [[nodiscard]] FrameCutter &cutter(Direction direction) const
    {
        return direction == Direction::ToServer ? *m_toServer : *m_toClient;
    }

    std::unique_ptr<FrameCutter> m_toServer;
    std::unique_ptr<FrameCutter> m_toClient;
};

/// A CutterFramer of two cutters of one class, each made of its direction and @p arguments.
template <class Cutter, class... Arguments>
[[nodiscard]] std::unique_ptr<Framer> makeCutterFramer(const Arguments &...arguments)
{
    return std::make_unique<CutterFramer>(
        std::make_unique<Cutter>(Direction::ToServer, arguments...),
        std::make_unique<Cutter>(Direction::ToClient, arguments...));
}

} // namespace Sockeye
