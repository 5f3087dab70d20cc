// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/dissection.h"

#include <QHash>
#include <QJsonArray>

#include <algorithm>

namespace Sockeye {

namespace {

/// Bytes of the packet or of a source, as the answer tells them.
struct Range
{
    quint64 offset = 0;
    quint64 length = 0;
};

std::optional<Range> rangeOf(const QJsonObject &node)
{
    const QJsonArray range = node.value(QLatin1String("h")).toArray();
    const qint64 offset = range.at(0).toInteger(-1);
    const qint64 length = range.at(1).toInteger(-1);
    if (offset < 0 || length <= 0 || offset > INT32_MAX || length > INT32_MAX)
        return std::nullopt;
    return Range {static_cast<quint64>(offset), static_cast<quint64>(length)};
}

// The dissector has escaped control characters. What else cannot be shown would turn a line
// around.
QString shown(QString text)
{
    for (QChar &character : text) {
        if (!character.isPrint() && !character.isSurrogate())
            character = QChar::ReplacementCharacter;
    }
    if (text.size() > Decoder::LongestValue) {
        text.truncate(Decoder::LongestValue - 1);
        text += QChar(0x2026);
    }
    return text;
}

bool isField(const QJsonObject &node, const char *name)
{
    const QString filter = node.value(QLatin1String("f")).toString();
    return filter.section(QLatin1Char(' '), 0, 0) == QLatin1String(name);
}

// "tcp.seq == 1": the name of a field, and the value to filter for. Mere text has none, or
// "frame[54:4] == …".
QString fieldName(const QJsonObject &node)
{
    const QString filter = node.value(QLatin1String("f")).toString();
    const QString name = filter.section(QLatin1Char(' '), 0, 0);
    const bool isText = name == QLatin1String("text") || name.contains(QLatin1Char('['));
    return isText ? QString() : shown(name);
}

// The severity goes up to all parents of what is wrong; that itself has the expert's remark.
bool isErrorItself(const QJsonObject &node)
{
    if (node.value(QLatin1String("s")).toString() != QLatin1String("Error"))
        return false;
    const QJsonArray children = node.value(QLatin1String("n")).toArray();
    return std::any_of(children.begin(), children.end(), [](const QJsonValue &child) {
        return isField(child.toObject(), "_ws.expert");
    });
}

class TreeBuilder
{
public:
    /// @p isPlaced: the answer tells which bytes its ranges mean.
    TreeBuilder(quint64 payloadStart, quint64 payloadOffset, const std::vector<quint64> &sizes,
                bool isPlaced)
        : m_payloadStart(payloadStart)
        , m_payloadOffset(payloadOffset)
        , m_sizes(sizes)
        , m_isPlaced(isPlaced)
    { }

    [[nodiscard]] DissectedLayer layer(const QJsonObject &object)
    {
        const auto source = object.value(QLatin1String("ds")).toInt(0);
        const bool isKnown =
            m_isPlaced && source >= 0 && static_cast<size_t>(source) <= m_sizes.size();
        m_source = isKnown ? source : -1;
        return {node(object, 0), isKnown ? source - 1 : -1};
    }
    [[nodiscard]] bool isFull()
    {
        m_isCut = m_isCut || m_nodes >= Decoder::MostNodes;
        return m_isCut;
    }
    [[nodiscard]] bool isCut() const { return m_isCut; }

private:
    [[nodiscard]] DecodedNode node(const QJsonObject &object, int depth);
    void setRange(DecodedNode &node, const QJsonObject &object) const;
    static void enclose(DecodedNode &node, const DecodedNode &child);

