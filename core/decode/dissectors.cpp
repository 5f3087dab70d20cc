// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/dissectors.h"

#include "core/capture/pcapngformat.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

namespace Sockeye {

namespace {

/// A file that grows may have to be loaded once more for a packet; who asks for one that never
/// comes would have it loaded again and again.
constexpr int MostLoads = 2;
/// A process may have died of something else.
constexpr int MostDeaths = 2;

QString findProgram(const QString &name)
{
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, {QStringLiteral("/usr/bin")})
                           : found;
}

Problem missing(const QString &program)
{
    return {ProblemCode::DissectorsMissing, {{QStringLiteral("program"), program}}};
}

Problem fileProblem(ProblemCode code, const QString &file, int error)
{
    return {code, {{QStringLiteral("file"), file}}, error};
}

Result<> write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.flush())
        return fail(fileProblem(ProblemCode::FileUnwritable, path, 0));
    return {};
}

} // namespace

Result<DissectorPrograms> DissectorPrograms::find()
{
    const DissectorPrograms programs {findProgram(QStringLiteral("sharkd")),
                                      findProgram(QStringLiteral("tshark"))};
    if (programs.sharkd.isEmpty())
        return fail(missing(QStringLiteral("sharkd")));
    if (programs.tshark.isEmpty())
        return fail(missing(QStringLiteral("tshark")));
    return programs;
}

Dissectors::Dissectors(DissectorPrograms programs, const DissectorLimits &limits, QObject *parent)
    : QObject(parent)
    , m_programs(std::move(programs))
    , m_limits(limits)
    , m_process(m_programs.sharkd, limits)
    , m_lister(m_programs.tshark, limits)
{
    connect(&m_process, &DissectorProcess::answered, this, &Dissectors::take);
    connect(&m_process, &DissectorProcess::failed, this, &Dissectors::takeFailure);
}

Dissectors::~Dissectors() = default;

void Dissectors::listProtocols(QObject *context, Callback<std::vector<DissectorProtocol>> callback)
{
    m_listeners.push_back({context, std::move(callback)});
    const auto tell = [this](Result<std::vector<DissectorProtocol>> protocols) {
        tellProtocols(std::move(protocols));
    };
    if (!m_protocols.empty())
        QMetaObject::invokeMethod(
            this, [this] { tellProtocols(m_protocols); }, Qt::QueuedConnection);
    else if (!m_lister.isRunning())
        m_lister.start(m_folder.path(), tell);
}

void Dissectors::tellProtocols(Result<std::vector<DissectorProtocol>> protocols)
{
    if (protocols)
        m_protocols = *protocols;
    for (const Listener &listener : std::exchange(m_listeners, {})) {
        if (listener.context)
            listener.callback(protocols);
    }
}

void Dissectors::open(const QString &file)
{
    m_file = QFileInfo(file).absoluteFilePath();
    m_loaded.reset();
    if (m_asked == Asked::Load)
        stopProcess(); // it may take minutes over a file that nobody asks for any more
    m_isOvertaken = m_asked == Asked::Frame;
    schedule();
}

void Dissectors::setDecodeAs(const std::optional<QString> &protocol, ServerId server)
{
    m_decodeAs.insert(server, protocol.value_or(QString()));
    m_isOvertaken = m_asked == Asked::Frame;
    schedule();
}

std::optional<QString> Dissectors::decodeAs(ServerId server) const
{
    const QString protocol = m_decodeAs.value(server, m_decodeAs.value(ServerId()));
    return protocol.isEmpty() ? std::nullopt : std::optional(protocol);
}

void Dissectors::dissect(const DissectionRequest &request, QObject *context,
                         Callback<Dissection> callback)
{
    m_wish = Wish {request, context, std::move(callback)};
    m_isOvertaken = m_asked == Asked::Frame;
    schedule();
}

void Dissectors::schedule()
{
    if (std::exchange(m_isScheduled, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isScheduled = false;
            advance();
        },
        Qt::QueuedConnection);
}

