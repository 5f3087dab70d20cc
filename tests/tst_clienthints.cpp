// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/system/clienthints.h"

#include <QtTest>

using namespace Sockeye;
using namespace Qt::StringLiterals;

class tst_ClientHints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hints_data();
    void hints();
    void taps_data();
    void taps();
    void displays();
    void templates_data();
    void templates();
};

void tst_ClientHints::hints_data()
{
    QTest::addColumn<QString>("server");
    QTest::addColumn<QStringList>("environment");
    QTest::addColumn<QStringList>("hints");
    const QStringList none;
    QTest::newRow("unknown") << u"/run/api"_s << none << none;
    QTest::newRow("docker") << u"/var/run/docker.sock"_s << none
                            << QStringList {u"DOCKER_HOST=unix:///t/docker.sock"_s};
    QTest::newRow("postgres") << u"/run/postgresql/.s.PGSQL.5432"_s << none
                              << QStringList {u"PGHOST=/t"_s};
    QTest::newRow("podman") << u"/run/podman.sock"_s << none
                            << QStringList {u"CONTAINER_HOST=unix:///t/podman.sock"_s,
                                            u"DOCKER_HOST=unix:///t/podman.sock"_s};
    QTest::newRow("named now") << u"/run/api"_s
                               << QStringList {u"API=unix:/run/api;guid=1"_s,
                                               u"OTHER=/run/api.old"_s}
                               << QStringList {u"API=unix:/t/api;guid=1"_s};
    QTest::newRow("named now wins")
        << u"/run/user/1/bus"_s
        << QStringList {u"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1/bus,x"_s}
        << QStringList {u"DBUS_SESSION_BUS_ADDRESS=unix:path=/t/bus,x"_s};
    QTest::newRow("not a part of another")
        << u"/run/a"_s << QStringList {u"A=/run/a/b"_s, u"B=/run/a-b"_s, u"C=/run/ab"_s} << none;
    QTest::newRow("where one is") << u"/run/a"_s << QStringList {u"PWD=/run/a"_s} << none;
    QTest::newRow("abstract") << u"@/tmp/.X11-unix/X0"_s << none
                              << QStringList {u"DISPLAY=/t/X0"_s};
}

void tst_ClientHints::hints()
{
    QFETCH(QString, server);
    QFETCH(QStringList, environment);
    QFETCH(QStringList, hints);
    QProcessEnvironment variables;
    for (const QString &one : environment)
        variables.insert(one.section(u'=', 0, 0), one.section(u'=', 1));
    const auto address = SocketAddress::parse(server);
    const auto tap = SocketAddress::parse(u"/t/"_s + server.section(u'/', -1));
    QStringList found;
    for (const ClientHint &hint : clientHints(*address, *tap, variables))
        found << hint.variable + u'=' + hint.value;
    QCOMPARE(found, hints);
}

void tst_ClientHints::taps_data()
{
    QTest::addColumn<QString>("server");
    QTest::addColumn<QString>("tap");
    QTest::addColumn<QStringList>("hints");
    const QStringList none;
    const QString postgres = u"/run/postgresql/.s.PGSQL.5432"_s;
    QTest::newRow("postgres, another port")
        << postgres << u"/t/.s.PGSQL.5433"_s << QStringList {u"PGHOST=/t"_s, u"PGPORT=5433"_s};
    QTest::newRow("postgres, a name that it cannot make") << postgres << u"/t/tap"_s << none;
    QTest::newRow("any name") << u"/run/docker.sock"_s << u"/t/tap"_s
                              << QStringList {u"DOCKER_HOST=unix:///t/tap"_s};
    QTest::newRow("abstract bus") << u"/run/user/1/bus"_s << u"@tap"_s
                                  << QStringList {u"DBUS_SESSION_BUS_ADDRESS=unix:abstract=tap"_s};
    QTest::newRow("abstract, path only") << u"/run/user/1/wayland-0"_s << u"@wayland-0"_s << none;
    QTest::newRow("display") << u"@/tmp/.X11-unix/X0"_s << u"/tmp/.X11-unix/X90"_s
                             << QStringList {u"DISPLAY=:90"_s};
    QTest::newRow("abstract display")
        << u"/tmp/.X11-unix/X0"_s << u"@/tmp/.X11-unix/X90"_s << QStringList {u"DISPLAY=:90"_s};
    QTest::newRow("abstract, no display") << u"/tmp/.X11-unix/X0"_s << u"@X90"_s << none;
    QTest::newRow("abstract postgres") << postgres << u"@.s.PGSQL.5432"_s << none;
}

void tst_ClientHints::taps()
{
    QFETCH(QString, server);
    QFETCH(QString, tap);
    QFETCH(QStringList, hints);
    QStringList found;
    for (const ClientHint &hint :
         clientHints(*SocketAddress::parse(server), *SocketAddress::parse(tap), {}))
        found << hint.variable + u'=' + hint.value;
    QCOMPARE(found, hints);
}

void tst_ClientHints::displays()
{
    QCOMPARE(freeDisplay(*SocketAddress::parse(u"/run/docker.sock"_s)), QString());
    const auto server = SocketAddress::parse(u"@/tmp/.X11-unix/X0"_s);
    const QString first = freeDisplay(*server);
    QVERIFY2(first.startsWith(u"/tmp/.X11-unix/X9"_s), qPrintable(first));
    const QString second = freeDisplay(*server, {first});
    QVERIFY(second.startsWith(u"/tmp/.X11-unix/X"_s));
    QVERIFY(second != first);
}

void tst_ClientHints::templates_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("hint");
    QTest::newRow("path") << u"A=unix:{path}"_s << u"A unix:/t/api"_s;
    QTest::newRow("folder") << u"A={folder}"_s << u"A /t"_s;
    QTest::newRow("equals sign") << u"A=b={path}"_s << u"A b=/t/api"_s;
    QTest::newRow("fixed") << u"A="_s << u"A "_s;
    QTest::newRow("no name") << u"=x"_s << QString();
    QTest::newRow("no value") << u"A"_s << QString();
}

void tst_ClientHints::templates()
{
    QFETCH(QString, text);
    QFETCH(QString, hint);
    const auto found = clientHintFrom(text, SocketAddress::fromPath("/t/api"));
    QCOMPARE(found ? found->variable + u' ' + found->value : QString(), hint);
}

QTEST_GUILESS_MAIN(tst_ClientHints)
#include "tst_clienthints.moc"