    quint64 m_payloadStart;
    quint64 m_payloadOffset;
    const std::vector<quint64> &m_sizes;
    bool m_isPlaced;
    int m_source = 0; // of the layer; -1: not known
    int m_nodes = 0;
    bool m_isCut = false;
};

DecodedNode TreeBuilder::node(const QJsonObject &object, int depth)
{
    ++m_nodes;
    DecodedNode result;
    const QString label = object.value(QLatin1String("l")).toString();
    const bool isBracketed = label.startsWith(QLatin1Char('[')) && label.endsWith(QLatin1Char(']'));
    const qsizetype colon = isBracketed ? -1 : label.indexOf(QLatin1String(": "));
    result.name = shown(label.left(colon));
    if (colon >= 0)
        result.value = shown(label.mid(colon + 2));
    result.type = fieldName(object);
    result.isError = isErrorItself(object);
    if (!object.value(QLatin1String("g")).toBool())
        setRange(result, object);
    else if (!isBracketed)
        result.name = QLatin1Char('[') + result.name + QLatin1Char(']');
    const QJsonArray children = object.value(QLatin1String("n")).toArray();
    for (const auto &value : children) {
        if (m_nodes >= Decoder::MostNodes || depth + 1 >= Decoder::DeepestNesting) {
            m_isCut = true;
            break;
        }
        const QJsonObject child = value.toObject();
        if (child.value(QLatin1String("v")).toBool())
            continue; // hidden: only there to be filtered for
        result.children.push_back(node(child, depth + 1));
        enclose(result, result.children.back());
    }
    return result;
}

void TreeBuilder::setRange(DecodedNode &node, const QJsonObject &object) const
{
    const auto range = rangeOf(object);
    if (!range || m_source < 0 || object.value(QLatin1String("ds")).toInt(0) != m_source)
        return;
    if (m_source > 0) {
        if (range->offset + range->length > m_sizes[static_cast<size_t>(m_source) - 1])
            return;
        node.offset = range->offset;
    } else {
        if (range->offset < m_payloadStart)
            return; // of the headers that are not the record's
        node.offset = range->offset - m_payloadStart + m_payloadOffset;
    }
    node.length = range->length;
}

// A dissector may hang a field under one that stands elsewhere. Whoever looks for a byte in the
// tree goes down from parents.
void TreeBuilder::enclose(DecodedNode &node, const DecodedNode &child)
{
    if (child.length == 0)
        return;
    if (node.length == 0) {
        node.offset = child.offset;
        node.length = child.length;
        return;
    }
    const quint64 begin = std::min(node.offset, child.offset);
    const quint64 end = std::max(node.offset + node.length, child.offset + child.length);
    node.offset = begin;
    node.length = end - begin;
}

// The frame with its comment, its addresses and ports: true only of the conversation that Sockeye
// has made up.
bool isMadeUp(const QJsonObject &layer)
{
    const QString name = layer.value(QLatin1String("f")).toString();
    return name == QLatin1String("frame") || name == QLatin1String("pkt_comment")
        || name == QLatin1String("ip") || name == QLatin1String("tcp");
}

// "Frame: 11, payload: 78-100 (23 bytes)" in the list of a source's segments.
quint64 tailIn(const QJsonObject &segments, quint64 frame, quint64 size)
{
    const QJsonArray list = segments.value(QLatin1String("n")).toArray();
    for (const auto &value : list) {
        const QJsonObject segment = value.toObject();
        const auto range = rangeOf(segment);
        if (range && segment.value(QLatin1String("fnum")).toInteger() == static_cast<qint64>(frame)
            && range->offset + range->length == size)
            return range->length;
    }
    return 0;
}

} // namespace

Dissection toDissection(const QJsonObject &answer, quint64 frame, quint64 payloadOffset)
{
    Dissection result;
    const QJsonArray columns = answer.value(QLatin1String("col")).toArray();
    result.protocol = shown(columns.at(0).toString());
    result.info = shown(columns.at(1).toString());
    std::vector<quint64> sizes;
    const QJsonArray sources = answer.value(QLatin1String("ds")).toArray();
    for (const auto &value : sources) {
        const QJsonObject source = value.toObject();
        result.sources.push_back(
            {shown(source.value(QLatin1String("name")).toString()),
             QByteArray::fromBase64(source.value(QLatin1String("bytes")).toString().toLatin1())});
        sizes.push_back(static_cast<quint64>(result.sources.back().bytes.size()));
    }

    const QJsonArray tree = answer.value(QLatin1String("tree")).toArray();
    qsizetype first = 0;
    quint64 payloadStart = 0;
    for (; first < tree.size() && isMadeUp(tree.at(first).toObject()); ++first) {
        const QJsonObject layer = tree.at(first).toObject();
        if (const auto range = rangeOf(layer); range && !isField(layer, "frame"))
            payloadStart = range->offset + range->length;
        const QJsonArray fields = layer.value(QLatin1String("n")).toArray();
        for (const auto &field : fields) {
            if (isField(field.toObject(), "tcp.reassembled_in"))
                result.continuedIn = static_cast<quint64>(
                    std::max<qint64>(field.toObject().value(QLatin1String("fnum")).toInteger(), 0));
        }
    }
    const bool isPlaced = answer.contains(QLatin1String("bytes"));
    TreeBuilder builder(payloadStart, payloadOffset, sizes, isPlaced);
    for (qsizetype number = first; number < tree.size(); ++number) {
        const QJsonObject object = tree.at(number).toObject();
        const int source = object.value(QLatin1String("ds")).toInt(0);
        if (source > 0 && static_cast<size_t>(source) <= sizes.size()) {
            auto &tail = result.sources[static_cast<size_t>(source) - 1].tail;
            tail = std::max(tail, tailIn(object, frame, sizes[static_cast<size_t>(source) - 1]));
        }
        if (builder.isFull() || object.value(QLatin1String("v")).toBool())
            continue;
        result.layers.push_back(builder.layer(object));
    }
    result.isCut = builder.isCut() || !isPlaced;
    return result;
}

std::vector<DissectorProtocol> toDissectorProtocols(const QByteArray &candidates,
                                                    const QByteArray &protocols)
{
    QHash<QString, QString> shortNames;
    for (const QByteArray &line : protocols.split('\n')) {
        const QList<QByteArray> fields = line.trimmed().split('\t');
        if (fields.size() >= 3)
            shortNames.insert(QString::fromUtf8(fields[2]), QString::fromUtf8(fields[1]));
    }
    std::vector<DissectorProtocol> result;
    for (const QByteArray &line : candidates.split('\n')) {
        const qsizetype open = line.indexOf(" (");
        if (!line.startsWith('\t') || open < 2 || !line.endsWith(')'))
            continue;
        const QString name = QString::fromUtf8(line.mid(1, open - 1));
        const QString shortName = shortNames.value(name);
        if (shortName.isEmpty())
            continue; // it could not be chosen
        result.push_back(
            {name, shortName, shown(QString::fromUtf8(line.mid(open + 2).chopped(1)))});
    }
    std::sort(result.begin(), result.end(),
              [](const auto &left, const auto &right) { return left.name < right.name; });
    return result;
}

} // namespace Sockeye
