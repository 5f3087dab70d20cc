// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/decode/decoder.h"

#include <QByteArray>
#include <QJsonObject>

namespace Sockeye {

/// A protocol that the bytes of a stream can be dissected as.
struct DissectorProtocol
{
    QString name; ///< as in Wireshark's filters and "tshark -d": "pgsql"
    QString shortName; ///< as in Wireshark's protocol column: "PGSQL"
    QString description; ///< "PostgreSQL"

    friend bool operator==(const DissectorProtocol &, const DissectorProtocol &) = default;
};

/// Bytes that the dissector made of those of several packets: put together, decompressed,
/// decrypted.
struct DissectionSource
{
    QString name; ///< "Reassembled TCP (101 bytes)"
    QByteArray bytes;
    /// So many of its last bytes are the first bytes of this packet's payload. 0: not known.
    quint64 tail = 0;

    friend bool operator==(const DissectionSource &, const DissectionSource &) = default;
};

/// What one protocol says of a packet.
struct DissectedLayer
{
    /// Offsets are in the record, or in the source if there is one. A node's type is the name of
    /// its field for filters. What the dissector worked out itself has its name in brackets and a
    /// length of 0, as has what stands in other bytes than those of the layer.
    DecodedNode tree;
    int source = -1; ///< number in Dissection::sources; -1: the record's own bytes

    friend bool operator==(const DissectedLayer &, const DissectedLayer &) = default;
};

/// What Wireshark shows of a packet, but for the conversation that Sockeye made up around its
/// bytes. A plain value.
struct Dissection
{
    QString protocol; ///< Wireshark's column "Protocol"
    QString info; ///< Wireshark's column "Info"
    std::vector<DissectedLayer> layers;
    std::vector<DissectionSource> sources;
    /// The packet that ends a message of which this one holds a part, and whose layers show all of
    /// it. 0: none.
    quint64 continuedIn = 0;
    /// There is more than is told: too many nodes, or sources that are too long.
    bool isCut = false;

    friend bool operator==(const Dissection &, const Dissection &) = default;
};

/// What sharkd answers to "frame" with "proto", "columns" and "bytes" (Wireshark 3.5 and on; its
/// wiki's page "sharkd-JSON-RPC-Request-Syntax"). The columns must be Protocol and Info. Any object
/// may come in. @p payloadOffset: where the packet's payload begins in the record.
[[nodiscard]] Dissection toDissection(const QJsonObject &answer, quint64 frame,
                                      quint64 payloadOffset);

/// Of the output of "tshark -d tcp.port==1," (names and descriptions) and of "tshark -G protocols"
/// (description, short name, name). In the order of names.
[[nodiscard]] std::vector<DissectorProtocol> toDissectorProtocols(const QByteArray &candidates,
                                                                  const QByteArray &protocols);

} // namespace Sockeye
