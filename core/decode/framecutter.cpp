// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/framecutter.h"

#include <algorithm>

namespace Sockeye {

void FrameCutter::feed(std::span<const std::byte> bytes, const FrameSink &sink)
{
    while (!bytes.empty()) {
        if (m_isGivenUp) {
            m_end += bytes.size();
            return;
        }
        const quint64 before = m_end;
        take(bytes, sink);
        Q_ASSERT(m_end > before && m_end - before <= bytes.size());
        bytes = bytes.subspan(m_end - before);
    }
}

void FrameCutter::skip(quint64 bytes, const FrameSink &sink)
{
    if (bytes == 0)
        return;
    giveOpen(sink, false);
    m_end += bytes;
    // Nothing of it is here, so there is no body either.
    give(sink, FrameState::Cut, bytes, 0, 0);
    m_isGivenUp = false;
    restart();
}

void FrameCutter::finish(const FrameSink &sink)
{
    giveOpen(sink, true);
}

void FrameCutter::giveUp()
{
    m_isUnframed = true;
    m_isGivenUp = true;
}

FrameState FrameCutter::openState(bool /*isEnd*/) const
{
    return FrameState::Cut;
}

void FrameCutter::endMessage(const FrameSink &sink, quint64 bodyOffset, quint64 bodyLength,
                             quint8 form)
{
    give(sink, FrameState::Whole, bodyOffset, bodyLength, form);
}

void FrameCutter::find(const FrameSink &sink, quint64 back)
{
    Q_ASSERT(back <= openLength());
    const quint64 end = m_end;
    m_end -= back;
    if (openLength() > 0)
        give(sink, FrameState::Unframed, 0, openLength(), 0);
    m_end = end;
    m_isUnframed = false;
}

void FrameCutter::expect(quint64 bodyOffset, quint8 form)
{
    m_bodyOffset = bodyOffset;
    m_form = form;
}

void FrameCutter::give(const FrameSink &sink, FrameState state, quint64 bodyOffset,
                       quint64 bodyLength, quint8 form)
{
    const Frame frame {m_begin, m_end - m_begin, bodyOffset, bodyLength, state, form};
    Q_ASSERT(frame.length > 0 && bodyOffset + bodyLength <= frame.length);
    m_begin = m_end;
    m_isUnframed = false;
    sink(m_direction, frame);
}

void FrameCutter::giveOpen(const FrameSink &sink, bool isEnd)
{
    const quint64 length = openLength();
    if (length == 0)
        return;
    const FrameState state = m_isUnframed ? FrameState::Unframed : openState(isEnd);
    const bool isMessage = state != FrameState::Unframed;
    const quint64 bodyOffset = isMessage ? std::min(m_bodyOffset, length) : 0;
    give(sink, state, bodyOffset, length - bodyOffset, isMessage ? m_form : quint8 {0});
}

void HeadedCutter::beginMessage()
{
    m_held = 0;
    m_needed = 1;
    m_lead = leadLength();
    m_rest = 0;
    m_isMeasured = false;
    expect(earlyBodyOffset());
}

void HeadedCutter::beginMessageWith(std::span<const std::byte> bytes, const FrameSink &sink)
{
    Q_ASSERT(bytes.size() <= MostHeader);
    beginMessage();
    std::copy(bytes.begin(), bytes.end(), m_header.begin());
    m_held = bytes.size();
    look(sink);
}

void HeadedCutter::take(std::span<const std::byte> bytes, const FrameSink &sink)
{
    if (m_lead == NotYet)
        beginMessage();
    quint64 &wanted = m_isMeasured ? m_rest : m_lead;
    if (wanted > 0) {
        const quint64 taken = std::min<quint64>(wanted, bytes.size());
        advance(taken);
        wanted -= taken;
        if (m_isMeasured && m_rest == 0)
            end(sink);
        return;
    }
    const quint64 taken = std::min<quint64>(m_needed - m_held, bytes.size());
    std::copy_n(bytes.begin(), taken, m_header.begin() + static_cast<qptrdiff>(m_held));
    m_held += taken;
    advance(taken);
    look(sink);
}

void HeadedCutter::look(const FrameSink &sink)
{
    while (m_held >= m_needed) {
        const Measure measured = measure(std::span(m_header).first(m_needed));
        switch (measured.verdict) {
        case Measure::Verdict::More:
            Q_ASSERT(measured.length > m_needed && measured.length <= MostHeader);
            m_needed = measured.length;
            break;
        case Measure::Verdict::Known:
            Q_ASSERT(measured.length >= m_held);
            if (isUnframed())
                find(sink, m_held);
            m_isMeasured = true;
            m_body = leadLength() + measured.bodyOffset;
            m_form = measured.form;
            expect(m_body, m_form);
            m_rest = measured.length - m_held;
            if (m_rest == 0)
                end(sink);
            return;
        case Measure::Verdict::Misfit:
            if (!canFind()) {
                giveUp();
                return;
            }
            lose();
            std::copy(m_header.begin() + 1, m_header.end(), m_header.begin());
            --m_held;
            m_needed = 1;
            break;
        }
    }
}

void HeadedCutter::end(const FrameSink &sink)
{
    const quint8 form = m_form;
    endMessage(sink, m_body, openLength() - m_body, form);
    beginMessage();
    messageEnded(form);
}

} // namespace Sockeye
