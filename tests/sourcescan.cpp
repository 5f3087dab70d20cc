// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "sourcescan.h"

#include <QMap>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <utility>

namespace Sockeye {

namespace {

using namespace Qt::Literals::StringLiterals;

/// The one table of floors, lowest first: a floor includes itself and what stands before it.
constexpr std::array floors {"core/base",    "core/access", "core/system", "core/stream",
                             "core/capture", "core/decode", "core/relay",  "core/server",
                             "core/engine",  "core/models", "ui",          "app"};

constexpr qsizetype linesOfAFile = 600;

/// What one file is, and where its findings go.
struct Source
{
    QString path;
    QString text; ///< as it is
    QString code; ///< without comments and literals
    QMultiMap<qsizetype, QString> findings {}; ///< by line

    void report(qsizetype line, const QString &what) { findings.insert(line, what); }
    [[nodiscard]] bool isIn(const QString &folder) const { return path.startsWith(folder + u'/'); }
};

qsizetype lineOf(const QString &text, qsizetype position)
{
    return QStringView(text).first(position).count(u'\n') + 1;
}

/// The place of @p path in the table of floors, or -1.
qsizetype floorOf(const QString &path)
{
    for (size_t i = 0; i < floors.size(); ++i) {
        if (path.startsWith(QLatin1StringView(floors.at(i)) + u'/'))
            return static_cast<qsizetype>(i);
    }
    return -1;
}

/// A rule that is nothing but a pattern in the code and the places where it may stand.
struct PatternRule
{
    QRegularExpression pattern;
    QStringList applies; ///< folders
    QStringList except; ///< folders or files where it is allowed
    QString finding;
};

const QList<PatternRule> &patternRules()
{
    const auto re = [](const char16_t *pattern) {
        return QRegularExpression(QString::fromUtf16(pattern));
    };
    static const QStringList product {u"core"_s, u"ui"_s, u"app"_s};
    static const QList<PatternRule> rules {
        {re(uR"((?<![\w>])::close\s*\()"),
         product,
         {u"core/base/descriptor.cpp"_s},
         u"::close() is called by Descriptor alone"_s},
        {re(uR"(\bremoveServer\s*\(|(?<![\w>])::listen\s*\(|\bQLocalServer\b(?!\s*::))"),
         product,
         {u"core/server"_s},
         u"a QLocalServer listens, closes and is removed in core/server alone"_s},
        {re(uR"(\bQLocal(Server|Socket)\b)"),
         {u"ui"_s, u"app"_s},
         {},
         u"the window and the command line know the Engine, no socket class"_s},
        {re(uR"(\basio::)"),
         product,
         {u"core/stream"_s, u"core/relay"_s, u"core/engine"_s},
         u"asio lives in core/stream, core/relay and core/engine"_s},
        {re(uR"(\bprocessEvents\s*\(|\bQEventLoop\b)"),
         product,
         {},
         u"no nested event loop, no processEvents()"_s},
        {re(uR"(\bqWait\s*\(|\bQThread::(m|u)?sleep\b|\bsleep_(for|until)\s*\(|(?<![\w.>])(u|nano)?sleep\s*\()"),
         product,
         {},
         u"nobody sleeps outside of tests"_s},
        {re(uR"(\bon_[A-Za-z0-9]+_[A-Za-z0-9]+\s*\()"),
         product,
         {},
         u"a slot is connected, not found by its name"_s},
        {re(uR"(\b(SIGNAL|SLOT)\s*\()"), product, {}, u"connect by member pointer"_s},
    };
    return rules;
}

void scanPatterns(Source &source)
{
    const auto isUnder = [&source](const QString &place) {
        return source.path == place || source.isIn(place);
    };
    for (const PatternRule &rule : patternRules()) {
        if (std::none_of(rule.applies.begin(), rule.applies.end(), isUnder)
            || std::any_of(rule.except.begin(), rule.except.end(), isUnder))
            continue;
        auto matches = rule.pattern.globalMatch(source.code);
        while (matches.hasNext()) {
            const qsizetype line = lineOf(source.code, matches.next().capturedStart());
            // An include of such a class has a rule of its own.
            if (!source.code.section(u'\n', line - 1, line - 1).trimmed().startsWith(u'#'))
                source.report(line, rule.finding);
        }
    }
}

/// An include of one of our own headers, as written from the project's root.
void scanOwnInclude(Source &source, qsizetype line, const QString &header)
{
    const qsizetype from = floorOf(source.path);
    const qsizetype to = floorOf(header);
    if (header.contains(u".."_s)) {
        source.report(
            line, u"\"%1\": includes go from the project's root, not up a folder"_s.arg(header));
        return;
    }
    if (to > from) {
        source.report(line,
                      u"%1 may not include %2, a floor above it"_s.arg(
                          QLatin1StringView(floors.at(static_cast<size_t>(from))),
                          QLatin1StringView(floors.at(static_cast<size_t>(to)))));
    }
    // What moves the bytes is not for the eye; `ui/` and `app/` see models and the Engine.
    static const QStringList hidden {u"core/base/descriptor.h"_s, u"core/stream/streamsocket.h"_s,
                                     u"core/stream/iothreads.h"_s, u"core/relay/relay.h"_s,
                                     u"core/server/guardedserver.h"_s};
    if (source.isIn(u"ui"_s) && hidden.contains(header))
        source.report(line, u"ui may not include %1: it knows models and the Engine"_s.arg(header));
}

void scanIncludes(Source &source, const QSet<QString> &guiHeaders)
{
    static const QRegularExpression include(uR"(^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"])"_s,
                                            QRegularExpression::MultilineOption);
    static const QStringList asioFolders {u"core/stream"_s, u"core/relay"_s, u"core/engine"_s};
    const QString code = SourceScan::codeOf(source.text, false);
    auto matches = include.globalMatch(code);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const QString header = match.captured(2);
        const qsizetype line = lineOf(code, match.capturedStart(1));
        if (match.captured(1) == u"\""_s) {
            scanOwnInclude(source, line, header);
            continue;
        }
        const QString module = header.section(u'/', 0, 0);
        if (source.isIn(u"core"_s)
            && (module == u"QtGui"_s || module == u"QtWidgets"_s || module.startsWith(u"QtSvg"_s)
                || module == u"QtPrintSupport"_s || guiHeaders.contains(header)))
            source.report(line, u"core may not include <%1>: it has no window"_s.arg(header));
        if (module == u"asio"_s || header == u"asio.hpp"_s) {
            const bool allowed = std::any_of(asioFolders.begin(), asioFolders.end(),
                                             [&](const QString &f) { return source.isIn(f); });
            if (!allowed || !source.path.endsWith(u".cpp"_s))
                source.report(line,
                              u"<%1>: asio is included by sources of core/stream, core/relay "
                              "and core/engine, and by no header"_s.arg(header));
        }
        if (source.isIn(u"ui"_s) && (header == u"sys/socket.h"_s || header == u"sys/un.h"_s))
            source.report(line, u"ui may not include <%1>: it knows no socket"_s.arg(header));
    }
}

