// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/displaytext.h"
#include "core/decode/postgresfields.h"

#include <QRegularExpression>

// What a client sends: chapter 55.7 of PostgreSQL's manual, "Message Formats".

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// SQL as one line; passwords that it sets are left out.
QString query(PostgresFields &fields)
{
    static const QRegularExpression password(u"\\bpassword(\\s+)e?'(?:[^']|'')*(?:'|$)"_s,
                                             QRegularExpression::CaseInsensitiveOption);
    const QByteArrayView text = fields.rest();
    const qsizetype end = text.indexOf('\0');
    QString line = displayLine(end < 0 ? text : text.first(end), LongestSummary);
    line.replace(password, u"PASSWORD '…'"_s);
    fields.string(u"query"_s, u"SQL"_s);
    return line;
}

QString named(const QString &what, const QString &name)
{
    return name.isEmpty() ? what : what + u' ' + name;
}

QString readParse(PostgresFields &fields)
{
    const QString name = fields.string(u"statement"_s);
    const QString line = query(fields);
    const qint16 count = fields.int16(u"parameter types"_s);
    fields.list(u"types"_s, count, [&](const QString &place) { fields.typeOid(place); });
    return named(u"Parse"_s, name) + (name.isEmpty() ? u" "_s : u": "_s) + line;
}

void readFormats(PostgresFields &fields, const QString &countName, const QString &name)
{
    const qint16 count = fields.int16(countName);
    fields.list(name, count, [&](const QString &place) { fields.format(place); });
}

QString readValues(PostgresFields &fields, const QString &countName, const QString &name)
{
    QString line;
    const qint16 count = fields.int16(countName);
    fields.list(name, count, [&](const QString &place) {
        const QString text = fields.value(place);
        if (line.size() <= LongestSummary)
            line += (line.isEmpty() ? QString() : u", "_s) + text;
    });
    return line;
}

QString readBind(PostgresFields &fields)
{
    fields.string(u"portal"_s);
    const QString statement = fields.string(u"statement"_s);
    readFormats(fields, u"parameter formats"_s, u"formats"_s);
    const QString values = readValues(fields, u"parameters"_s, u"values"_s);
    readFormats(fields, u"result formats"_s, u"formats of results"_s);
    return named(u"Bind"_s, statement) + (values.isEmpty() ? QString() : u" ("_s + values + u')');
}

QString readTarget(PostgresFields &fields, const QString &what)
{
    const quint64 begin = fields.at();
    const QByteArrayView rest = fields.rest();
    const char kind = rest.isEmpty() ? 'S' : rest[0];
    if (kind != 'S' && kind != 'P') {
        fields.wrong(u"kind"_s, u"neither S (statement) nor P (portal)"_s, begin);
        return what;
    }
    fields.byte(u"kind"_s, kind == 'S' ? u"statement"_s : u"portal"_s);
    return named(what + (kind == 'S' ? u" statement"_s : u" portal"_s), fields.string(u"name"_s));
}

QString readExecute(PostgresFields &fields)
{
    const QString portal = fields.string(u"portal"_s);
    const qint32 rows = fields.int32(u"rows at most"_s);
    return named(u"Execute"_s, portal) + (rows > 0 ? u", %1 rows at most"_s.arg(rows) : QString());
}

QString readFunctionCall(PostgresFields &fields)
{
    const qint32 function = fields.int32(u"function"_s, u"oid"_s);
    readFormats(fields, u"argument formats"_s, u"formats"_s);
    const QString values = readValues(fields, u"arguments"_s, u"values"_s);
    fields.format(u"result format"_s);
    return u"FunctionCall %1 (%2)"_s.arg(QString::number(function), values);
}

/// All answers to a demand for a password have the same type byte, so that the bytes must tell
/// which of them this is. A password is shown nowhere.
QString readPassword(PostgresFields &fields)
{
    const QByteArrayView rest = fields.rest();
    if (rest.startsWith("SCRAM-SHA-")) {
        const QString mechanism = fields.string(u"mechanism"_s);
        const qint32 length = fields.int32(u"length"_s);
        if (length >= 0)
            fields.bytes(u"initial response"_s, static_cast<quint64>(length), u"SASL"_s);
        return u"SASLInitialResponse "_s + mechanism;
    }
    if (rest.startsWith("c=") && rest.contains(QByteArrayView(",r=")) && !rest.contains('\0')) {
        fields.bytes(u"response"_s, fields.left(), u"SASL"_s);
        return u"SASLResponse"_s;
    }
    constexpr qsizetype md5Size = 36; // "md5", 32 digits, a 0
    const bool isMd5 = rest.startsWith("md5") && rest.size() == md5Size;
    const bool isPassword = rest.indexOf('\0') == rest.size() - 1 && !rest.isEmpty();
    fields.secret(isPassword ? u"password"_s : u"response"_s, fields.left());
    if (isMd5)
        return u"PasswordMessage (MD5)"_s;
    return isPassword ? u"PasswordMessage"_s : u"GSSResponse or SASLResponse"_s;
}

QString readCopyData(PostgresFields &fields)
{
    const QString text = fields.bytes(u"data"_s, fields.left());
    return u"CopyData "_s + text;
}

} // namespace

QString readPostgresFrontend(char type, PostgresFields &fields)
{
    switch (type) {
    case 'Q':
        return u"Query "_s + query(fields);
    case 'P':
        return readParse(fields);
    case 'B':
        return readBind(fields);
    case 'C':
        return readTarget(fields, u"Close"_s);
    case 'D':
        return readTarget(fields, u"Describe"_s);
    case 'E':
        return readExecute(fields);
    case 'F':
        return readFunctionCall(fields);
    case 'H':
        return u"Flush"_s;
    case 'S':
        return u"Sync"_s;
    case 'X':
        return u"Terminate"_s;
    case 'p':
        return readPassword(fields);
    case 'c':
        return u"CopyDone"_s;
    case 'd':
        return readCopyData(fields);
    case 'f':
        return u"CopyFail: "_s + fields.string(u"why"_s);
    default:
        return {};
    }
}

} // namespace Sockeye
