// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/bytepattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace Sockeye {

namespace {

/// Steps of the matcher on one record: a tenth of a second at the most, and thousands of times what
/// an expression needs that was not made to be slow.
constexpr quint32 MostSteps = 10'000'000;
constexpr quint32 MostHeap = 32 * 1024; // KiB

template <auto release>
struct Releaser
{
    template <class T>
    void operator()(T *object) const
    {
        release(object);
    }
};
using Code = std::unique_ptr<pcre2_code, Releaser<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Releaser<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Releaser<pcre2_match_context_free>>;

QString wordsOf(int error)
{
    std::array<PCRE2_UCHAR, 256> text = {};
    (void)pcre2_get_error_message(error, text.data(), text.size());
    return QString::fromUtf8(reinterpret_cast<const char *>(text.data()));
}

} // namespace

struct BytePattern::Private
{
    Code code;
    MatchContext context;
};

BytePattern::BytePattern(std::unique_ptr<Private> p)
    : d(std::move(p))
{ }

BytePattern::~BytePattern() = default;

std::shared_ptr<const BytePattern> BytePattern::compile(const QString &expression, Mistake *mistake)
{
    const QByteArray text = expression.toUtf8();
    int error = 0;
    PCRE2_SIZE place = 0;
    auto p = std::make_unique<Private>();
    p->code.reset(pcre2_compile(
        reinterpret_cast<PCRE2_SPTR>(text.constData()), static_cast<PCRE2_SIZE>(text.size()),
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &error,
        &place, nullptr));
    if (!p->code) {
        const auto before = text.first(std::min(static_cast<qsizetype>(place), text.size()));
        *mistake = {wordsOf(error), QString::fromUtf8(before).size()};
        return nullptr;
    }
    // Without it the expression is interpreted: slower, and the same.
    (void)pcre2_jit_compile(p->code.get(), PCRE2_JIT_COMPLETE);
    p->context.reset(pcre2_match_context_create(nullptr));
    if (p->context) {
        pcre2_set_match_limit(p->context.get(), MostSteps);
        pcre2_set_heap_limit(p->context.get(), MostHeap);
    }
    return std::shared_ptr<const BytePattern>(new BytePattern(std::move(p)));
}

bool BytePattern::isIn(std::span<const std::byte> bytes) const
{
    // One pair of places is all that is asked for, so the data serve every expression.
    static thread_local const MatchData data(pcre2_match_data_create(1, nullptr));
    if (!data)
        return false;
    static constexpr unsigned char nothing = 0;
    const auto *start =
        bytes.empty() ? &nothing : reinterpret_cast<const unsigned char *>(bytes.data());
    return pcre2_match(d->code.get(), start, bytes.size(), 0, 0, data.get(), d->context.get()) >= 0;
}

} // namespace Sockeye
