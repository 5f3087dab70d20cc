// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "treechecks.h"

#include <QDir>
#include <QRandomGenerator>
#include <QTest>
#include <QtEndian>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr DecoderKind kinds[] = {
    DecoderKind::Text,     DecoderKind::Json,        DecoderKind::Cbor,    DecoderKind::MessagePack,
    DecoderKind::Xml,      DecoderKind::Http1,       DecoderKind::DBus,    DecoderKind::PostgreSql,
    DecoderKind::Protobuf, DecoderKind::QDataStream, DecoderKind::Wayland,
};
constexpr Direction directions[] = {Direction::ToServer, Direction::ToClient};

Decoded decoded(DecoderKind kind, const QByteArray &message, const MessageContext &context)
{
    return Decoder::create(kind)->decode(std::as_bytes(std::span(message)), context);
}

template <class T>
QByteArray little(T number)
{
    QByteArray bytes(sizeof(T), '\0');
    qToLittleEndian(number, bytes.data());
    return bytes;
}
template <class T>
QByteArray big(T number)
{
    QByteArray bytes(sizeof(T), '\0');
    qToBigEndian(number, bytes.data());
    return bytes;
}

/// The corpus of the fuzz target.
struct Sample : MessageSample
{
    QString file;
};
std::vector<Sample> samples()
{
    std::vector<Sample> all;
    const QDir folder(QStringLiteral(SOCKEYE_SOURCE_DIR "/tests/fuzz/corpus/decoder"));
    for (const QString &name : folder.entryList(QDir::Files)) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        all.push_back({sampleOf(file.readAll()), name});
    }
    return all;
}

int nodesOf(const DecodedNode &node)
{
    int count = 1;
    for (const DecodedNode &child : node.children)
        count += nodesOf(child);
    return count;
}

QByteArray postgres(char type, const QByteArray &body)
{
    return type + big(static_cast<quint32>(body.size() + 4)) + body;
}

/// A method call of nobody's, with a body.
QByteArray dbus(const QByteArray &signature, const QByteArray &body)
{
    QByteArray fields =
        bytes("\1\1o\0\2\0\0\0/a\0\0\0\0\0\0\3\1s\0\1\0\0\0A\0\0\0\0\0\0\0\10\1g\0");
    fields += static_cast<char>(signature.size()) + signature + '\0';
    QByteArray message = bytes("l\1\0\1") + little(static_cast<quint32>(body.size()))
        + little(quint32 {7}) + little(static_cast<quint32>(fields.size())) + fields;
    message.append((8 - message.size() % 8) % 8, '\0');
    return message + body;
}

} // namespace

/// What decoder.h promises of each decoder.
class tst_Decoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names();
    void whole();
    void prefixes();
    void cutIsNoError();
    void randomBytes();
    void manyNodes_data();
    void manyNodes();
    void deepNesting_data();
    void deepNesting();
    void longValues_data();
    void longValues();
    void manyLongValues();
    void membersBehindTheLimit();
};

void tst_Decoder::names()
{
    const QStringList expected {u"text"_s,     u"json"_s,        u"cbor"_s,   u"messagepack"_s,
                                u"xml"_s,      u"http"_s,        u"dbus"_s,   u"postgresql"_s,
                                u"protobuf"_s, u"qdatastream"_s, u"wayland"_s};
    QStringList seen;
    for (const DecoderKind kind : kinds) {
        seen.append(decoderName(kind));
        QVERIFY(decoderNamed(seen.last()) == kind);
        QVERIFY(Decoder::create(kind) != nullptr);
    }
    QCOMPARE(seen, expected);
    QVERIFY(!decoderNamed(u"JSON"_s));
}

