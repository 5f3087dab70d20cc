// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/textformat.h"

#include <QCoreApplication>

#include <array>
#include <cmath>

namespace Sockeye {

namespace {

constexpr QChar noBreakSpace(0x00a0);
constexpr QChar narrowSpace(0x202f);
constexpr QChar unprintable(0x00b7);
constexpr QChar lineEnd(0x23ce);
constexpr QChar ellipsis(0x2026);
constexpr qsizetype hexPerLine = 16;
constexpr qsizetype arrayPerLine = 12;

/// A value with its unit; one decimal below ten, because "1.2" and "1.9" differ and "112.2" does
/// not need it. Goes up a unit where rounding would write 1000 (or 1024) of one.
QString scaled(double value, double step, const std::array<const char *, 7> &units)
{
    size_t unit = 0;
    const auto rounded = [&] {
        return unit > 0 && value < 9.95 ? std::round(value * 10) / 10 : std::round(value);
    };
    while (rounded() >= step && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    const int decimals = unit > 0 && value < 9.95 ? 1 : 0;
    return QString::number(rounded(), 'f', decimals) + noBreakSpace
        + QString::fromLatin1(units.at(unit));
}

QString twoDigits(qint64 number)
{
    return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
}

void appendHexByte(QString &text, char byte)
{
    constexpr char digits[] = "0123456789abcdef";
    const auto value = static_cast<uchar>(byte);
    text += QLatin1Char(digits[value >> 4]);
    text += QLatin1Char(digits[value & 15]);
}

void appendCharacter(QString &text, char32_t character)
{
    text += QStringView(QChar::fromUcs4(character));
}

} // namespace

QString numberText(quint64 number)
{
    QString text = QString::number(number);
    for (qsizetype place = text.size() - 3; place > 0; place -= 3)
        text.insert(place, narrowSpace);
    return text;
}

QString byteCount(quint64 bytes)
{
    return scaled(static_cast<double>(bytes), 1000, {"B", "kB", "MB", "GB", "TB", "PB", "EB"});
}

QString rateText(double bytesPerSecond)
{
    if (!(bytesPerSecond > 0) || !std::isfinite(bytesPerSecond))
        bytesPerSecond = 0;
    return scaled(bytesPerSecond, 1000, {"B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s", "EB/s"});
}

QString binarySize(quint64 bytes)
{
    QString text =
        scaled(static_cast<double>(bytes), 1024, {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"});
    return text.replace(QStringLiteral(".0") + noBreakSpace, QString(noBreakSpace));
}

QString durationText(std::chrono::nanoseconds duration)
{
    using namespace std::chrono;
    const qint64 seconds =
        std::max<qint64>(0, duration_cast<std::chrono::seconds>(duration).count());
    const qint64 days = seconds / 86400;
    const qint64 hours = seconds / 3600 % 24;
    const qint64 minutes = seconds / 60 % 60;
    const QString tail = QLatin1Char(':') + twoDigits(seconds % 60);
    if (days > 0)
        return QCoreApplication::translate("Sockeye::textformat", "%1 d %2", "days, hh:mm:ss")
            .arg(numberText(static_cast<quint64>(days)),
                 twoDigits(hours) + QLatin1Char(':') + twoDigits(minutes) + tail);
    if (hours > 0)
        return QString::number(hours) + QLatin1Char(':') + twoDigits(minutes) + tail;
    return QString::number(minutes) + tail;
}

QString spacedTime(const QString &timeOfDay)
{
    QString text = timeOfDay;
    const qsizetype dot = text.lastIndexOf(QLatin1Char('.'));
    if (dot >= 0 && text.size() > dot + 4)
        text.insert(dot + 4, narrowSpace);
    return text;
}

QString peerText(const QString &executable, qint64 pid)
{
    const QString name = executable.mid(executable.lastIndexOf(QLatin1Char('/')) + 1);
    if (pid <= 0)
        return name.isEmpty() ? QCoreApplication::translate("Sockeye::textformat", "unknown")
                              : name;
    if (name.isEmpty())
        return QCoreApplication::translate("Sockeye::textformat", "pid %1").arg(pid);
    return QStringLiteral("%1 (%2)").arg(name, QString::number(pid));
}

QString preview(QByteArrayView bytes, bool hasMore)
{
    QString text;
    text.reserve(bytes.size() + 1);
    for (qsizetype i = 0; i < bytes.size();) {
        if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') {
            text += lineEnd;
            i += 2;
            continue;
        }
        const Utf8Character next = utf8At(bytes, i);
        const bool isCut = next.length == 0 && hasMore && bytes.size() - i < 4
            && static_cast<uchar>(bytes[i]) >= 0xc2;
        if (isCut)
            break;
        if (next.character == U'\n')
            text += lineEnd;
        else if (next.length > 0 && isShowable(next.character))
            appendCharacter(text, next.character);
        else
            text += QString(std::max(1, next.length), unprintable);
        i += std::max(1, next.length);
    }
    if (hasMore)
        text += ellipsis;
    return text;
}

QString hexText(QByteArrayView bytes)
{
    QString text;
    text.reserve(bytes.size() * 3);
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (i > 0)
            text += QLatin1Char(i % hexPerLine == 0 ? '\n' : ' ');
        appendHexByte(text, bytes[i]);
    }
    return text;
}

int offsetDigits(quint64 size)
{
    int digits = 4;
    while (digits < 16 && (size >> (4 * digits)) > 0)
        digits += 4;
    return digits;
}

QString hexDump(QByteArrayView bytes, quint64 base, int digits)
{
    digits = std::max(digits, offsetDigits(base + static_cast<quint64>(bytes.size())));
    QString text;
    for (qsizetype row = 0; row < bytes.size(); row += hexPerLine) {
        text += QStringLiteral("%1 ").arg(base + static_cast<quint64>(row), digits, 16,
                                          QLatin1Char('0'));
        QString readable;
        for (qsizetype i = row; i < row + hexPerLine; ++i) {
            text += QLatin1String(i == row + hexPerLine / 2 ? "  " : " ");
            if (i >= bytes.size()) {
                text += QLatin1String("  ");
                continue;
            }
            appendHexByte(text, bytes[i]);
            const bool isPlain = bytes[i] >= 0x20 && bytes[i] < 0x7f;
            readable += isPlain ? QLatin1Char(bytes[i]) : QLatin1Char('.');
        }
        text += QLatin1String("   ") + readable + QLatin1Char('\n');
    }
    return text;
}

QString cArrayText(QByteArrayView bytes)
{
    QString text = QStringLiteral("unsigned char data[] = {");
    text.reserve(bytes.size() * 6 + 64);
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        text += QLatin1String(i % arrayPerLine == 0 ? "\n    0x" : " 0x");
        appendHexByte(text, bytes[i]);
        text += QLatin1Char(',');
    }
    return text + QLatin1String("\n};\n");
}

QString plainText(QByteArrayView bytes)
{
    QString text;
    text.reserve(bytes.size());
    for (qsizetype i = 0; i < bytes.size();) {
        const Utf8Character next = utf8At(bytes, i);
        if (next.length == 0)
            text += QChar(QChar::ReplacementCharacter);
        else if (next.character == 0)
            text += QChar(0x2400);
        else
            appendCharacter(text, next.character);
        i += std::max(1, next.length);
    }
    return text;
}

} // namespace Sockeye
