// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/copyas.h"

#include "core/capture/copyform.h"
#include "core/capture/recordwalk.h"

#include <QCoreApplication>

namespace Sockeye {

namespace {

/// Gathers the bytes of one client.
class Gathering
{
public:
    Gathering(const CaptureLog &log, CopyForm form)
        : m_log(log)
        , m_form(form)
    { }

    [[nodiscard]] Result<> add(const Record &record, const std::atomic<bool> *cancel)
    {
        if (record.direction != Direction::ToServer)
            return {};
        if (record.kind == RecordKind::Gap)
            return failed(QT_TRANSLATE_NOOP("Problem", "bytes among them were not recorded"));
        if (record.kind != RecordKind::Data)
            return {};
        if (m_sent.records.empty()) {
            m_sent.connection = record.connection;
            m_server = record.server;
        }
        if (record.connection != m_sent.connection)
            return failed(QT_TRANSLATE_NOOP("Problem", "they are of more than one connection"));
        if (record.length > LongestCopy - m_bytes)
            return failed(QT_TRANSLATE_NOOP("Problem", "the client sent more than 1 MiB in them"));
        m_bytes += record.length;
        QByteArray bytes;
        const auto take = [&](QByteArrayView piece, bool) -> Result<> {
            bytes.append(piece);
            return {};
        };
        const auto lost = readPieces(m_log, record, take, cancel);
        if (!lost)
            return fail(lost.error());
        if (*lost > 0)
            return failed(QT_TRANSLATE_NOOP("Problem", "bytes of them are gone"));
        m_sent.records.push_back(bytes);
        return {};
    }

    [[nodiscard]] Result<ClientBytes> finish()
    {
        if (m_sent.records.empty())
            return fail(
                copyProblem(m_form, QT_TRANSLATE_NOOP("Problem", "no client sent a byte in them")));
        const auto server = m_log.server(m_server);
        const QString text = server ? server->address : QString();
        // Anything else would be looked up in a folder of today.
        const bool isWhole = text.startsWith(QLatin1Char('/')) || text.startsWith(QLatin1Char('@'));
        const auto address = SocketAddress::parse(text);
        sockaddr_un unused = {};
        if (!isWhole || !address || !address->toSockaddr(unused))
            return fail(copyProblem(
                m_form,
                QT_TRANSLATE_NOOP("Problem", "the capture does not tell the server's address")));
        m_sent.address = *address;
        return std::move(m_sent);
    }

private:
    [[nodiscard]] Result<> failed(const char *why) const { return fail(copyProblem(m_form, why)); }

    const CaptureLog &m_log;
    const CopyForm m_form;
    ClientBytes m_sent;
    ServerId m_server;
    quint64 m_bytes = 0;
};

QString programName(CopyForm form)
{
    switch (form) {
    case CopyForm::Socat:
        return QStringLiteral("socat");
    case CopyForm::Curl:
        return QStringLiteral("curl");
    case CopyForm::Python:
        return QStringLiteral("Python");
    case CopyForm::Qt:
        return QStringLiteral("Qt");
    }
    Q_UNREACHABLE();
}

Result<QByteArray> write(const ClientBytes &sent, CopyForm form)
{
    switch (form) {
    case CopyForm::Socat:
        return toSocat(sent);
    case CopyForm::Curl:
        return toCurl(sent);
    case CopyForm::Python:
        return toPython(sent);
    case CopyForm::Qt:
        return toQt(sent);
    }
    Q_UNREACHABLE();
}

} // namespace

QByteArray ClientBytes::joined() const
{
    QByteArray all;
    for (const QByteArray &record : records)
        all += record;
    return all;
}

Problem copyProblem(CopyForm form, const char *why)
{
    return {ProblemCode::CopyImpossible,
            {{QStringLiteral("program"), programName(form)},
             {QStringLiteral("why"), QCoreApplication::translate("Problem", why)}}};
}

Result<QString> copyAs(const CaptureLog &log, const ExportSelection &selection, CopyForm form,
                       ExportProgress *progress)
{
    RecordWalk walk(log, selection, progress);
    walk.expect(1);
    Gathering gathering(log, form);
    const auto visit = [&](const Record &record) {
        return gathering.add(record, progress ? &progress->cancel : nullptr);
    };
    if (auto walked = walk.run(visit); !walked)
        return fail(walked.error());
    if (walk.isIncomplete())
        return fail(copyProblem(form, QT_TRANSLATE_NOOP("Problem", "bytes of them are gone")));
    const auto sent = gathering.finish();
    if (!sent)
        return fail(sent.error());
    const auto text = write(*sent, form);
    if (!text)
        return fail(text.error());
    return QString::fromUtf8(*text);
}

} // namespace Sockeye