void tst_Decoder::whole()
{
    const std::vector<Sample> all = samples();
    QVERIFY(all.size() > 100);
    for (const Sample &sample : all) {
        const Decoded tree = decoded(sample.kind, sample.message, sample.context);
        const QString broken = brokenPromise(tree, static_cast<quint64>(sample.message.size()));
        QVERIFY2(broken.isEmpty(), qPrintable(sample.file + u": "_s + broken));
        // The same again: a decoder keeps nothing.
        const Decoded again = decoded(sample.kind, sample.message, sample.context);
        QVERIFY(again.root == tree.root && again.summary == tree.summary
                && again.call == tree.call);
    }
}

void tst_Decoder::prefixes()
{
    for (const Sample &sample : samples()) {
        for (qsizetype size = 0; size < sample.message.size(); ++size) {
            for (const bool isCut : {true, false}) {
                MessageContext context = sample.context;
                context.isCut = isCut;
                const QByteArray part = sample.message.first(size);
                const QString broken =
                    brokenPromise(decoded(sample.kind, part, context), static_cast<quint64>(size));
                QVERIFY2(broken.isEmpty(),
                         qPrintable(u"%1, %2 bytes: %3"_s.arg(sample.file).arg(size).arg(broken)));
            }
        }
    }
}

/// What is there of a valid message contradicts nothing.
void tst_Decoder::cutIsNoError()
{
    int valid = 0;
    for (const Sample &sample : samples()) {
        if (sample.context.isCut || !decoded(sample.kind, sample.message, sample.context).isValid)
            continue;
        ++valid;
        for (qsizetype size = 0; size < sample.message.size(); ++size) {
            MessageContext context = sample.context;
            context.isCut = true;
            const Decoded tree = decoded(sample.kind, sample.message.first(size), context);
            QVERIFY2(
                tree.isValid,
                qPrintable(u"%1, %2 bytes:\n%3"_s.arg(sample.file).arg(size).arg(pictureOf(tree))));
        }
    }
    QVERIFY(valid > 50);
}

void tst_Decoder::randomBytes()
{
    QRandomGenerator random(20260101); // the same in each run
    for (int round = 0; round < 3000; ++round) {
        QByteArray message(random.bounded(200), '\0');
        // Small numbers are lengths more often than large ones are.
        const int limit = round % 2 == 0 ? 256 : 12;
        for (char &byte : message)
            byte = static_cast<char>(random.bounded(limit));
        for (const DecoderKind kind : kinds) {
            const MessageContext context {directions[round & 1], SampleForms[random.bounded(4)],
                                          random.bounded(2) == 0};
            const QString broken = brokenPromise(decoded(kind, message, context),
                                                 static_cast<quint64>(message.size()));
            QVERIFY2(broken.isEmpty(),
                     qPrintable(decoderName(kind) + u' ' + QString::fromLatin1(message.toHex())
                                + u": "_s + broken));
        }
    }
}

