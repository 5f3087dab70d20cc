// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/guess.h"

#include "kit/scratchfolder.h"

#include <QtEndian>
#include <QtTest>

#include <random>

using namespace Sockeye;
using namespace Qt::Literals::StringLiterals;

namespace {

using Random = std::mt19937;

/// "length:4:little → cbor 72: why"
QStringList shown(const std::vector<ProtocolGuess> &guesses)
{
    QStringList lines;
    for (const ProtocolGuess &guess : guesses)
        lines << u"%1 → %2 %3: %4"_s.arg(guess.framer.toString(), decoderName(guess.decoder))
                     .arg(guess.confidence)
                     .arg(guess.evidence);
    return lines;
}

QByteArray random(Random &random, qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &c : bytes)
        c = static_cast<char>(random());
    return bytes;
}

QByteArray randomText(Random &random, qsizetype size, const QByteArray &characters)
{
    QByteArray text(size, Qt::Uninitialized);
    for (char &c : text)
        c = characters[static_cast<qsizetype>(random() % static_cast<quint64>(characters.size()))];
    return text;
}

QByteArray withLength(const QByteArray &body)
{
    QByteArray bytes(4, Qt::Uninitialized);
    qToBigEndian(static_cast<quint32>(body.size()), bytes.data());
    return bytes + body;
}

template <class Number>
QByteArray little(const QByteArray &body, qsizetype more = 0)
{
    QByteArray bytes(sizeof(Number), Qt::Uninitialized);
    qToLittleEndian(static_cast<Number>(body.size() + more), bytes.data());
    return bytes + body;
}

QByteArray utf16(const QString &text)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << text;
    return bytes;
}

QByteArray wayland(quint32 object, quint32 opcode, const QByteArray &arguments)
{
    const quint32 words[] = {object, (static_cast<quint32>(arguments.size()) + 8) << 16 | opcode};
    return QByteArray(reinterpret_cast<const char *>(words), sizeof words) + arguments;
}

