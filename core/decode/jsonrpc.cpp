// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/jsonrpc.h"

#include "core/decode/displaytext.h"

#include <QStringList>

#include <initializer_list>

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

const DecodedNode *member(const std::vector<DecodedNode> &nodes, const QString &name)
{
    // The last one of equal names counts, as most parsers have it.
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
        if (node->name == name && !node->isError)
            return &*node;
    }
    return nullptr;
}

const DecodedNode *path(const DecodedNode *node, std::initializer_list<const char16_t *> names)
{
    for (const char16_t *name : names) {
        if (!node)
            return nullptr;
        node = member(node->children, QString::fromUtf16(name));
    }
    return node;
}

QString valueAt(const DecodedNode *node, std::initializer_list<const char16_t *> names)
{
    const DecodedNode *found = path(node, names);
    return found ? found->value : QString();
}

/// The members of one JSON object.
class Members
{
public:
    explicit Members(const DecodedNode &object, const std::vector<DecodedNode> *late = nullptr)
        : m_object(object)
        , m_late(late)
    { }

    [[nodiscard]] const DecodedNode *find(const QString &name) const
    {
        const DecodedNode *found = m_late ? member(*m_late, name) : nullptr;
        return found ? found : member(m_object.children, name);
    }
    [[nodiscard]] QString value(const QString &name) const
    {
        const DecodedNode *found = find(name);
        return found ? found->value : QString();
    }
    [[nodiscard]] bool isString(const QString &name) const
    {
        const DecodedNode *found = find(name);
        return found && found->type.startsWith(u"string");
    }
    /// As JSON; empty if there is none.
    [[nodiscard]] QString id(const QString &name) const
    {
        const DecodedNode *found = find(name);
        if (!found || found->type == u"cut")
            return {};
        return found->type.startsWith(u"string") ? u'"' + found->value + u'"' : found->value;
    }

private:
    const DecodedNode &m_object;
    const std::vector<DecodedNode> *m_late;
};

QString fileName(const QString &uri)
{
    return uri.mid(uri.lastIndexOf(u'/') + 1);
}

/// What distinguishes one call of a method from another, where it is known what that is.
QString detailOf(const DecodedNode *params)
{
    if (!params)
        return {};
    QString detail = fileName(valueAt(params, {u"textDocument", u"uri"}));
    if (detail.isEmpty())
        detail = fileName(valueAt(params, {u"uri"}));
    const QString line = valueAt(params, {u"position", u"line"});
    bool isNumber = false;
    const qulonglong number = line.toULongLong(&isNumber);
    // On the wire lines count from 0, for people from 1.
    if (isNumber)
        detail += u":%1"_s.arg(number + 1);
    if (const DecodedNode *list = path(params, {u"diagnostics"}))
        detail += u", %1 diagnostics"_s.arg(list->children.size());
    for (const char16_t *name : {u"message", u"command", u"query", u"name"}) {
        const DecodedNode *text = path(params, {name});
        if (detail.isEmpty() && text && text->type == u"string")
            detail = text->value;
    }
    return detail;
}

QString joined(const QString &head, const QString &detail)
{
    return detail.isEmpty() ? head : head + u": "_s + detail;
}

QString errorText(const DecodedNode *error)
{
    const QString code = valueAt(error, {u"code"});
    const QString message = valueAt(error, {u"message"});
    if (code.isEmpty() && message.isEmpty())
        return u"error"_s + (error->value.isEmpty() ? QString() : u' ' + error->value);
    return joined(u"error %1"_s.arg(code).trimmed(), message);
}

/// Whether a member says that it went wrong; JSON-RPC 1.0 has an error of null where it did not.
bool isSet(const DecodedNode *node)
{
    return node && node->type != u"null";
}

