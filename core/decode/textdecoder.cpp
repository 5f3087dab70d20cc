// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/textdecoder.h"

#include "core/decode/displaytext.h"
#include "core/decode/nodetree.h"

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

Decoded TextDecoder::decode(std::span<const std::byte> message, const MessageContext &context) const
{
    NodeTree tree(message, context.isCut);
    const QByteArrayView bytes = tree.bytes(0, tree.size());
    const bool isUtf8 = validUtf8(bytes, context.isCut) == bytes.size();
    const auto shown = [isUtf8](QByteArrayView part, qsizetype longest) {
        return isUtf8 ? displayText(part, longest) : displayLatin1(part, longest);
    };
    tree.root().type = isUtf8 ? u"UTF-8"_s : u"Latin-1"_s;
    const qsizetype firstEnd = bytes.indexOf('\n');
    if (firstEnd < 0 || firstEnd + 1 == bytes.size()) {
        tree.root().value = shown(bytes, LongestValue);
        return tree.finish(shown(bytes, LongestSummary));
    }
    int number = 0;
    for (qsizetype at = 0; at < bytes.size() && !tree.isFull();) {
        const qsizetype end = bytes.indexOf('\n', at);
        const qsizetype next = end < 0 ? bytes.size() : end + 1;
        QByteArrayView line = bytes.sliced(at, (end < 0 ? next : end) - at);
        if (end >= 0 && line.endsWith('\r'))
            line.chop(1);
        tree.add(u"line %1"_s.arg(++number), shown(line, LongestValue), {},
                 static_cast<quint64>(at), static_cast<quint64>(next - at));
        at = next;
    }
    return tree.finish(shown(bytes, LongestSummary));
}

} // namespace Sockeye
