// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/framer.h"

#include "core/decode/contentlengthframer.h"
#include "core/decode/dbusframer.h"
#include "core/decode/http1framer.h"
#include "core/decode/lengthframer.h"
#include "core/decode/plainframers.h"
#include "core/decode/postgresqlframer.h"
#include "core/decode/waylandframer.h"

namespace Sockeye {

std::unique_ptr<Framer> Framer::create(const FramerSettings &settings)
{
    switch (settings.kind) {
    case FramerKind::Record:
        return makeRecordFramer();
    case FramerKind::Line:
        return makeLineFramer();
    case FramerKind::Delimiter:
        return makeDelimiterFramer(settings.delimiter);
    case FramerKind::NullTerminated:
        return makeDelimiterFramer(QByteArray(1, '\0'));
    case FramerKind::FixedSize:
        return makeFixedSizeFramer(settings.size);
    case FramerKind::LengthPrefix:
        return makeLengthFramer(settings);
    case FramerKind::ContentLength:
        return makeContentLengthFramer();
    case FramerKind::Http1:
        return makeHttp1Framer();
    case FramerKind::QDataStreamBlock:
        return makeQDataStreamFramer();
    case FramerKind::DBus:
        return makeDBusFramer();
    case FramerKind::PostgreSql:
        return makePostgreSqlFramer();
    case FramerKind::Wayland:
        return makeWaylandFramer();
    }
    Q_UNREACHABLE();
}

} // namespace Sockeye