QByteArray lsp(const QByteArray &body)
{
    return "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

struct Row
{
    const char *name;
    DirectionStart toServer;
    DirectionStart toClient;
    QStringList guesses;
};

const QByteArray littleMessage =
    "l\1\0\1\0\0\0\0\1\0\0\0\x0a\0\0\0\1\1o\0\2\0\0\0/a\0\0\0\0\0\0"_ba;
const QByteArray startup = "\0\0\0\x11\0\3\0\0user\0me\0\0"_ba;

std::vector<Row> protocolRows()
{
    const QByteArray get = "GET /v1/info HTTP/1.1\r\nHost: d\r\n\r\n"_ba;
    const QByteArray ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"_ba;
    return {
        {"http",
         {get, {}},
         {ok, {}},
         {u"http → http 98: The client begins with a request of HTTP/1, the server with a "
          u"response; "
          "2 whole messages"_s}},
        {"http, client",
         {get + get, {}},
         {},
         {u"http → http 95: The client begins with a request of HTTP/1; 2 whole messages"_s}},
        {"http, server",
         {},
         {ok, {}},
         {u"http → http 95: The server begins with a response of HTTP/1; 1 whole messages"_s}},
        {"http, header cut",
         {get.chopped(3), {}},
         {},
         {u"http → http 90: The client begins with a request of HTTP/1; 0 whole messages"_s}},
        {"lsp",
         {lsp("{\"id\":1}"_ba) + lsp("{}"_ba), {}},
         {lsp("[]"_ba), {}},
         {u"content-length → json 98: 3 of 3 messages begin with Content-Length and hold JSON"_s}},
        {"lsp, printing",
         {lsp("{\"id\":1}"_ba), {}},
         {"hello\n"_ba + lsp("[]"_ba), {}},
         {u"content-length → json 98: 2 of 2 messages begin with Content-Length and hold JSON"_s}},
        {"content-length with text",
         {lsp("hello"_ba), {}},
         {},
         {u"content-length → text 90: 1 messages begin with Content-Length"_s}},
        {"d-bus",
         {"\0AUTH EXTERNAL 30\r\nBEGIN\r\n"_ba + littleMessage, {}},
         {"OK 0123456789abcdef0123456789abcdef\r\n"_ba + littleMessage, {}},
         {u"dbus → dbus 98: Begins with the authentication of D-Bus; 2 whole messages"_s}},
        {"d-bus, server",
         {},
         {"OK 0123456789abcdef0123456789abcdef\r\n"_ba, {}},
         {u"dbus → dbus 98: Begins with the authentication of D-Bus; 0 whole messages"_s}},
        {"d-bus, messages",
         {littleMessage, {}},
         {littleMessage, {}},
         {u"dbus → dbus 98: 2 whole messages of D-Bus"_s}},
        {"postgresql",
         {startup, {}},
         {"R\0\0\0\x08\0\0\0\0Z\0\0\0\5I"_ba, {}},
         {u"postgresql → postgresql 98: The client begins with the start-up packet of PostgreSQL 3"_s}},
        {"postgresql, encryption",
         {"\0\0\0\x08\x04\xd2\x16\x2f"_ba, {}},
         {"S"_ba, {}},
         {u"postgresql → postgresql 98: The client begins with PostgreSQL's request for encryption"_s}},
        {"postgresql, encrypted",
         {"\0\0\0\x08\x04\xd2\x16\x2f\x16\x03\x01\0\1\0"_ba, {}},
         {"S\x16\x03\x01"_ba, {}},
         {u"postgresql → postgresql 98: The client begins with PostgreSQL's request for encryption"_s}},
        {"postgresql, server",
         {},
         {"R\0\0\0\x08\0\0\0\0S\0\0\0\x08"
          "a\0b\0Z\0\0\0\5I"_ba,
          {}},
         {u"postgresql → postgresql 90: 3 messages of a PostgreSQL server, the first for "
          "authentication"_s}},
        {"wayland",
         {wayland(1, 1, "\2\0\0\0"_ba) + wayland(1, 0, "\3\0\0\0"_ba), {}},
         {wayland(2, 0, "\1\0\0\0\7\0\0\0wl_shm\0\0\1\0\0\0"_ba), {}},
         {u"wayland → wayland 98: The client asks Wayland's display first; 3 whole messages"_s}},
        {"wayland, server",
         {},
         {wayland(2, 0, "\1\0\0\0\7\0\0\0wl_shm\0\0\1\0\0\0"_ba), {}},
         {u"wayland → wayland 90: 1 messages of a Wayland server that tells its interfaces"_s}},
    };
}

std::vector<Row> textRows()
{
    return {
        {"json lines",
         {"{\"a\":1}\n[2]\n"_ba, {}},
         {"{\"ok\":true}\r\n\n"_ba, {}},
         {u"line → json 98: 3 of 3 lines hold JSON"_s}},
        {"a json line",
         {"{\"execute\": \"qmp\"}\n"_ba, {}},
         {},
         {u"line → json 90: 1 of 1 lines hold JSON"_s}},
        {"a json line, and one cut",
         {"{\"a\":1}\n{\"b"_ba, {}},
         {},
         {u"line → json 90: 1 of 1 lines hold JSON"_s}},
        {"lines",
         {"HELO a\r\nQUIT\r\n"_ba, {}},
         {"250 ok\r\n"_ba, {}},
         {u"line → text 70: 3 lines of text"_s}},
        {"lines, one a read",
         {"ping\nquit\n"_ba, {5, 5}},
         {"pong\n"_ba, {5}},
         {u"line → text 80: 3 lines of text"_s}},
        {"a line", {"größe\n"_ba, {}}, {}, {u"line → text 50: 1 lines of text"_s}},
        {"numbers are no json", {"100\n200\n"_ba, {}}, {}, {u"line → text 60: 2 lines of text"_s}},
        {"a document on lines",
         {"{\n  \"a\": 1\n}\n"_ba, {}},
         {},
         {u"record → json 55: All that came is JSON"_s, u"line → text 45: 3 lines of text"_s}},
        {"a document a read",
         {"{\"a\":1}{\"b\":2}"_ba, {7, 7}},
         {"[]"_ba, {2}},
         {u"record → json 80: Each of 3 reads holds JSON"_s}},
        {"null and json",
         {"{\"method\":\"a.B\"}\0"_ba, {}},
         {"{}\0{}\0"_ba, {}},
         {u"null → json 98: 3 of 3 texts before a byte 0 hold JSON"_s}},
        {"null and text",
         {"status\0reload\0"_ba, {}},
         {"ok\0"_ba, {}},
         {u"null → text 70: 3 texts, each before a byte 0"_s}},
        {"null, too short to tell", {"ab\0"_ba, {}}, {"ok\0"_ba, {}}, {}},
    };
}

std::vector<Row> lengthRows()
{
    const QByteArray cbor = QByteArray::fromHex("a2616101616282f5f4");
    const QByteArray messagePack = QByteArray::fromHex("82a161cd012ca162c2");
    const QByteArray protobuf = QByteArray::fromHex("08961220012a03616263");
    return {
        {"4 bytes and json",
         {withLength("{\"a\":1}"_ba), {}},
         {withLength("{}"_ba), {}},
         {u"length:4 → json 92: 2 messages chain by their length up to the last byte; they hold "
          "JSON"_s,
          u"qdatastream → json 87: 2 messages chain by their length up to the last byte; they hold "
          "JSON"_s}},
        {"4 bytes, little, and cbor",
         {little<quint32>(cbor), {}},
         {},
         {u"length:4:little → cbor 57: 1 messages chain by their length up to the last byte; they "
          "hold CBOR"_s}},
        {"2 bytes, little, inclusive, and messagepack",
         {little<quint16>(messagePack, 2), {}},
         {little<quint16>("\x93"_ba + messagePack + messagePack + messagePack, 2), {}},
         {u"length:2:little:inclusive → messagepack 63: 2 messages chain by their length up to the "
          "last byte; they hold MessagePack"_s}},
        {"varints and protobuf",
         {"\x0a"_ba + protobuf + "\x03\x08\x96\x01"_ba + "\x02\x08\x01"_ba, {11, 4, 3}},
         {"\x0a"_ba + protobuf + "\x02\x08\x01"_ba, {11, 3}},
         {u"length:varint → protobuf 80: 5 messages chain by their length up to the last byte; "
          u"each "
          "read ends with one; they hold protobuf"_s}},
        {"a type and 4 bytes",
         {"\1"_ba + withLength("\xff\xfe"_ba) + "\2"_ba + withLength("\xfd"_ba), {}},
         {"\3"_ba + withLength("\xff\xff\xff"_ba), {}},
         {u"length:4:offset=1 → text 73: 3 messages chain by their length up to the last byte"_s}},
        {"qdatastream",
         {utf16(u"hello"_s), {}},
         {utf16(u"good evening"_s), {}},
         {u"qdatastream → qdatastream 75: 2 messages chain by their length up to the last byte; "
          "they hold QDataStream"_s,
          u"length:4 → qdatastream 70: 2 messages chain by their length up to the last byte; they "
          "hold QDataStream"_s}},
    };
}

std::vector<Row> rows()
{
    std::vector<Row> all;
    for (const auto &some : {protocolRows(), textRows(), lengthRows()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

} // namespace

class tst_Guess : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void guesses_data();
    void guesses();
    void aBeginningIsNotMistaken_data();
    void aBeginningIsNotMistaken();
    void aCutMessageNeedsMore();
    void readsAreEvidence();
    void nothingComesOfNothing();
    void randomBytesAreNothing();
    void textIsLinesAtMost();
    void filesAreNothing_data();
    void filesAreNothing();
    void isBounded_data();
    void isBounded();
};

void tst_Guess::guesses_data()
{
    QTest::addColumn<size_t>("index");
    for (size_t i = 0; i < rows().size(); ++i)
        QTest::newRow(rows()[i].name) << i;
}

void tst_Guess::guesses()
{
    QFETCH(size_t, index);
    const Row row = rows()[index];
    QCOMPARE(shown(guessProtocol(row.toServer, row.toClient)), row.guesses);
}

void tst_Guess::aBeginningIsNotMistaken_data()
{
    guesses_data();
}

// What is guessed while only a part is there is right, or is nothing; text may be lines, and JSON
// on whose end nothing follows yet a record.
void tst_Guess::aBeginningIsNotMistaken()
{
    QFETCH(size_t, index);
    const Row row = rows()[index];
    const auto all = guessProtocol(row.toServer, row.toClient);
    for (qsizetype size = 0; size < row.toServer.bytes.size(); ++size) {
        for (const bool isAnswered : {false, true}) {
            const auto some = guessProtocol({row.toServer.bytes.first(size), {}},
                                            isAnswered ? row.toClient : DirectionStart());
            for (const ProtocolGuess &guess : some) {
                const bool isRight =
                    std::any_of(all.begin(), all.end(), [&](const ProtocolGuess &right) {
                        return right.framer == guess.framer;
                    });
                const bool isModest =
                    (guess.framer.kind == FramerKind::Line && guess.confidence <= 70)
                    || (guess.framer.kind == FramerKind::Record && guess.confidence <= 55);
                QVERIFY2(isRight || isModest, qPrintable(shown(some).join(u'\n')));
            }
        }
    }
}

// While the last message is not whole, it takes more of them to believe that they are messages.
void tst_Guess::aCutMessageNeedsMore()
{
    QByteArray bytes = withLength(QByteArray(10, '\1')) + withLength(QByteArray(7, '\2'));
    QCOMPARE(shown(guessProtocol({bytes, {}}, {})).value(0),
             u"length:4 → text 58: 2 messages chain by their length up to the last byte"_s);
    bytes += "\0\0"_ba;
    QCOMPARE(shown(guessProtocol({bytes, {}}, {})), QStringList());
    bytes += "\0\x08"_ba + QByteArray(8, '\3');
    for (int i = 20; i < 40; ++i)
        bytes += withLength(QByteArray(i, static_cast<char>(i)));
    QVERIFY(shown(guessProtocol({bytes.chopped(3), {}}, {}))
                .value(0)
                .endsWith(u"messages chain by their length, and the last is not whole"_s));
}

// Reads that end with messages are evidence as well.
void tst_Guess::readsAreEvidence()
{
    const QByteArray some = little<quint16>("\xff\1\2"_ba);
    const QByteArray other = little<quint16>("\xff\1\2\3\4"_ba);
    QCOMPARE(shown(guessProtocol({some + other + some, {}}, {})), QStringList());
    QCOMPARE(shown(guessProtocol({some + other + some, {5, 7, 5}}, {})),
             QStringList {u"length:2:little → text 57: 3 messages chain by their length up to the "
                          "last byte; each read ends with one"_s});
    QCOMPARE(shown(guessProtocol({some + other + some, {5, 6, 6}}, {})), QStringList());
}

void tst_Guess::nothingComesOfNothing()
{
    QVERIFY(guessProtocol({}, {}).empty());
    QVERIFY(guessProtocol({{}, {1, 2, 3}}, {{}, {0, 0xffffffff}}).empty());
    for (int c = 0; c < 256; ++c) {
        for (const qsizetype size : {1, 2, 3, 4, 5, 8, 12, 16, 64, 1000, 5000}) {
            const QByteArray bytes(size, static_cast<char>(c));
            if (c == '\n')
                continue;
            QCOMPARE(shown(guessProtocol({bytes, {}}, {})), QStringList());
            QCOMPARE(shown(guessProtocol({bytes, {}}, {bytes, {}})), QStringList());
        }
    }
}

void tst_Guess::randomBytesAreNothing()
{
    Random generator(1);
    constexpr int inputs = 40'000;
    for (int i = 0; i < inputs; ++i) {
        // Most short, as chance has more to say there.
        const auto size = [&generator] {
            return static_cast<qsizetype>(generator() % (generator() % 8 == 0 ? 600 : 40));
        };
        const DirectionStart toServer {random(generator, size()), {}};
        const DirectionStart toClient {i % 2 == 0 ? QByteArray() : random(generator, size()), {}};
        const auto found = guessProtocol(toServer, toClient);
        QVERIFY2(
            found.empty(),
            qPrintable(shown(found).join(u'\n') + QString::fromLatin1(toServer.bytes.toHex())));
    }
}

// Words, lines, punctuation: lines at most, and nothing where there is no end of a line.
void tst_Guess::textIsLinesAtMost()
{
    Random generator(2);
    const QByteArray words = "abcdefghijklmnopqrstuvwxyz ABC 0123456789.,:;-_/()"_ba;
    for (int i = 0; i < 15'000; ++i) {
        const bool hasLines = i % 2 == 0;
        const QByteArray characters = hasLines ? words + "\n\n\r\t"_ba : words;
        const auto size = static_cast<qsizetype>(1 + generator() % 300);
        const QByteArray text = randomText(generator, size, characters);
        const auto found = guessProtocol({text, {}}, {});
        if (!hasLines)
            QCOMPARE(shown(found), QStringList());
        QVERIFY(found.size() <= 1);
        for (const ProtocolGuess &guess : found) {
            QCOMPARE(guess.framer.toString(), u"line"_s);
            QCOMPARE(guess.decoder, DecoderKind::Text);
            QVERIFY(guess.confidence <= 70);
        }
    }
}

void tst_Guess::filesAreNothing_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("program") << QCoreApplication::applicationFilePath();
    for (const QString &name :
         {u"resources/screenshots/window-light.png"_s, u"resources/app/sockeye-256.png"_s})
        QTest::newRow(qPrintable(name)) << QStringLiteral(SOCKEYE_SOURCE_DIR) + u'/' + name;
}

// Binary files that somebody sends as they are, from any place on.
void tst_Guess::filesAreNothing()
{
    QFETCH(QString, path);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        QFAIL("not there");
    const QByteArray bytes = file.read(1024 * 1024);
    QVERIFY(!bytes.isEmpty());
    Random generator(3);
    QStringList mistakes;
    constexpr int pieces = 500;
    for (int i = 0; i < pieces; ++i) {
        const qsizetype at =
            i == 0 ? 0 : static_cast<qsizetype>(generator() % static_cast<quint64>(bytes.size()));
        const auto size = static_cast<qsizetype>(1 + generator() % 5000);
        mistakes += shown(guessProtocol({bytes.mid(at, size), {}}, {}));
    }
    // A piece may look like a message by mere chance.
    QVERIFY2(mistakes.size() <= pieces / 100, qPrintable(mistakes.join(u'\n')));
}

void tst_Guess::isBounded_data()
{
    QTest::addColumn<QByteArray>("unit");
    QTest::newRow("0") << "\0"_ba;
    QTest::newRow("lines") << "\n"_ba;
    QTest::newRow("brackets") << "["_ba;
    QTest::newRow("json") << "{\"a\":[1,2,3]}\n"_ba;
    QTest::newRow("xml") << "\0\0\0\7<a></a>"_ba;
    QTest::newRow("entities") << "<!DOCTYPE a [<!ENTITY b 'ccccccccc'>]><a>&b;&b;&b;</a>\n"_ba;
    QTest::newRow("cbor") << "\x81"_ba;
    QTest::newRow("messagepack") << "\0\0\0\2\x91\x91"_ba;
    QTest::newRow("1 byte") << "\1x"_ba;
    QTest::newRow("http") << "GET / HTTP/1.1\r\n\r\n"_ba;
}

// More than the first bytes is neither looked at nor copied, and none of it takes long: what is
// guessed is the same, with and without the rest.
void tst_Guess::isBounded()
{
    QFETCH(QByteArray, unit);
    const QByteArray bytes = unit.repeated(4 * GuessBytes / unit.size());
    QElapsedTimer timer;
    timer.start();
    const auto all = guessProtocol({bytes, {}}, {bytes, {}});
    const QByteArray first = bytes.first(GuessBytes);
    QVERIFY(guessProtocol({first, {}}, {first, {}}) == all);
    QVERIFY(timer.elapsed() < 20'000); // it takes some milliseconds; a sanitizer, a busy machine
    for (const ProtocolGuess &guess : all) {
        QVERIFY(guess.confidence >= 1 && guess.confidence <= 100);
        QVERIFY(!guess.evidence.isEmpty());
    }
}

QTEST_GUILESS_MAIN(tst_Guess)
#include "tst_guess.moc"