void tst_Decoder::manyNodes_data()
{
    QTest::addColumn<DecoderKind>("kind");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<MessageContext>("context");
    constexpr int many = 60'000;
    const MessageContext none;
    QByteArray chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    chunks += QByteArray("1\r\nx\r\n").repeated(many) + "0\r\n\r\n";
    QTest::newRow("text") << DecoderKind::Text << QByteArray(many, '\n') << none;
    QTest::newRow("json") << DecoderKind::Json << '[' + QByteArray("1,").repeated(many) + "1]"
                          << none;
    QTest::newRow("cbor") << DecoderKind::Cbor << '\x9f' + QByteArray(many, '\1') + '\xff' << none;
    QTest::newRow("cbor sequence") << DecoderKind::Cbor << QByteArray(many, '\1') << none;
    QTest::newRow("messagepack") << DecoderKind::MessagePack
                                 << '\xdd' + big(quint32 {many}) + QByteArray(many, '\1') << none;
    QTest::newRow("xml") << DecoderKind::Xml << "<a>" + QByteArray("<b/>").repeated(many) + "</a>"
                         << none;
    QTest::newRow("http") << DecoderKind::Http1 << chunks << ToClient;
    QTest::newRow("dbus") << DecoderKind::DBus
                          << dbus("au", little(quint32 {4 * many}) + QByteArray(4 * many, '\1'))
                          << none;
    QTest::newRow("postgresql") << DecoderKind::PostgreSql
                                << postgres('T',
                                            big(quint16 {30'000}) + QByteArray(30'000 * 19, '\0'))
                                << ToClient;
    QTest::newRow("protobuf") << DecoderKind::Protobuf << QByteArray("\x08\x01").repeated(many)
                              << none;
    QTest::newRow("qdatastream") << DecoderKind::QDataStream << QByteArray(4 * many, '\xee')
                                 << none;
    QTest::newRow("qvariants") << DecoderKind::QDataStream << bytes("\0\0\0\1\0\1").repeated(many)
                               << none;
    QTest::newRow("wayland") << DecoderKind::Wayland << QByteArray(4 * many, '\1') << none;
}

void tst_Decoder::manyNodes()
{
    QFETCH(DecoderKind, kind);
    QFETCH(QByteArray, message);
    QFETCH(MessageContext, context);
    const Decoded tree = decoded(kind, message, context);
    QCOMPARE(brokenPromise(tree, static_cast<quint64>(message.size())), QString());
    QVERIFY(!tree.isValid);
    const int nodes = nodesOf(tree.root); // one less where a sequence of one became the root
    QVERIFY2(nodes == Decoder::MostNodes || nodes == Decoder::MostNodes - 1,
             qPrintable(QString::number(nodes)));
    const DecodedNode *last = &tree.root;
    while (!last->children.empty())
        last = &last->children.back();
    QVERIFY2(last->isError && last->name == u"limit", qPrintable(last->name));
}

void tst_Decoder::deepNesting_data()
{
    QTest::addColumn<DecoderKind>("kind");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("depth"); // of the error
    constexpr int deep = 100'000;
    const int limit = Decoder::DeepestNesting;
    QTest::newRow("json") << DecoderKind::Json << QByteArray(deep, '[') << limit;
    QTest::newRow("json objects") << DecoderKind::Json << QByteArray("{\"a\":").repeated(deep)
                                  << limit;
    QTest::newRow("cbor") << DecoderKind::Cbor << QByteArray(deep, '\x81') << limit;
    QTest::newRow("cbor keys") << DecoderKind::Cbor << QByteArray(deep, '\xa1') << limit;
    QTest::newRow("messagepack") << DecoderKind::MessagePack << QByteArray(deep, '\x91') << limit;
    QTest::newRow("messagepack keys")
        << DecoderKind::MessagePack << QByteArray(deep, '\x81') << limit;
    QTest::newRow("xml") << DecoderKind::Xml << QByteArray("<a>").repeated(deep) << limit;
    QTest::newRow("protobuf groups") << DecoderKind::Protobuf << QByteArray(deep, '\x0b') << limit;
    QTest::newRow("dbus variants") // its own limit is lower
        << DecoderKind::DBus << dbus("v", bytes("\1v\0").repeated(deep)) << 3;
    QByteArray lists;
    for (int i = 0; i < deep; ++i)
        lists += bytes("\0\0\0\x09\0\0\0\0\1");
    QTest::newRow("qvariants") << DecoderKind::QDataStream << lists << limit;
}

void tst_Decoder::deepNesting()
{
    QFETCH(DecoderKind, kind);
    QFETCH(QByteArray, message);
    QFETCH(int, depth);
    const Decoded tree = decoded(kind, message, {});
    QCOMPARE(brokenPromise(tree, static_cast<quint64>(message.size())), QString());
    int level = 1;
    const DecodedNode *node = &tree.root;
    while (!node->isError && !node->children.empty()) {
        node = &node->children.back();
        ++level;
    }
    QVERIFY2(node->isError && node->value.startsWith(u"nested deeper than"_s),
             qPrintable(node->value));
    // A sequence of one is that one, which is then a level higher.
    QVERIFY2(level == depth || level == depth - 1, qPrintable(QString::number(level)));
}

void tst_Decoder::longValues_data()
{
    QTest::addColumn<DecoderKind>("kind");
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<MessageContext>("context");
    const MessageContext none;
    const QByteArray size = big(quint32 {5000});
    QTest::newRow("text") << DecoderKind::Text << QByteArray() << QByteArray() << none;
    QTest::newRow("json") << DecoderKind::Json << QByteArray("\"") << QByteArray("\"") << none;
    QTest::newRow("cbor") << DecoderKind::Cbor << '\x7a' + size << QByteArray() << none;
    QTest::newRow("messagepack") << DecoderKind::MessagePack << '\xdb' + size << QByteArray()
                                 << none;
    QTest::newRow("xml") << DecoderKind::Xml << QByteArray("<a>") << QByteArray("</a>") << none;
    QTest::newRow("http") << DecoderKind::Http1
                          << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                          << QByteArray() << ToClient;
    QTest::newRow("dbus")
        << DecoderKind::DBus
        << dbus("s", little(quint32 {5000}) + QByteArray(5000, 'x') + '\0').chopped(5001)
        << QByteArray(1, '\0') << none;
    QTest::newRow("postgresql") << DecoderKind::PostgreSql
                                << postgres('Q', QByteArray(5001, 'x')).chopped(5001)
                                << QByteArray(1, '\0') << none;
    QTest::newRow("protobuf") << DecoderKind::Protobuf << bytes("\x0a\x88\x27") << QByteArray()
                              << none;
    QTest::newRow("qdatastream") << DecoderKind::QDataStream << size << QByteArray() << none;
    QTest::newRow("wayland") << DecoderKind::Wayland
                             << little(quint32 {3}) + little(quint32 {5016} << 16)
            + little(quint32 {5001})
                             << QByteArray(4, '\0') << none;
}

void tst_Decoder::longValues()
{
    QFETCH(DecoderKind, kind);
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(MessageContext, context);
    const QByteArray message = before + QByteArray(5000, 'x') + after;
    const Decoded tree = decoded(kind, message, context);
    QCOMPARE(brokenPromise(tree, static_cast<quint64>(message.size())), QString());
    QVERIFY2(tree.isValid, qPrintable(pictureOf(tree)));
    const QString whole = QString(Decoder::LongestValue - 1, u'x') + QChar(0x2026);
    const auto holds = [&](const auto &self, const DecodedNode &node) -> bool {
        return node.value == whole
            || std::any_of(node.children.begin(), node.children.end(),
                           [&](const DecodedNode &child) { return self(self, child); });
    };
    QVERIFY2(holds(holds, tree.root), qPrintable(pictureOf(tree)));
    QVERIFY(tree.summary.size() <= 200);
}

/// Full values for all nodes a tree may have would be 100 MB.
void tst_Decoder::manyLongValues()
{
    const QByteArray one = '"' + QByteArray(1000, 'x') + "\",";
    const QByteArray message = '[' + one.repeated(20'000) + "1]";
    const Decoded tree = decoded(DecoderKind::Json, message, {});
    QCOMPARE(brokenPromise(tree, static_cast<quint64>(message.size())), QString());
    QCOMPARE(nodesOf(tree.root), 20'002);
    qsizetype size = 0;
    for (const DecodedNode &child : tree.root.children)
        size += child.value.size();
    QVERIFY2(size < 3'500'000, qPrintable(QString::number(size)));
}

/// A long answer is still the answer to its question.
void tst_Decoder::membersBehindTheLimit()
{
    const QByteArray message = "{\"jsonrpc\":\"2.0\",\"result\":["
        + QByteArray("1,").repeated(60'000) + "1],\"id\":\"seven\"}";
    const Decoded tree = decoded(DecoderKind::Json, message, {});
    const CallMark expected {CallMark::Role::Response, u"\"seven\""_s, {}};
    QVERIFY(tree.call == expected);
}

QTEST_GUILESS_MAIN(tst_Decoder)
#include "tst_decoder.moc"
