// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "showdissection.h"

#include "output.h"

#include <QCoreApplication>

namespace Sockeye {

namespace {

/// A record of a gigabyte has so many.
constexpr size_t mostPackets = 1 << 14;
constexpr int indent = 2;

QString margin(int depth)
{
    return QString((depth + 2) * indent, QLatin1Char(' '));
}

} // namespace

void ShowDissection::Arguments::addTo(CLI::App &command, CLI::Option *other)
{
    auto *dissect = command
                        .add_flag("--dissect", isWanted,
                                  "Print what Wireshark's dissectors say of each record (needs "
                                  "sharkd, of the package tshark)")
                        ->excludes(other);
    command
        .add_option("--decode-as", decodeAs,
                    "Dissect as this protocol, whatever the bytes look like: pgsql, dbus, json …")
        ->type_name("PROTOCOL")
        ->needs(dissect);
}

Result<std::unique_ptr<ShowDissection>> ShowDissection::create(const Arguments &arguments,
                                                               const QString &file)
{
    if (!arguments.isWanted)
        return nullptr;
    auto programs = DissectorPrograms::find();
    if (!programs)
        return fail(programs.error());
    auto numbers = PacketNumbers::open(file);
    if (!numbers)
        return fail(numbers.error());
    std::unique_ptr<ShowDissection> result(
        new ShowDissection(std::move(*programs), std::move(*numbers)));
    result->m_dissectors.open(file);
    if (!arguments.decodeAs.empty())
        result->m_dissectors.setDecodeAs(fromArgument(arguments.decodeAs));
    return result;
}

ShowDissection::ShowDissection(DissectorPrograms programs, PacketNumbers numbers)
    : m_dissectors(std::move(programs))
    , m_numbers(std::move(numbers))
{ }

bool ShowDissection::print(const CaptureLog &log, const Record &record)
{
    const auto place = record.kind == RecordKind::Data ? log.place(record.index) : std::nullopt;
    if (!place)
        return true;
    for (const RecordPacket &packet : m_numbers.packetsOf(record, place->offset, mostPackets)) {
        std::optional<Result<Dissection>> answer;
        m_dissectors.dissect({packet.number, packet.payloadOffset, record.server}, &m_dissectors,
                             [&answer](Result<Dissection> result) {
                                 answer = std::move(result);
                                 QCoreApplication::quit();
                             });
        while (!answer)
            QCoreApplication::exec(); // the only loop there is
        if (!*answer) {
            m_failure = answer->error();
            return false;
        }
        printPacket(**answer);
    }
    return true;
}

void ShowDissection::printPacket(const Dissection &dissection) const
{
    printText(QStringLiteral("%1%2  %3\n").arg(margin(0), dissection.protocol, dissection.info));
    if (dissection.continuedIn != 0)
        printText(QStringLiteral("%1a part of the message that ends in packet %2\n")
                      .arg(margin(0))
                      .arg(dissection.continuedIn));
    int source = -1;
    for (const DissectedLayer &layer : dissection.layers) {
        if (layer.source != source && layer.source >= 0)
            printText(
                QStringLiteral("%1in %2:\n")
                    .arg(margin(0), dissection.sources[static_cast<size_t>(layer.source)].name));
        source = layer.source;
        printNode(layer.tree, 0);
    }
    if (dissection.isCut)
        printText(QStringLiteral("%1… and more than can be shown\n").arg(margin(0)));
}

void ShowDissection::printNode(const DecodedNode &node, int depth) const
{
    QString line = margin(depth) + node.name;
    if (!node.value.isEmpty())
        line += QStringLiteral(": ") + node.value;
    if (node.length > 0)
        line += QStringLiteral("  @%1+%2").arg(node.offset).arg(node.length);
    printText(line + QLatin1Char('\n'));
    for (const DecodedNode &child : node.children)
        printNode(child, depth + 1);
}

} // namespace Sockeye
