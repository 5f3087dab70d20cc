// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/packetimport.h"

#include "core/capture/tcpconversations.h"

#include <QCoreApplication>
#include <QStringList>

#include <array>

namespace Sockeye {

namespace {

using Counts = std::array<quint64, PacketKinds>;

// In the order of PacketKind.
constexpr const char *kindTexts[PacketKinds] = {
    QT_TRANSLATE_NOOP("Problem", "%1 of TCP that only acknowledge or reset"),
    QT_TRANSLATE_NOOP("Problem", "%1 of UDP"),
    QT_TRANSLATE_NOOP("Problem", "%1 of ICMP"),
    QT_TRANSLATE_NOOP("Problem", "%1 in fragments"),
    QT_TRANSLATE_NOOP("Problem", "%1 of other protocols over IP"),
    QT_TRANSLATE_NOOP("Problem", "%1 of ARP"),
    QT_TRANSLATE_NOOP("Problem", "%1 of other kinds"),
    QT_TRANSLATE_NOOP("Problem", "%1 that are broken or cut inside their headers"),
};

QString describe(const Counts &counts)
{
    QStringList texts;
    for (size_t kind = 0; kind < PacketKinds; ++kind) {
        if (counts[kind] > 0)
            texts << QCoreApplication::translate("Problem", kindTexts[kind]).arg(counts[kind]);
    }
    if (texts.isEmpty())
        return QCoreApplication::translate("Problem", "there is no packet in it");
    return QCoreApplication::translate("Problem",
                                       "there is no TCP connection among its packets (%1)")
        .arg(texts.join(QStringLiteral(", ")));
}

} // namespace

ForeignReading importPackets(PacketFile &file, ForeignRecorder &recorder)
{
    ForeignReading result;
    TcpConversations conversations(recorder);
    Counts counts = {};
    for (;;) {
        if (!recorder.goesOn(file.position()))
            return result; // at once, whatever still waits
        const auto packet = file.next();
        if (!packet)
            break;
        TcpPacket tcp;
        const PacketKind kind = parsePacket(*packet, tcp);
        ++counts[static_cast<size_t>(kind)];
        if (kind == PacketKind::Tcp)
            conversations.add(packet->time, tcp);
    }
    if (file.damage())
        result.damage = {file.position(), file.damage()};
    conversations.finish();
    if (recorder.connections() == 0)
        result.emptiness = describe(counts);
    return result;
}

} // namespace Sockeye
