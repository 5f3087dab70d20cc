// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/dissectorprocess.h"

#include <QJsonDocument>

namespace Sockeye {

namespace {

constexpr qint64 PieceSize = 64 * 1024;

} // namespace

DissectorProcess::DissectorProcess(QString program, const DissectorLimits &limits, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_limits(limits)
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] { end(Failure::TooSlow); });
}

DissectorProcess::~DissectorProcess()
{
    stop();
    awaitProcesses(*this);
}

void DissectorProcess::start(const QString &folder)
{
    stop();
    m_nextId = 1;
    m_process = new QProcess(this);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("WIRESHARK_CONFIG_DIR"), folder);
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    m_process->setProcessEnvironment(environment);
    m_process->setWorkingDirectory(folder);
    m_process->setStandardErrorFile(QProcess::nullDevice());
    confineDissector(*m_process, m_limits.memory);
    connect(m_process, &QProcess::readyReadStandardOutput, this, &DissectorProcess::read);
    connect(m_process, &QProcess::finished, this, [this] {
        read(); // it may have answered before it ended
        if (m_process && m_process->state() == QProcess::NotRunning)
            end(Failure::Ended);
    });
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            end(Failure::NotStarted);
    });
    m_process->start(m_program, {QStringLiteral("-")});
}

void DissectorProcess::stop()
{
    m_deadline.stop();
    m_line.clear();
    m_isTooLong = false;
    m_answers.clear();
    if (m_process)
        discardProcess(std::exchange(m_process, nullptr), this);
}

qint64 DissectorProcess::processId() const
{
    return m_process ? m_process->processId() : 0;
}

void DissectorProcess::ask(const std::vector<Call> &calls, std::chrono::milliseconds limit)
{
    Q_ASSERT(isRunning() && !isBusy() && !calls.empty());
    m_firstId = m_nextId; // so that an answer to anything else is told from one to this
    m_nextId += static_cast<qint64>(calls.size());
    m_answers.resize(calls.size());
    QByteArray lines;
    for (size_t number = 0; number < calls.size(); ++number) {
        QJsonObject request {
            {QStringLiteral("jsonrpc"), QStringLiteral("2.0")},
            {QStringLiteral("id"), m_firstId + static_cast<qint64>(number)},
            {QStringLiteral("method"), calls[number].method},
        };
        if (!calls[number].parameters.isEmpty())
            request.insert(QStringLiteral("params"), calls[number].parameters);
        lines += QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n';
    }
    m_process->write(lines);
    m_deadline.start(limit);
}

void DissectorProcess::read()
{
    // Whoever hears of an answer may stop the process, and start another.
    QProcess *const process = m_process;
    while (m_process == process && process->bytesAvailable() > 0) {
        const QByteArray piece = process->read(PieceSize);
        for (qsizetype from = 0; m_process == process && from < piece.size();) {
            const qsizetype newline = piece.indexOf('\n', from);
            const qsizetype to = newline < 0 ? piece.size() : newline;
            gather(QByteArrayView(piece).sliced(from, to - from));
            if (newline >= 0)
                endLine();
            from = to + 1;
        }
    }
}

void DissectorProcess::gather(QByteArrayView bytes)
{
    m_isTooLong = m_isTooLong || m_line.size() + bytes.size() > m_limits.longestAnswer;
    if (m_isTooLong)
        m_line.clear();
    else
        m_line.append(bytes);
}

void DissectorProcess::endLine()
{
    const QByteArray line = std::exchange(m_line, {});
    if (!std::exchange(m_isTooLong, false)) {
        take(line);
    } else if (isBusy()) {
        m_answers.clear();
        m_deadline.stop();
        Q_EMIT failed(Failure::TooLong);
    } else {
        end(Failure::Nonsense);
    }
}

void DissectorProcess::take(const QByteArray &line)
{
    if (line.trimmed().isEmpty())
        return; // older versions end an answer with an empty line
    const QJsonObject answer = QJsonDocument::fromJson(line).object();
    const qint64 number = answer.value(QLatin1String("id")).toInteger(-1) - m_firstId;
    if (answer.isEmpty() || number < 0 || number >= static_cast<qint64>(m_answers.size())) {
        end(Failure::Nonsense);
        return;
    }
    m_answers[static_cast<size_t>(number)] = answer;
    if (number + 1 < static_cast<qint64>(m_answers.size()))
        return;
    m_deadline.stop();
    Q_EMIT answered(std::exchange(m_answers, {}));
}

void DissectorProcess::end(Failure failure)
{
    stop();
    Q_EMIT failed(failure);
}

void discardProcess(QProcess *process, const QObject *listener)
{
    process->disconnect(listener);
    QObject::connect(process, &QProcess::finished, process, &QObject::deleteLater);
    process->kill();
    if (process->state() == QProcess::NotRunning)
        process->deleteLater();
}

void awaitProcesses(const QObject &parent)
{
    constexpr int patience = 5000; // milliseconds; only the kernel can put off a SIGKILL
    for (QProcess *process : parent.findChildren<QProcess *>(Qt::FindDirectChildrenOnly)) {
        process->kill();
        process->waitForFinished(patience);
    }
}

} // namespace Sockeye
