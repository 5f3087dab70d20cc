// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/protocollister.h"

#include <utility>

namespace Sockeye {

namespace {

/// tshark 4.0 prints 100 KB.
constexpr qsizetype longestOutput = 8 * 1024 * 1024;

Problem listProblem(ProblemCode code, const QString &program)
{
    return {code, {{QStringLiteral("program"), program}}};
}

} // namespace

ProtocolLister::ProtocolLister(QString program, const DissectorLimits &limits, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_limits(limits)
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this,
            [this] { finish(fail(listProblem(ProblemCode::DissectorListFailed, m_program))); });
}

ProtocolLister::~ProtocolLister()
{
    if (m_process)
        discardProcess(std::exchange(m_process, nullptr), this);
    awaitProcesses(*this);
}

void ProtocolLister::start(const QString &folder, Done done)
{
    Q_ASSERT(!isRunning());
    m_folder = folder;
    m_done = std::move(done);
    m_isSecond = false;
    m_deadline.start(m_limits.answer);
    run({QStringLiteral("-G"), QStringLiteral("protocols")});
}

void ProtocolLister::run(const QStringList &arguments)
{
    m_output.clear();
    m_process = new QProcess(this);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("WIRESHARK_CONFIG_DIR"), m_folder);
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    m_process->setProcessEnvironment(environment);
    m_process->setProcessChannelMode(QProcess::MergedChannels); // the list is an error message
    m_process->setStandardInputFile(QProcess::nullDevice());
    confineDissector(*m_process, m_limits.memory);
    connect(m_process, &QProcess::readyRead, this, &ProtocolLister::read);
    connect(m_process, &QProcess::finished, this, &ProtocolLister::takeEnd);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finish(fail(listProblem(ProblemCode::ProgramNotStarted, m_program)));
    });
    m_process->start(m_program, arguments);
}

void ProtocolLister::read()
{
    m_output += m_process->readAll();
    if (m_output.size() > longestOutput)
        finish(fail(listProblem(ProblemCode::DissectorListFailed, m_program)));
}

void ProtocolLister::takeEnd()
{
    read();
    if (!m_process)
        return;
    discardProcess(std::exchange(m_process, nullptr), this);
    if (!std::exchange(m_isSecond, true)) {
        m_protocols = std::exchange(m_output, {});
        // No protocol is named, so tshark says which there are. It reads nothing.
        run({QStringLiteral("-r"), QProcess::nullDevice(), QStringLiteral("-d"),
             QStringLiteral("tcp.port==1,")});
        return;
    }
    auto protocols = toDissectorProtocols(std::exchange(m_output, {}), m_protocols);
    if (protocols.empty())
        finish(fail(listProblem(ProblemCode::DissectorListFailed, m_program)));
    else
        finish(std::move(protocols));
}

void ProtocolLister::finish(Result<std::vector<DissectorProtocol>> result)
{
    m_deadline.stop();
    m_output.clear();
    m_protocols.clear();
    if (m_process)
        discardProcess(std::exchange(m_process, nullptr), this);
    const Done done = std::exchange(m_done, nullptr);
    done(std::move(result));
}

} // namespace Sockeye
