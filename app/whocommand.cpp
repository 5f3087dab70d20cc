// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "commandline.h"
#include "jsonlines.h"
#include "output.h"

#include "core/access/accessverdict.h"
#include "core/access/addressprobe.h"
#include "core/system/socketinventory.h"
#include "core/system/users.h"

#include <QJsonArray>

#include <algorithm>
#include <cerrno>

namespace Sockeye {

namespace {

struct WhoArguments
{
    std::string path;
    std::vector<std::string> users;
    bool json = false;
};

/// Somebody, and whether he may connect.
struct Answer
{
    QString kind; ///< "you", "group", "others", "user": stable, for --json
    QString name;
    QString title;
    Verdict verdict;
};

struct Finding
{
    SocketAddress address; ///< as it was asked for
    SocketAddress target; ///< where a link there leads; else the same
    AddressState state;
    std::vector<ProcessInfo> servers;
    std::vector<Answer> answers;
};

SocketRights rightsOf(const Finding &finding)
{
    return {.address = finding.address,
            .owner = finding.state.owner,
            .group = finding.state.group,
            .mode = finding.state.mode,
            .enforced = {}};
}

// Nothing can be said of a socket that this process may not look at, but why that is so.
Problem cannotBeSeen(const Finding &finding)
{
    SocketRights open = rightsOf(finding);
    open.mode = 0777;
    const Verdict verdict = verdictFor(Subject::self(), open);
    if (verdict.stop != Verdict::Stop::FolderSearch) {
        return {.code = ProblemCode::AddressUnclear,
                .args = {{QStringLiteral("address"), finding.address.display()}},
                .errnoValue = finding.state.errnoValue};
    }
    return {.code = ProblemCode::ConnectDenied,
            .args = {{QStringLiteral("address"), finding.address.display()},
                     {QStringLiteral("right"), QStringLiteral("search")},
                     {QStringLiteral("step"), escapedBytes(verdict.step)}},
            .errnoValue = finding.state.errnoValue};
}

std::optional<Problem> problemOf(const Finding &finding)
{
    const AddressState &state = finding.state;
    switch (state.kind) {
    case AddressState::Kind::Live:
    case AddressState::Kind::Stale:
        return std::nullopt;
    case AddressState::Kind::NotASocket:
        if (state.fileType != AddressState::FileType::Link) {
            return Problem {.code = ProblemCode::ConnectNotASocket,
                            .args = {{QStringLiteral("address"), finding.address.display()},
                                     {QStringLiteral("type"), fileTypeText(state.fileType)}}};
        }
        [[fallthrough]]; // a link that leads nowhere
    case AddressState::Kind::Absent:
        return Problem {.code = ProblemCode::ConnectMissing,
                        .args = {{QStringLiteral("address"), finding.address.display()}},
                        .errnoValue = state.errnoValue};
    case AddressState::Kind::Unclear:
        break;
    }
    const bool isSeen = state.identity || finding.address.kind() == SocketAddress::Kind::Abstract;
    return isSeen ? std::nullopt : std::optional(cannotBeSeen(finding));
}

std::vector<ProcessInfo> serversOf(const Finding &finding)
{
    const Result<std::vector<SocketEntry>> sockets = listSockets();
    if (!sockets)
        return {};
    for (const SocketEntry &socket : *sockets) {
        if (socket.state == SocketEntry::State::Connected || !socket.address.isValid())
            continue;
        const bool isIt = socket.address == finding.target
            || (finding.state.identity && socket.address.kind() == SocketAddress::Kind::Path
                && identityOf(socket.address.bytes()) == finding.state.identity);
        if (isIt)
            return socket.holders;
    }
    return {};
}

QString membersText(int members)
{
    if (members < 0)
        return {};
    return members == 1 ? QStringLiteral(", 1 member")
                        : QStringLiteral(", %1 members").arg(members);
}

std::vector<Answer> answersFor(const SocketRights &rights)
{
    const Subject self = Subject::self();
    const VerdictSummary summary = summarize(self, rights);
    const QString me = userName(self.uid);
    std::vector<Answer> answers {
        {QStringLiteral("you"), me, QStringLiteral("you (%1)").arg(me), summary.you}};
    // An abstract name has neither owner nor group.
    if (rights.address.kind() == SocketAddress::Kind::Path)
        answers.push_back(
            {QStringLiteral("group"), summary.groupName,
             QStringLiteral("group ") + summary.groupName + membersText(summary.groupMembers),
             summary.group});
    answers.push_back(
        {QStringLiteral("others"), {}, QStringLiteral("everybody else"), summary.others});
    return answers;
}

Result<Finding> lookAt(const WhoArguments &arguments)
{
    const Result<SocketAddress> address = SocketAddress::parse(fromArgument(arguments.path));
    if (!address)
        return fail(address.error());
    Finding finding;
    finding.address = *address;
    finding.target = followLink(*address);
    finding.state = peekAddress(finding.target);
    if (const std::optional<Problem> problem = problemOf(finding))
        return fail(*problem);
    finding.servers = serversOf(finding);
    const SocketRights rights = rightsOf(finding);
    finding.answers = answersFor(rights);
    for (const std::string &user : arguments.users) {
        const QString name = fromArgument(user);
        const Result<Subject> subject = Subject::ofUser(name);
        if (!subject)
            return fail(subject.error());
        finding.answers.push_back({QStringLiteral("user"), name, QStringLiteral("user ") + name,
                                   verdictFor(*subject, rights)});
    }
    return finding;
}

QString stateText(const Finding &finding)
{
    QString text = stateName(finding.state.kind);
    if (finding.state.kind == AddressState::Kind::Stale)
        text += QStringLiteral(": nobody listens");
    if (finding.state.kind == AddressState::Kind::Unclear)
        text += QStringLiteral(": bound, but nobody listens (yet)");
    if (finding.state.kind == AddressState::Kind::Live)
        text += QLatin1Char(' ') + socketTypeName(finding.state.socketType);
    QStringList servers;
    for (const ProcessInfo &server : finding.servers)
        servers << QStringLiteral("%1 (pid %2)").arg(server.name).arg(server.pid);
    if (!servers.isEmpty())
        text += QStringLiteral(", held by ") + servers.join(QStringLiteral(", "));
    return text;
}

void printForPeople(const Finding &finding)
{
    const auto line = [](const QString &text) { printText(text + QLatin1Char('\n')); };
    line(finding.address.display());
    if (finding.target != finding.address)
        line(QStringLiteral("a link to ") + finding.target.display());
    line(stateText(finding));
    line(finding.state.identity
             ? QStringLiteral("%1 %2 %3")
                   .arg(modeText(finding.state.mode), userName(finding.state.owner),
                        groupName(finding.state.group))
             : QStringLiteral("no file, so no mode: every user of this machine may connect"));
    for (const Answer &answer : finding.answers) {
        const Verdict &verdict = answer.verdict;
        QString text = QString::fromLatin1(verdict.allowed                              ? "yes  "
                                               : verdict.stop == Verdict::Stop::NotSeen ? "?    "
                                                                                        : "no   ")
            + answer.title;
        if (!verdict.allowed)
            text += QStringLiteral(": ") + verdictText(verdict);
        if (verdict.hasAcl)
            text += QStringLiteral(" (an access control list there may say otherwise)");
        line(text);
    }
}

QJsonObject jsonOf(const Answer &answer)
{
    QJsonObject object {{QStringLiteral("who"), answer.kind},
                        {QStringLiteral("allowed"), answer.verdict.allowed}};
    if (!answer.name.isEmpty())
        object.insert(QStringLiteral("name"), answer.name);
    if (answer.verdict.hasAcl)
        object.insert(QStringLiteral("acl"), true);
    if (!answer.verdict.allowed) {
        object.insert(QStringLiteral("stop"), stopName(answer.verdict.stop));
        object.insert(QStringLiteral("step"), escapedBytes(answer.verdict.step));
        object.insert(QStringLiteral("text"), verdictText(answer.verdict));
    }
    return object;
}

void printJson(const Finding &finding)
{
    const AddressState &state = finding.state;
    QJsonObject object {{QStringLiteral("address"), finding.address.display()},
                        {QStringLiteral("state"), stateName(state.kind)},
                        {QStringLiteral("type"), socketTypeName(state.socketType)}};
    if (finding.target != finding.address)
        object.insert(QStringLiteral("target"), finding.target.display());
    if (state.identity) {
        object.insert(QStringLiteral("mode"),
                      QStringLiteral("%1").arg(state.mode, 4, 8, QLatin1Char('0')));
        object.insert(QStringLiteral("owner"), userName(state.owner));
        object.insert(QStringLiteral("group"), groupName(state.group));
    }
    QJsonArray servers;
    for (const ProcessInfo &server : finding.servers)
        servers << QJsonObject {{QStringLiteral("pid"), server.pid},
                                {QStringLiteral("name"), server.name}};
    object.insert(QStringLiteral("held_by"), servers);
    QJsonArray verdicts;
    for (const Answer &answer : finding.answers)
        verdicts << jsonOf(answer);
    object.insert(QStringLiteral("verdicts"), verdicts);
    printJsonLine(object);
}

bool isUsage(ProblemCode code)
{
    return code == ProblemCode::UserUnknown || code == ProblemCode::BadInput
        || code == ProblemCode::NameEmpty || code == ProblemCode::NameHasNul
        || code == ProblemCode::NameNotUtf8;
}

int tellWho(const WhoArguments &arguments)
{
    const Result<Finding> finding = lookAt(arguments);
    if (!finding)
        return reportFailure(finding.error(),
                             isUsage(finding.error().code) ? ExitUsage : ExitFailed);
    if (arguments.json)
        printJson(*finding);
    else
        printForPeople(*finding);
    const bool isDenied =
        std::any_of(finding->answers.begin(), finding->answers.end(), [](const Answer &answer) {
            return answer.kind == QLatin1String("user") && !answer.verdict.allowed;
        });
    return finishOutput(isDenied ? ExitFailed : ExitDone);
}

} // namespace

void addWhoCommand(CLI::App &app, Runner &run)
{
    CLI::App *command = app.add_subcommand("who", "Tell who can connect to a socket, and why not");
    auto arguments = std::make_shared<WhoArguments>();
    command
        ->add_option("PATH", arguments->path,
                     "A path, @NAME for an abstract name, or a name under the temporary folder; "
                     "\\xHH stands for any byte, \\\\ for a backslash")
        ->required();
    command
        ->add_option("--user", arguments->users,
                     "Also tell it for this user (name or number); may be given several times. "
                     "Exit status 1 if one of them may not connect")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command->add_flag("--json", arguments->json, "Print a JSON object in one line");
    command->footer("The rights are read, not tried: nothing is connected. Exit status: 0 told, "
                    "1 nothing is there, or a --user may not connect, 2 usage.");
    command->callback([arguments, &run] { run = [arguments] { return tellWho(*arguments); }; });
}

} // namespace Sockeye
