// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/tracedmessage.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace Sockeye {

void TracedMessage::add(const StraceValue *value, quint64 count)
{
    Piece piece;
    if (value && value->kind == StraceValue::String) {
        const auto shown = static_cast<quint64>(value->text.size());
        piece.bytes = value->text.first(static_cast<qsizetype>(std::min(count, shown)));
    }
    piece.missing = count - static_cast<quint64>(piece.bytes.size());
    pieces.push_back(std::move(piece));
    length += count;
}

void TracedMessage::addVector(const StraceValue *vector, quint64 count)
{
    if (vector) {
        for (const StraceValue &part : vector->items) {
            const StraceValue *size = part.member("iov_len");
            const qint64 room = size ? size->number().value_or(0) : 0;
            if (room <= 0 || count == 0)
                continue;
            const quint64 taken = std::min(count, static_cast<quint64>(room));
            add(part.member("iov_base"), taken);
            count -= taken;
        }
    }
    if (count > 0)
        add(nullptr, count);
}

void TracedMessage::addHeader(const StraceValue *header, quint64 count)
{
    addVector(header ? header->member("msg_iov") : nullptr, count);
    if (!header)
        return;
    QStringList texts;
    for (const StraceValue &fd : passedDescriptors(*header)) {
        texts << QString::fromUtf8(fd.annotation.isEmpty() ? fd.text
                                                           : fd.text + " <" + fd.annotation + '>');
    }
    const QString all = texts.join(QStringLiteral("; "));
    if (texts.size() == 1)
        note = QCoreApplication::translate("Import", "1 descriptor: %1").arg(all);
    else if (!texts.isEmpty())
        note =
            QCoreApplication::translate("Import", "%1 descriptors: %2").arg(texts.size()).arg(all);
}

std::vector<StraceValue> passedDescriptors(const StraceValue &header)
{
    std::vector<StraceValue> result;
    const StraceValue *control = header.member("msg_control");
    if (!control)
        return result;
    for (const StraceValue &part : control->items) {
        const StraceValue *type = part.member("cmsg_type");
        const StraceValue *data = part.member("cmsg_data");
        if (type && data && type->text == "SCM_RIGHTS")
            result.insert(result.end(), data->items.begin(), data->items.end());
    }
    return result;
}

} // namespace Sockeye