RpcReading readCall(const Members &members)
{
    const bool isTwo = members.value(u"jsonrpc"_s) == u"2.0";
    const QString id = members.id(u"id"_s);
    const DecodedNode *error = members.find(u"error"_s);
    const DecodedNode *result = members.find(u"result"_s);
    const DecodedNode *params = members.find(u"params"_s);
    if (members.isString(u"method"_s) && (isTwo || params || !id.isEmpty())) {
        const QString method = members.value(u"method"_s);
        // In version 1.0 a notification has the id null.
        const bool isNotice = id.isEmpty() || id == u"null";
        const QString head =
            isNotice ? u"notification %1"_s.arg(method) : u"request %1 %2"_s.arg(id, method);
        CallMark call {.role = isNotice ? CallMark::Role::Notice : CallMark::Role::Request,
                       .id = isNotice ? QString() : id,
                       .method = method};
        return {joined(head, detailOf(params)), std::move(call)};
    }
    const bool isResponse = !id.isEmpty() && (result || error) && (isTwo || (result && error));
    if (!isResponse)
        return {};
    const QString head = u"response %1"_s.arg(id);
    QString outcome;
    if (isSet(error))
        outcome = errorText(error);
    else if (result && result->children.empty())
        outcome = result->value;
    else if (result && result->type == u"array")
        outcome = u"%1 items"_s.arg(result->children.size());
    return {joined(head, outcome), CallMark {CallMark::Role::Response, id, {}}};
}

/// DAP: {"seq": 1, "type": "request", "command": …}.
RpcReading readDebugAdapter(const Members &members)
{
    const QString type = members.value(u"type"_s);
    const QString seq = members.id(u"seq"_s);
    const QString command = members.value(u"command"_s);
    if (seq.isEmpty() || !members.isString(u"type"_s))
        return {};
    if (type == u"request" && members.isString(u"command"_s)) {
        const DecodedNode *arguments = members.find(u"arguments"_s);
        QString detail = valueAt(arguments, {u"program"});
        if (detail.isEmpty())
            detail = valueAt(arguments, {u"source", u"path"});
        if (detail.isEmpty())
            detail = valueAt(arguments, {u"expression"});
        return {joined(u"request %1 %2"_s.arg(seq, command), fileName(detail)),
                CallMark {.role = CallMark::Role::Request, .id = seq, .method = command}};
    }
    const QString requestSeq = members.id(u"request_seq"_s);
    if (type == u"response" && !requestSeq.isEmpty()) {
        const bool hasFailed = members.value(u"success"_s) == u"false";
        const QString outcome =
            hasFailed ? joined(u"failed"_s, members.value(u"message"_s)) : QString();
        return {joined(u"response %1 %2"_s.arg(requestSeq, command), outcome),
                CallMark {CallMark::Role::Response, requestSeq, {}}};
    }
    if (type == u"event" && members.isString(u"event"_s)) {
        const QString event = members.value(u"event"_s);
        const DecodedNode *body = members.find(u"body"_s);
        QString detail = valueAt(body, {u"reason"});
        if (detail.isEmpty())
            detail = valueAt(body, {u"output"});
        return {joined(u"event %1"_s.arg(event), detail),
                CallMark {.role = CallMark::Role::Notice, .id = {}, .method = event}};
    }
    return {};
}

/// A batch has as many ids as calls; its response has the same in any order.
RpcReading readBatch(const DecodedNode &array)
{
    constexpr size_t mostCalls = 1000; // then it is data and no batch
    if (array.children.empty() || array.children.size() > mostCalls)
        return {};
    QStringList ids;
    QStringList methods;
    CallMark call;
    for (const DecodedNode &child : array.children) {
        const RpcReading one = child.type == u"object" ? readCall(Members(child)) : RpcReading();
        if (!one.call)
            return {};
        if (one.call->role != CallMark::Role::Notice) {
            ids.append(one.call->id);
            call.role = one.call->role;
        }
        if (!one.call->method.isEmpty())
            methods.append(one.call->method);
    }
    ids.sort();
    call.id = ids.join(u',');
    call.method = elided(methods.join(u", "_s), Decoder::LongestValue);
    const QString what = methods.isEmpty() ? u"responses %1"_s.arg(ids.join(u", "_s)) : call.method;
    return {u"batch of %1: %2"_s.arg(array.children.size()).arg(what), std::move(call)};
}

} // namespace

RpcReading readJsonRpc(const DecodedNode &root, const std::vector<DecodedNode> &late)
{
    if (root.type == u"array")
        return readBatch(root);
    if (root.type != u"object")
        return {};
    const Members members(root, &late);
    RpcReading reading = readCall(members);
    return reading.call ? reading : readDebugAdapter(members);
}

} // namespace Sockeye
