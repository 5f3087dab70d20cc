// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/displaytext.h"
#include "core/decode/postgresfields.h"

#include <QStringList>

// What a server sends: chapters 55.7 and 55.8 of PostgreSQL's manual.

namespace Sockeye {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Texts for a summary, as many as it shows.
class Words
{
public:
    void add(const QString &word)
    {
        if (m_size <= LongestSummary)
            m_words.append(word);
        m_size += word.size() + 2;
    }
    [[nodiscard]] QString line() const { return m_words.join(u", "_s); }

private:
    QStringList m_words;
    qsizetype m_size = 0;
};

enum class Authentication : qint32 {
    Ok = 0,
    KerberosV5 = 2,
    CleartextPassword = 3,
    Md5Password = 5,
    Gss = 7,
    GssContinue = 8,
    Sspi = 9,
    Sasl = 10,
    SaslContinue = 11,
    SaslFinal = 12,
};

QString readMechanisms(PostgresFields &fields)
{
    Words names;
    fields.group(u"mechanisms"_s, [&] {
        for (int i = 0; !fields.isOver(); ++i) {
            if (fields.rest().startsWith('\0')) {
                fields.byte(u"end"_s);
                return;
            }
            names.add(fields.string(u"[%1]"_s.arg(i)));
        }
    });
    return names.line();
}

QString readAuthentication(PostgresFields &fields)
{
    const quint64 begin = fields.at();
    const qint32 code = fields.int32(u"code"_s);
    if (fields.isOver())
        return u"Authentication"_s;
    switch (static_cast<Authentication>(code)) {
    case Authentication::Ok:
        return u"Authentication: ok"_s;
    case Authentication::KerberosV5:
        return u"Authentication: Kerberos V5 wanted"_s;
    case Authentication::CleartextPassword:
        return u"Authentication: password wanted in clear text"_s;
    case Authentication::Md5Password:
        fields.bytes(u"salt"_s, 4);
        return u"Authentication: MD5 password wanted"_s;
    case Authentication::Gss:
        return u"Authentication: GSSAPI wanted"_s;
    case Authentication::GssContinue:
        fields.bytes(u"data"_s, fields.left(), u"GSSAPI"_s);
        return u"Authentication: GSSAPI goes on"_s;
    case Authentication::Sspi:
        return u"Authentication: SSPI wanted"_s;
    case Authentication::Sasl:
        return u"Authentication: SASL wanted, "_s + readMechanisms(fields);
    case Authentication::SaslContinue:
        fields.bytes(u"challenge"_s, fields.left(), u"SASL"_s);
        return u"Authentication: SASL goes on"_s;
    case Authentication::SaslFinal:
        fields.bytes(u"outcome"_s, fields.left(), u"SASL"_s);
        return u"Authentication: SASL is done"_s;
    }
    fields.wrong(u"code"_s, u"%1: there is no such kind of authentication"_s.arg(code), begin);
    return u"Authentication"_s;
}

QString readRowDescription(PostgresFields &fields)
{
    Words names;
    const qint16 count = fields.int16(u"columns"_s);
    for (qint16 i = 0; i < count && !fields.isOver(); ++i) {
        fields.group(u"[%1]"_s.arg(i), [&] {
            const QString name = fields.string(u"name"_s);
            fields.int32(u"table"_s, u"oid"_s);
            fields.int16(u"column of the table"_s);
            fields.typeOid(u"type"_s);
            fields.int16(u"size of the type"_s);
            fields.int32(u"modifier of the type"_s);
            fields.format(u"format"_s);
            if (!fields.isOver())
                fields.tree().current().value = name;
            names.add(name);
        });
    }
    return u"RowDescription "_s + names.line();
}

QString readDataRow(PostgresFields &fields)
{
    Words values;
    const qint16 count = fields.int16(u"columns"_s);
    for (qint16 i = 0; i < count && !fields.isOver(); ++i)
        values.add(fields.value(u"[%1]"_s.arg(i)));
    return u"DataRow "_s + values.line();
}

QString reportFieldName(char code)
{
    switch (code) {
    case 'S':
        return u"severity"_s;
    case 'V':
        return u"severity, not translated"_s;
    case 'C':
        return u"code"_s;
    case 'M':
        return u"message"_s;
    case 'D':
        return u"detail"_s;
    case 'H':
        return u"hint"_s;
    case 'P':
        return u"position"_s;
    case 'p':
        return u"internal position"_s;
    case 'q':
        return u"internal query"_s;
    case 'W':
        return u"where"_s;
    case 's':
        return u"schema"_s;
    case 't':
        return u"table"_s;
    case 'c':
        return u"column"_s;
    case 'd':
        return u"data type"_s;
    case 'n':
        return u"constraint"_s;
    case 'F':
        return u"file"_s;
    case 'L':
        return u"line"_s;
    case 'R':
        return u"routine"_s;
    default:
        return u"field %1"_s.arg(displayLatin1(QByteArrayView(&code, 1), Decoder::LongestValue));
    }
}

/// ErrorResponse, NoticeResponse: a byte that says what follows, a string; a 0 ends it.
QString readReport(PostgresFields &fields, const QString &what)
{
    QString severity;
    QString code;
    QString message;
    while (!fields.isOver() && !fields.rest().startsWith('\0')) {
        const QByteArrayView rest = fields.rest();
        if (rest.isEmpty()) {
            fields.ended(u"end"_s, fields.at());
            break;
        }
        const char kind = rest[0];
        fields.group(reportFieldName(kind), [&] {
            fields.byte(u"kind"_s);
            const QString text = fields.string(u"text"_s);
            if (!fields.isOver())
                fields.tree().current().value = text;
            if (kind == 'S')
                severity = text;
            else if (kind == 'C')
                code = text;
            else if (kind == 'M')
                message = text;
        });
    }
    fields.byte(u"end"_s);
    return u"%1 %2 %3: %4"_s.arg(what, severity, code, message);
}

QString readCopyStart(PostgresFields &fields, const QString &what)
{
    const quint64 begin = fields.at();
    const quint8 code = fields.byte(u"format"_s);
    if (code > 1)
        fields.wrong(u"format"_s, u"neither 0 (text) nor 1 (binary)"_s, begin);
    const qint16 count = fields.int16(u"columns"_s);
    fields.list(u"formats"_s, count, [&](const QString &place) { fields.format(place); });
    return u"%1 %2, %3 columns"_s.arg(what, code == 0 ? u"text"_s : u"binary"_s,
                                      QString::number(count));
}

QString readReady(PostgresFields &fields)
{
    const quint64 begin = fields.at();
    const QByteArrayView rest = fields.rest();
    const char state = rest.isEmpty() ? 'I' : rest[0];
    const QString text = state == 'I' ? u"idle"_s
        : state == 'T'                ? u"in a transaction"_s
        : state == 'E'                ? u"in a failed transaction"_s
                                      : QString();
    if (text.isEmpty())
        fields.wrong(u"state"_s, u"neither I, T nor E"_s, begin);
    fields.byte(u"state"_s, text);
    return u"ReadyForQuery "_s + text;
}

QString readParameterDescription(PostgresFields &fields)
{
    const qint16 count = fields.int16(u"parameters"_s);
    fields.list(u"types"_s, count, [&](const QString &place) { fields.typeOid(place); });
    return u"ParameterDescription, %1 parameters"_s.arg(count);
}

QString readParameterStatus(PostgresFields &fields)
{
    const QString name = fields.string(u"name"_s);
    return u"ParameterStatus %1 = %2"_s.arg(name, fields.string(u"value"_s));
}

QString readNotification(PostgresFields &fields)
{
    fields.int32(u"process"_s);
    const QString channel = fields.string(u"channel"_s);
    return u"NotificationResponse %1: %2"_s.arg(channel, fields.string(u"payload"_s));
}

QString readKeyData(PostgresFields &fields)
{
    const qint32 process = fields.int32(u"process"_s);
    fields.secret(u"key"_s, 4);
    return u"BackendKeyData of process %1"_s.arg(process);
}

QString readNegotiation(PostgresFields &fields)
{
    const qint32 minor = fields.int32(u"newest minor version"_s);
    const qint32 count = fields.int32(u"options unknown"_s);
    fields.list(u"options"_s, count, [&](const QString &place) { fields.string(place); });
    return u"NegotiateProtocolVersion 3.%1"_s.arg(minor);
}

} // namespace