// Looks what the wish needs next, and asks for that. Comes here after each change.
void Dissectors::advance()
{
    if (m_wish && !m_wish->context)
        m_wish.reset();
    if (!m_wish)
        return;
    if (m_file.isEmpty()) {
        answerFailed(QT_TRANSLATE_NOOP("Problem", "no capture is open"));
        return;
    }
    const auto shortName = wantedShortName();
    if (!shortName || !makeReady(*shortName))
        return;
    const auto present = look();
    if (!present) {
        answer(fail(present.error()));
        return;
    }
    const quint64 frame = m_wish->request.frame;
    const bool isAnother =
        !m_loaded || m_loaded->identity != present->identity || m_loaded->size > present->size;
    const bool isThere = !isAnother && frame > 0 && frame <= m_loaded->frames;
    if (isThere)
        askFrame();
    else if ((isAnother || m_loaded->size != present->size) && m_wish->loads < MostLoads)
        load(*present);
    else
        answerFailed(QT_TRANSLATE_NOOP("Problem", "there is no such packet in the file"));
}

// Of what the wish's stream is to be decoded as; empty: of nothing. Nothing where that is not known
// yet, or where the wish had to be answered.
std::optional<QString> Dissectors::wantedShortName()
{
    const auto name = decodeAs(m_wish->request.server);
    if (!name)
        return QString();
    if (m_protocols.empty()) {
        if (!std::exchange(m_isListAwaited, true)) {
            listProtocols(this, [this](Result<std::vector<DissectorProtocol>> protocols) {
                m_isListAwaited = false;
                if (!protocols && m_wish)
                    answer(fail(protocols.error()));
                schedule();
            });
        }
        return std::nullopt;
    }
    const auto it = std::find_if(m_protocols.begin(), m_protocols.end(),
                                 [&](const auto &known) { return known.name == *name; });
    if (it != m_protocols.end())
        return it->shortName;
    answer(fail({ProblemCode::DissectorUnknown, {{QStringLiteral("protocol"), *name}}}));
    return std::nullopt;
}

// True if a process that decodes so waits for questions.
bool Dissectors::makeReady(const QString &shortName)
{
    if (m_process.isRunning() && m_decodedAs != shortName)
        stopProcess();
    if (m_process.isRunning())
        return !m_process.isBusy();
    m_loaded.reset();
    if (const auto written = writeSettings(shortName); !written) {
        answer(fail(written.error()));
        return false;
    }
    m_decodedAs = shortName;
    m_process.start(m_folder.path());
    if (!m_process.isRunning() && m_wish) // not even forked
        answer(fail(notStarted()));
    return m_process.isRunning();
}

Result<> Dissectors::writeSettings(const QString &shortName)
{
    const QDir folder(m_folder.path());
    if (!m_folder.isValid() || !folder.mkpath(QStringLiteral("."))) // who tidies up may take it
        return fail(fileProblem(ProblemCode::FileUnwritable, m_folder.path(), 0));
    // The columns that are asked for; all else is as Wireshark has it.
    auto written = write(folder.filePath(QStringLiteral("preferences")),
                         "gui.column.format: \"Protocol\", \"%p\", \"Info\", \"%i\"\n");
    if (!written)
        return written;
    QByteArray entries;
    if (!shortName.isEmpty())
        entries = "decode_as_entry: tcp.port," + QByteArray::number(Pcapng::ServerPort) + ",(none),"
            + shortName.toUtf8() + '\n';
    return write(folder.filePath(QStringLiteral("decode_as_entries")), entries);
}

// sharkd reads a question of up to 2 KiB, so that a long path would be cut: it gets a link instead.
// And it gives no answer at all to "load" of a file that ends within a packet, as one does that is
// being written; "status" behind it is answered when loading is over, and tells how much is there.
void Dissectors::load(const Loaded &present)
{
    const QString link = QDir(m_folder.path()).filePath(QStringLiteral("capture"));
    QFile::remove(link);
    if (!QFile::link(m_file, link)) {
        answer(fail(fileProblem(ProblemCode::FileUnwritable, link, 0)));
        return;
    }
    ++m_wish->loads;
    m_loading = present;
    m_loaded.reset();
    m_asked = Asked::Load;
    m_process.ask(
        {{QStringLiteral("load"), {{QStringLiteral("file"), link}}}, {QStringLiteral("status")}},
        m_limits.load + std::chrono::seconds(present.size / m_limits.loadedPerSecond));
}

