// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/decodedmodel.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace Sockeye;

/// The tree of a message as a model.
class tst_DecodedModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheTree();
    void findsTheFieldOfAByte();
    void everyDecoderFits_data();
    void everyDecoderFits();

private:
    static Decoded decoded(DecoderKind kind, const QByteArray &bytes)
    {
        return Decoder::create(kind)->decode(
            std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size()))), {});
    }
    static QStringList lines(const DecodedModel &model, const QModelIndex &parent = {},
                             int depth = 0)
    {
        QStringList all;
        for (int row = 0; row < model.rowCount(parent); ++row) {
            const QModelIndex field = model.index(row, 0, parent);
            all << QString(depth * 2, QLatin1Char(' ')) + field.data().toString() + QLatin1Char('=')
                    + field.siblingAtColumn(DecodedModel::ValueColumn).data().toString();
            all << lines(model, field, depth + 1);
        }
        return all;
    }
};

void tst_DecodedModel::showsTheTree()
{
    DecodedModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    model.setDecoded(decoded(DecoderKind::Json, R"({"a":[1,2],"b":{"c":"x"}})"));
    QCOMPARE(model.rowCount(), 1);
    const QModelIndex message = model.index(0, 0);
    QCOMPARE(model.rowCount(message), 2);
    const QModelIndex a = model.index(0, 0, message);
    QCOMPARE(a.data().toString(), QStringLiteral("a"));
    QCOMPARE(model.rowCount(a), 2);
    const QModelIndex two = model.index(1, 0, a);
    QCOMPARE(two.siblingAtColumn(DecodedModel::ValueColumn).data().toString(), QStringLiteral("2"));
    QCOMPARE(model.node(two).offset, quint64 {8});
    QCOMPARE(model.parent(two), a);
    QCOMPARE(model.parent(a), message);
    QVERIFY(!model.parent(message).isValid());
    QCOMPARE(lines(model).size(), 6);
    model.setDecoded(decoded(DecoderKind::Json, "{"));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void tst_DecodedModel::findsTheFieldOfAByte()
{
    DecodedModel model;
    QVERIFY(!model.fieldAt(0).isValid());
    model.setDecoded(decoded(DecoderKind::Json, R"({"a":[1,22],"b":3})"));
    QCOMPARE(model.fieldAt(7 + 1).siblingAtColumn(DecodedModel::ValueColumn).data().toString(),
             QStringLiteral("22"));
    QCOMPARE(model.fieldAt(16).data().toString(), QStringLiteral("b"));
    QCOMPARE(model.fieldAt(99999), model.index(0, 0)); // nowhere: the message
}

void tst_DecodedModel::everyDecoderFits_data()
{
    QTest::addColumn<int>("kind");
    for (int kind = 0; kind <= static_cast<int>(DecoderKind::Wayland); ++kind)
        QTest::addRow("%s", qPrintable(decoderName(static_cast<DecoderKind>(kind)))) << kind;
}

void tst_DecodedModel::everyDecoderFits()
{
    QFETCH(int, kind);
    DecodedModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (const QByteArray &bytes :
         {QByteArray(), QByteArray("{\"x\": [1, {}]}"),
          QByteArray("GET / HTTP/1.1\r\nA: b\r\n\r\n"), QByteArray(100, '\0'),
          QByteArray("Q\0\0\0\x0dSELECT 1\0", 14), QByteArray(300, '\x91')}) {
        model.setDecoded(decoded(static_cast<DecoderKind>(kind), bytes));
        QCOMPARE(model.rowCount(), 1);
        // Each byte leads to a field that has it, or to the message.
        for (quint64 offset = 0; offset < static_cast<quint64>(bytes.size()); ++offset) {
            const QModelIndex field = model.fieldAt(offset);
            QVERIFY(field.isValid());
            const DecodedNode &node = model.node(field);
            QVERIFY(field == model.index(0, 0)
                    || (offset >= node.offset && offset < node.offset + node.length));
        }
    }
}

QTEST_GUILESS_MAIN(tst_DecodedModel)
#include "tst_decodedmodel.moc"