QString readPostgresBackend(char type, PostgresFields &fields)
{
    switch (type) {
    case 'R':
        return readAuthentication(fields);
    case 'K':
        return readKeyData(fields);
    case 'S':
        return readParameterStatus(fields);
    case 'Z':
        return readReady(fields);
    case 'T':
        return readRowDescription(fields);
    case 'D':
        return readDataRow(fields);
    case 'C':
        return u"CommandComplete "_s + fields.string(u"tag"_s);
    case 'E':
        return readReport(fields, u"ErrorResponse"_s);
    case 'N':
        return readReport(fields, u"NoticeResponse"_s);
    case 'I':
        return u"EmptyQueryResponse"_s;
    case '1':
        return u"ParseComplete"_s;
    case '2':
        return u"BindComplete"_s;
    case '3':
        return u"CloseComplete"_s;
    case 'n':
        return u"NoData"_s;
    case 's':
        return u"PortalSuspended"_s;
    case 't':
        return readParameterDescription(fields);
    case 'A':
        return readNotification(fields);
    case 'G':
        return readCopyStart(fields, u"CopyInResponse"_s);
    case 'H':
        return readCopyStart(fields, u"CopyOutResponse"_s);
    case 'W':
        return readCopyStart(fields, u"CopyBothResponse"_s);
    case 'c':
        return u"CopyDone"_s;
    case 'd':
        return u"CopyData "_s + fields.bytes(u"data"_s, fields.left());
    case 'V':
        return u"FunctionCallResponse "_s + fields.value(u"result"_s);
    case 'v':
        return readNegotiation(fields);
    default:
        return {};
    }
}

} // namespace Sockeye
