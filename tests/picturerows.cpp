// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Apart from treechecks.cpp, which the fuzz target uses without Qt Test.

#include "treechecks.h"

#include <QTest>

namespace Sockeye {

PictureRows::PictureRows(DecoderKind kind)
    : m_kind(kind)
{
    QTest::addColumn<DecoderKind>("kind");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<MessageContext>("context");
    QTest::addColumn<QString>("picture");
}

void PictureRows::add(const char *name, const QByteArray &message, const char *picture,
                      const MessageContext &context)
{
    QTest::newRow(name) << m_kind << message << context << QString::fromUtf8(picture).trimmed();
}

void checkPicture()
{
    QFETCH(DecoderKind, kind);
    QFETCH(QByteArray, message);
    QFETCH(MessageContext, context);
    QFETCH(QString, picture);
    const Decoded decoded =
        Decoder::create(kind)->decode(std::as_bytes(std::span(message)), context);
    QCOMPARE(brokenPromise(decoded, static_cast<quint64>(message.size())), QString());
    const QString seen = pictureOf(decoded).trimmed();
    QVERIFY2(seen == picture, qPrintable(seen));
}

} // namespace Sockeye
