// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/access/socketaddress.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>

#include <cstddef>
#include <cstring>
#include <utility>

#include <sys/stat.h>

namespace Sockeye {

namespace {

constexpr size_t pathOffset = offsetof(sockaddr_un, sun_path);
constexpr qsizetype kernelField = sizeof(sockaddr_un::sun_path);

Problem nameProblem(ProblemCode code, const QString &name)
{
    return {.code = code, .args = {{QStringLiteral("name"), escapedBytes(name.toUtf8())}}};
}

Problem tooLong(const SocketAddress &address, const QString &name, qsizetype limit)
{
    return {.code = ProblemCode::NameTooLong,
            .args = {{QStringLiteral("name"), name},
                     {QStringLiteral("address"), address.display()},
                     {QStringLiteral("length"), QString::number(address.bytes().size())},
                     {QStringLiteral("limit"), QString::number(limit)}}};
}

// What cannot be seen, or turns the text around so that another name is seen (bidirectional
// overrides), or breaks a line. Joiners inside emoji are format characters too, and harmless.
bool isControl(char32_t character)
{
    return QChar::category(character) == QChar::Other_Control
        || (character >= 0x202A && character <= 0x202E)
        || (character >= 0x2066 && character <= 0x2069) || character == 0x2028
        || character == 0x2029;
}

bool hasControl(const QString &name, bool nulAllowed)
{
    const QList<uint> characters = name.toUcs4();
    for (const uint character : characters) {
        if (isControl(character) && !(nulAllowed && character == 0))
            return true;
    }
    return false;
}

// Both are lost on the way to the file name: a lone surrogate becomes U+FFFD, and U+FFFD is what is
// left of bytes that were no UTF-8 when they were typed.
bool isFaithfulUtf8(const QString &name)
{
    return name.isValidUtf16() && !name.contains(QChar(QChar::ReplacementCharacter));
}

// By the names alone, as the rule must not depend on what is on the disk.
bool leavesFolder(const QString &relativeName)
{
    int depth = 0;
    const QStringList parts = relativeName.split(QLatin1Char('/'), Qt::SkipEmptyParts);
    for (const QString &part : parts) {
        if (part == QLatin1String(".."))
            --depth;
        else if (part != QLatin1String("."))
            ++depth;
        if (depth < 0)
            return true;
    }
    return false;
}

bool namesAFolder(const QByteArray &path)
{
    return path.endsWith('/') || path.endsWith("/.") || path.endsWith("/..");
}

// The length of the folder as QLocalServer takes it for its temporary one: cleaned.
qsizetype folderLength(const QByteArray &path)
{
    const QString folder = QFile::decodeName(SocketAddress::fromPath(path).folder());
    return QFile::encodeName(QDir::cleanPath(folder)).size();
}

bool isAbstract(const AccessOptions &options)
{
#ifdef Q_OS_LINUX
    return options.abstract;
#else
    Q_UNUSED(options)
    return false; // Qt takes the option for World there
#endif
}

Result<SocketAddress> resolveAbstract(const QString &name)
{
    const SocketAddress address = SocketAddress::fromAbstract(name.toUtf8());
    if (address.bytes().size() > maxAbstractBytes)
        return fail(tooLong(address, escapedBytes(name.toUtf8()), maxAbstractBytes));
    return address;
}

Result<SocketAddress> resolvePath(const QString &name, AccessOptions options,
                                  const NameContext &context)
{
    QByteArray path = QFile::encodeName(name);
    if (!path.startsWith('/')) {
        if (leavesFolder(name)) {
            Problem problem = nameProblem(ProblemCode::NameEscapesFolder, name);
            problem.args.insert(QStringLiteral("folder"), escapedBytes(context.temporaryFolder));
            return fail(problem);
        }
        const QString folder = QDir::cleanPath(QFile::decodeName(context.temporaryFolder));
        path = QFile::encodeName(folder) + '/' + path;
    }
    const SocketAddress address = SocketAddress::fromPath(path);
    if (path.size() > maxPathBytes)
        return fail(tooLong(address, escapedBytes(name.toUtf8()), maxPathBytes));
    if (namesAFolder(path)) {
        return fail({.code = ProblemCode::AddressNotASocket,
                     .args = {{QStringLiteral("address"), address.display()},
                              {QStringLiteral("type"),
                               QCoreApplication::translate("AddressProbe", "a folder")}}});
    }
    if (options.hasClass() && folderLength(path) > maxFolderBytesWithAccess) {
        return fail(
            {.code = ProblemCode::FolderTooLongForAccess,
             .args = {{QStringLiteral("folder"), escapedBytes(address.folder())},
                      {QStringLiteral("length"), QString::number(folderLength(path))},
                      {QStringLiteral("limit"), QString::number(maxFolderBytesWithAccess)}}});
    }
    return address;
}

Problem badEscape(qsizetype column)
{
    return {.code = ProblemCode::BadInput,
            .args = {{QStringLiteral("what"),
                      QCoreApplication::translate(
                          "SocketAddress",
                          "A backslash stands for itself as \\\\, for any byte as \\xHH")},
                     {QStringLiteral("column"), QString::number(column)}}};
}

int hexDigit(QChar character)
{
    const char16_t c = character.unicode();
    if (c >= u'0' && c <= u'9')
        return c - u'0';
    if (c >= u'a' && c <= u'f')
        return c - u'a' + 10;
    return c >= u'A' && c <= u'F' ? c - u'A' + 10 : -1;
}

Result<QByteArray> unescaped(const QString &text)
{
    QByteArray bytes;
    qsizetype literal = 0; // where the part without a backslash began
    for (qsizetype i = text.indexOf(QLatin1Char('\\')); i >= 0;
         i = text.indexOf(QLatin1Char('\\'), literal)) {
        bytes += text.mid(literal, i - literal).toUtf8();
        const QString escape = text.mid(i + 1, 3);
        if (escape.startsWith(QLatin1Char('\\'))) {
            bytes += '\\';
            literal = i + 2;
            continue;
        }
        const bool isHex = escape.size() == 3 && escape[0] == QLatin1Char('x')
            && hexDigit(escape[1]) >= 0 && hexDigit(escape[2]) >= 0;
        if (!isHex)
            return fail(badEscape(i + 1));
        bytes += static_cast<char>(hexDigit(escape[1]) * 16 + hexDigit(escape[2]));
        literal = i + 4;
    }
    return bytes + text.mid(literal).toUtf8();
}

// Length in bytes of the valid, printable UTF-8 character at @p at; 0 if it is none.
qsizetype printableLength(const QByteArray &bytes, qsizetype at)
{
    const auto first = static_cast<unsigned char>(bytes[at]);
    const qsizetype length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const QByteArray part = bytes.mid(at, length);
    const QString text = QString::fromUtf8(part);
    const QList<uint> characters = text.toUcs4();
    // Converting back shows what was no UTF-8: it came out as U+FFFD.
    if (characters.size() != 1 || text.toUtf8() != part)
        return 0;
    const uint character = characters.first();
    return QChar::isPrint(character) && !isControl(character) ? length : 0;
}

} // namespace

SocketAddress SocketAddress::fromPath(QByteArray path)
{
    SocketAddress address;
    if (!path.isEmpty()) {
        address.m_kind = Kind::Path;
        address.m_bytes = std::move(path);
    }
    return address;
}

SocketAddress SocketAddress::fromAbstract(QByteArray name)
{
    SocketAddress address;
    address.m_kind = Kind::Abstract;
    address.m_bytes = std::move(name);
    return address;
}

SocketAddress SocketAddress::fromSockaddr(const sockaddr_un &address, socklen_t length)
{
    if (length <= pathOffset || address.sun_family != AF_UNIX)
        return {};
    const qsizetype size = qMin(static_cast<qsizetype>(length - pathOffset), kernelField);
    if (address.sun_path[0] == '\0')
        return fromAbstract(QByteArray(address.sun_path + 1, size - 1));
    return fromPath(QByteArray(address.sun_path, qstrnlen(address.sun_path, size)));
}

Result<SocketAddress> SocketAddress::parse(const QString &text)
{
    if (text.isEmpty())
        return fail({.code = ProblemCode::NameEmpty});
    if (!isFaithfulUtf8(text))
        return fail(nameProblem(ProblemCode::NameNotUtf8, text));
    const bool isAbstractName = text.startsWith(QLatin1Char('@'));
    Result<QByteArray> bytes = unescaped(isAbstractName ? text.mid(1) : text);
    if (!bytes) {
        if (isAbstractName) {
            const int column = bytes.error().args.value(QStringLiteral("column")).toInt() + 1;
            bytes.error().args.insert(QStringLiteral("column"), QString::number(column));
        }
        return fail(bytes.error());
    }
    if (isAbstractName)
        return fromAbstract(*bytes);
    if (bytes->contains('\0'))
        return fail(nameProblem(ProblemCode::NameHasNul, text));
    if (bytes->startsWith('/'))
        return fromPath(*bytes);
    const QString folder =
        QDir::cleanPath(QFile::decodeName(NameContext::current().temporaryFolder));
    return fromPath(QFile::encodeName(folder) + '/' + *bytes);
}

QByteArray SocketAddress::folder() const
{
    if (m_kind != Kind::Path)
        return {};
    const qsizetype slash = m_bytes.lastIndexOf('/');
    if (slash < 0)
        return QByteArrayLiteral(".");
    return slash == 0 ? QByteArrayLiteral("/") : m_bytes.left(slash);
}

QByteArray SocketAddress::fileName() const
{
    return m_kind == Kind::Path ? m_bytes.mid(m_bytes.lastIndexOf('/') + 1) : QByteArray();
}

QString SocketAddress::display() const
{
    switch (m_kind) {
    case Kind::None:
        return {};
    case Kind::Abstract:
        return QLatin1Char('@') + escapedBytes(m_bytes);
    case Kind::Path:
        break;
    }
    // A server may bind a relative path; one that begins with @ must not read as an abstract name.
    if (m_bytes.startsWith('@'))
        return QStringLiteral("\\x40") + escapedBytes(m_bytes.mid(1));
    return escapedBytes(m_bytes);
}

Result<socklen_t> SocketAddress::toSockaddr(sockaddr_un &address) const
{
    address = {};
    address.sun_family = AF_UNIX;
    if (!isValid())
        return fail({.code = ProblemCode::NameEmpty});
    const bool isAbstractName = m_kind == Kind::Abstract;
#ifdef Q_OS_LINUX
    // The kernel ends a path that fills the field by itself (unix(7)).
    const qsizetype limit = isAbstractName ? kernelField - 1 : kernelField;
#else
    const qsizetype limit = kernelField - 1;
#endif
    if (m_bytes.size() > limit)
        return fail(tooLong(*this, display(), limit));
    std::memcpy(address.sun_path + (isAbstractName ? 1 : 0), m_bytes.constData(),
                static_cast<size_t>(m_bytes.size()));
    // The length tells where an abstract name ends; of a path, the NUL behind it belongs to it.
    const qsizetype used = qMin(m_bytes.size() + 1, kernelField);
    return static_cast<socklen_t>(pathOffset + static_cast<size_t>(used));
}

NameContext NameContext::current()
{
    NameContext context;
    context.temporaryFolder = QFile::encodeName(QDir::tempPath());
    const QByteArray runtime = qgetenv("XDG_RUNTIME_DIR");
    struct stat status = {};
    if (runtime.startsWith('/') && ::stat(runtime.constData(), &status) == 0
        && S_ISDIR(status.st_mode))
        context.runtimeFolder = runtime;
    return context;
}

Result<SocketAddress> resolveName(const QString &name, AccessOptions options,
                                  const NameContext &context)
{
    const bool isAbstractName = isAbstract(options);
    if (name.isEmpty())
        return fail({.code = ProblemCode::NameEmpty});
    // An abstract name is counted, not ended: there NUL is a byte like any other, in Qt as well.
    if (!isAbstractName && name.contains(QChar(QChar::Null)))
        return fail(nameProblem(ProblemCode::NameHasNul, name));
    if (!isFaithfulUtf8(name))
        return fail(nameProblem(ProblemCode::NameNotUtf8, name));
    if (hasControl(name, isAbstractName))
        return fail(nameProblem(ProblemCode::NameHasControl, name));
    return isAbstractName ? resolveAbstract(name) : resolvePath(name, options, context);
}

QString suggestedName(const QString &base, const NameContext &context)
{
    if (context.runtimeFolder.isEmpty())
        return base;
    const QString name = QFile::decodeName(context.runtimeFolder) + QLatin1Char('/') + base;
    // Suggest nothing that would be refused as soon as a box is ticked.
    const AccessOptions world {.user = true, .group = true, .other = true};
    return resolveName(name, world, context) ? name : base;
}

QString escapedBytes(const QByteArray &bytes)
{
    QString text;
    for (qsizetype i = 0; i < bytes.size();) {
        if (bytes[i] == '\\') {
            text += QStringLiteral("\\\\");
            ++i;
            continue;
        }
        const qsizetype length = printableLength(bytes, i);
        if (length > 0) {
            text += QString::fromUtf8(bytes.mid(i, length));
            i += length;
        } else {
            text += QStringLiteral("\\x%1").arg(static_cast<unsigned char>(bytes[i]), 2, 16,
                                                QLatin1Char('0'));
            ++i;
        }
    }
    return text;
}

} // namespace Sockeye