void Dissectors::askFrame()
{
    QJsonObject parameters {
        {QStringLiteral("frame"), static_cast<qint64>(m_wish->request.frame)},
        {QStringLiteral("proto"), true},
        {QStringLiteral("columns"), true},
    };
    if (!m_wish->isWithoutBytes)
        parameters.insert(QStringLiteral("bytes"), true);
    m_asked = Asked::Frame;
    m_isOvertaken = false;
    m_process.ask({{QStringLiteral("frame"), parameters}}, m_limits.answer);
}

void Dissectors::stopProcess()
{
    m_process.stop();
    m_asked = Asked::Nothing;
    m_isOvertaken = false;
    m_loaded.reset();
}

void Dissectors::take(const std::vector<QJsonObject> &answers)
{
    const bool isOvertaken = std::exchange(m_isOvertaken, false);
    if (std::exchange(m_asked, Asked::Nothing) == Asked::Load)
        takeLoaded(answers);
    else if (!isOvertaken && m_wish)
        takeDissected(answers.front());
    schedule();
}

void Dissectors::takeLoaded(const std::vector<QJsonObject> &answers)
{
    if (answers[0].contains(QLatin1String("error"))) {
        if (m_wish)
            answerFailed(QT_TRANSLATE_NOOP("Problem", "the dissector cannot read the file"));
        return;
    }
    const qint64 frames = answers[1][QLatin1String("result")][QLatin1String("frames")].toInteger(0);
    m_loaded = m_loading;
    m_loaded->frames = static_cast<quint64>(std::max<qint64>(frames, 0));
}

void Dissectors::takeDissected(const QJsonObject &reply)
{
    const QJsonValue result = reply.value(QLatin1String("result"));
    if (!result.isObject()) {
        answerFailed(QT_TRANSLATE_NOOP("Problem", "the dissector refuses it"));
        return;
    }
    answer(toDissection(result.toObject(), m_wish->request.frame, m_wish->request.payloadOffset));
}

void Dissectors::takeFailure(DissectorProcess::Failure failure)
{
    using Failure = DissectorProcess::Failure;
    const Asked asked = std::exchange(m_asked, Asked::Nothing);
    const bool isOvertaken = std::exchange(m_isOvertaken, false);
    if (!m_process.isRunning())
        m_loaded.reset();
    if (asked != Asked::Nothing && !isOvertaken && m_wish) {
        switch (failure) {
        case Failure::NotStarted:
            answer(fail(notStarted()));
            break;
        case Failure::Ended:
            retry(QT_TRANSLATE_NOOP("Problem", "the dissector ended over it"));
            break;
        case Failure::Nonsense:
            retry(QT_TRANSLATE_NOOP("Problem", "the dissector's answer cannot be understood"));
            break;
        case Failure::TooSlow:
            answerFailed(QT_TRANSLATE_NOOP("Problem", "the dissector took too long"));
            break;
        case Failure::TooLong:
            if (asked == Asked::Load || std::exchange(m_wish->isWithoutBytes, true))
                answerFailed(QT_TRANSLATE_NOOP("Problem", "the dissector's answer is too long"));
            break;
        }
    }
    schedule();
}

void Dissectors::retry(const char *why)
{
    if (++m_wish->deaths >= MostDeaths)
        answerFailed(why);
}

void Dissectors::answer(Result<Dissection> result)
{
    const Wish wish = *std::exchange(m_wish, std::nullopt);
    if (wish.context)
        wish.callback(std::move(result));
}

Problem Dissectors::notStarted() const
{
    return {ProblemCode::ProgramNotStarted, {{QStringLiteral("program"), m_programs.sharkd}}};
}

void Dissectors::answerFailed(const char *why)
{
    answer(fail({ProblemCode::DissectionFailed,
                 {{QStringLiteral("packet"), QString::number(m_wish->request.frame)},
                  {QStringLiteral("why"), QCoreApplication::translate("Problem", why)}}}));
}

Result<Dissectors::Loaded> Dissectors::look() const
{
    struct stat status = {};
    if (::stat(QFile::encodeName(m_file).constData(), &status) != 0)
        return fail(fileProblem(ProblemCode::FileUnreadable, m_file, errno));
    if (!S_ISREG(status.st_mode)) // sharkd would wait for a fifo
        return fail(fileProblem(ProblemCode::FileUnreadable, m_file, EINVAL));
    return Loaded {status.st_size, {status.st_dev, status.st_ino}, 0};
}

} // namespace Sockeye