/// The arguments of the call whose parenthesis opens at @p open, as [begin, end) in @p code.
QList<QStringView> argumentsAt(QStringView code, qsizetype open)
{
    QList<QStringView> arguments;
    qsizetype depth = 0;
    qsizetype begin = open + 1;
    for (qsizetype i = open; i < code.size(); ++i) {
        const QChar c = code.at(i);
        if (c == u'(' || c == u'[' || c == u'{') {
            ++depth;
        } else if (c == u')' || c == u']' || c == u'}') {
            if (--depth == 0) {
                arguments.append(code.mid(begin, i - begin).trimmed());
                break;
            }
        } else if (c == u',' && depth == 1) {
            arguments.append(code.mid(begin, i - begin).trimmed());
            begin = i + 1;
        }
    }
    return arguments;
}

/// QT_NO_CONTEXTLESS_CONNECT came after Qt 6.4: without a context object a lambda runs on whatever
/// thread emits, and after its captures are gone.
void scanConnects(Source &source)
{
    static const QRegularExpression connect(uR"(\bconnect\s*\()"_s);
    auto matches = connect.globalMatch(source.code);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const QList<QStringView> arguments = argumentsAt(source.code, match.capturedEnd() - 1);
        if (arguments.size() == 3 && arguments.at(2).startsWith(u'['))
            source.report(lineOf(source.code, match.capturedStart()),
                          u"connect() of a lambda without a context object"_s);
    }
}

