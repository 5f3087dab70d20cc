// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/treesummary.h"

#include "core/decode/displaytext.h"

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// What has neither a value nor parts: bytes, a text, or a container.
QString emptyText(const QString &type)
{
    if (type.contains(u"byte") || type.startsWith(u"bin") || type.startsWith(u"ay")
        || type.startsWith(u"QString") || type.startsWith(u"QByteArray"))
        return type == u"QStringList" ? u"[]"_s : u"\"\""_s;
    return type.contains(u"map") ? u"{}"_s : u"[]"_s;
}

/// Each node writes a character at least, so that only as many are looked at as a summary has.
void append(QString &line, const DecodedNode &node)
{
    if (line.size() > LongestSummary)
        return;
    if (node.isError) {
        line += u"error: "_s + node.value;
        return;
    }
    const bool isText = node.type.startsWith(u"string") || node.type.contains(u"text string");
    if (isText)
        line += u'"';
    line += node.value;
    if (isText)
        line += u'"';
    if (isText)
        return; // what else it may be is for the tree
    if (node.children.empty()) {
        if (node.value.isEmpty())
            line += emptyText(node.type);
        return;
    }
    const bool isList = node.children.front().name.startsWith(u'[');
    if (!node.value.isEmpty())
        line += u' ';
    line += isList ? u'[' : u'{';
    bool isFirst = true;
    for (const DecodedNode &child : node.children) {
        if (line.size() > LongestSummary)
            return;
        if (!isFirst)
            line += u", "_s;
        isFirst = false;
        if (!isList && !child.isError)
            line += child.name + u": "_s;
        append(line, child);
    }
    line += isList ? u']' : u'}';
}

} // namespace

QString treeSummary(const DecodedNode &root)
{
    QString line;
    append(line, root);
    return elided(line, LongestSummary);
}

} // namespace Sockeye
