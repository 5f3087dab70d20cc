// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "treechecks.h"

#include "core/base/utf8text.h"

#include <QStringList>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

bool isDisplayable(const QString &text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t character = text[i].unicode();
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            character = QChar::surrogateToUcs4(text[i], text[i + 1]);
            ++i;
        }
        if (!isShowable(character))
            return false;
    }
    return true;
}

class Walk
{
public:
    [[nodiscard]] QString check(const DecodedNode &node, int depth)
    {
        ++m_nodes;
        m_hasError = m_hasError || node.isError;
        if (depth > Decoder::DeepestNesting)
            return u"deeper than allowed"_s;
        if (node.value.size() > Decoder::LongestValue)
            return u"the value of %1 is too long"_s.arg(node.name);
        for (const QString &text : {node.name, node.value, node.type}) {
            if (!isDisplayable(text))
                return u"not displayable: %1"_s.arg(text);
        }
        quint64 previous = node.offset;
        for (const DecodedNode &child : node.children) {
            if (child.offset < node.offset
                || child.offset + child.length > node.offset + node.length)
                return u"%1 is not within %2"_s.arg(child.name, node.name);
            if (child.offset < previous)
                return u"%1 begins before its elder"_s.arg(child.name);
            previous = child.offset;
            if (const QString broken = check(child, depth + 1); !broken.isEmpty())
                return broken;
        }
        return {};
    }
    [[nodiscard]] int nodes() const { return m_nodes; }
    [[nodiscard]] bool hasError() const { return m_hasError; }

private:
    int m_nodes = 0;
    bool m_hasError = false;
};

void addLines(QStringList &lines, const DecodedNode &node, int depth)
{
    QString line = QString(2 * depth, u' ') + (node.isError ? u"! "_s : QString()) + node.name;
    if (!node.value.isEmpty())
        line += u" = "_s + node.value;
    if (!node.type.isEmpty())
        line += u" : "_s + node.type;
    lines.append(line + u" @ %1 + %2"_s.arg(node.offset).arg(node.length));
    for (const DecodedNode &child : node.children)
        addLines(lines, child, depth + 1);
}

} // namespace

MessageSample sampleOf(QByteArrayView bytes)
{
    constexpr uint kinds = static_cast<uint>(DecoderKind::Wayland) + 1;
    const uint first = static_cast<uchar>(bytes[0]);
    return {.kind = static_cast<DecoderKind>((first & 15U) % kinds),
            .context = {.direction = (first & 16U) == 0 ? Direction::ToServer : Direction::ToClient,
                        .form = SampleForms[first >> 6],
                        .isCut = (first & 32U) != 0},
            .message = bytes.sliced(1).toByteArray()};
}

QString pictureOf(const Decoded &decoded)
{
    QStringList lines {decoded.summary};
    if (const std::optional<CallMark> &call = decoded.call) {
        const QString role = call->role == CallMark::Role::Request ? u"request"_s
            : call->role == CallMark::Role::Response               ? u"response"_s
                                                                   : u"notice"_s;
        lines.append(u"%1 %2 %3"_s.arg(role, call->id, call->method).simplified());
    }
    if (!decoded.isValid)
        lines.append(u"not valid"_s);
    addLines(lines, decoded.root, 0);
    return lines.join(u'\n');
}

QString brokenPromise(const Decoded &decoded, quint64 size)
{
    if (decoded.root.offset != 0 || decoded.root.length != size)
        return u"the root is not the message"_s;
    Walk walk;
    if (const QString broken = walk.check(decoded.root, 1); !broken.isEmpty())
        return broken;
    if (walk.nodes() > Decoder::MostNodes)
        return u"more nodes than allowed"_s;
    if (walk.hasError() == decoded.isValid)
        return decoded.isValid ? u"valid with an error"_s : u"not valid, and nothing says where"_s;
    if (!isDisplayable(decoded.summary))
        return u"not displayable: %1"_s.arg(decoded.summary);
    return {};
}

} // namespace Sockeye