void scanForm(Source &source)
{
    static const QRegularExpression spdx(
        uR"(\A// SPDX-FileCopyrightText: \d{4} [^\n]+\n// SPDX-License-Identifier: GPL-3\.0-or-later\n)"_s);
    const QRegularExpressionMatch head = spdx.match(source.text);
    if (!head.hasMatch())
        source.report(1, u"the two SPDX lines are missing"_s);
    const qsizetype lines = source.text.count(u'\n');
    if (lines <= linesOfAFile)
        return;
    static const QRegularExpression reason(
        uR"(\A(\s|#pragma once)*(//[^\n]*\n\s*)*//[^\n]*\blines\b)"_s);
    if (!reason.match(source.text.sliced(head.capturedEnd() < 0 ? 0 : head.capturedEnd()))
             .hasMatch())
        source.report(
            1, u"%1 lines, and the first comment gives no reason for so many lines"_s.arg(lines));
}

/// Where the raw string literal that starts with R" at @p at ends (after its last quote).
qsizetype endOfRawString(const QString &text, qsizetype at)
{
    const qsizetype open = text.indexOf(u'(', at);
    if (open < 0)
        return text.size();
    const QString close = u')' + text.mid(at + 2, open - at - 2) + u'"';
    const qsizetype end = text.indexOf(close, open);
    return end < 0 ? text.size() : end + close.size();
}

/// Where the literal that opens with the quote at @p at ends (after its closing quote).
qsizetype endOfLiteral(const QString &text, qsizetype at)
{
    const QChar quote = text.at(at);
    for (qsizetype i = at + 1; i < text.size(); ++i) {
        if (text.at(i) == u'\\')
            ++i;
        else if (text.at(i) == quote || text.at(i) == u'\n')
            return i + 1;
    }
    return text.size();
}

} // namespace

SourceScan::SourceScan(QSet<QString> guiHeaders)
    : m_guiHeaders(std::move(guiHeaders))
{ }

QString SourceScan::codeOf(const QString &text, bool literals)
{
    QString code = text;
    const auto blank = [&code](qsizetype begin, qsizetype end) {
        for (qsizetype i = begin; i < end; ++i) {
            if (code.at(i) != u'\n')
                code[i] = u' ';
        }
    };
    const auto isDigitBefore = [&text](qsizetype at) { // 1'000 is no literal
        return at > 0 && text.at(at - 1).isLetterOrNumber() && at + 1 < text.size()
            && text.at(at + 1).isLetterOrNumber() && text.at(at - 1).isDigit();
    };
    qsizetype i = 0;
    while (i < text.size()) {
        const QStringView rest = QStringView(text).sliced(i);
        qsizetype end = i + 1;
        if (rest.startsWith(u"//")) {
            end = text.indexOf(u'\n', i);
            end = end < 0 ? text.size() : end;
            blank(i, end);
        } else if (rest.startsWith(u"/*")) {
            end = text.indexOf(u"*/"_s, i + 2);
            end = end < 0 ? text.size() : end + 2;
            blank(i, end);
        } else if (rest.startsWith(u"R\"")) {
            end = endOfRawString(text, i);
            if (literals)
                blank(i, end);
        } else if (rest.startsWith(u'"') || (rest.startsWith(u'\'') && !isDigitBefore(i))) {
            end = endOfLiteral(text, i);
            if (literals)
                blank(i, end);
        }
        i = end;
    }
    return code;
}

QStringList SourceScan::findings(const QString &path, const QString &text) const
{
    Source source {.path = path, .text = text, .code = codeOf(text, true)};
    scanForm(source);
    if (floorOf(path) >= 0) {
        scanIncludes(source, m_guiHeaders);
        scanPatterns(source);
    } else if (path.startsWith(u"core/"_s)) {
        source.report(1, u"this folder of core is in no table of floors"_s);
    }
    scanConnects(source);

    QStringList result;
    for (auto it = source.findings.cbegin(); it != source.findings.cend(); ++it)
        result.append(u"%1: %2"_s.arg(it.key()).arg(it.value()));
    result.removeDuplicates();
    return result;
}

} // namespace Sockeye
