// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/decode/dissection.h"
#include "core/decode/dissectorprocess.h"
#include "core/decode/protocollister.h"

#include <QMap>
#include <QPointer>
#include <QTemporaryDir>

#include <functional>
#include <optional>
#include <utility>

namespace Sockeye {

/// Where Wireshark's programs without a window are.
struct DissectorPrograms
{
    QString sharkd; ///< dissects
    QString tshark; ///< lists the protocols

    /// Searches PATH and /usr/bin. Fails with DissectorsMissing, which says what to install.
    [[nodiscard]] static Result<DissectorPrograms> find();

    friend bool operator==(const DissectorPrograms &, const DissectorPrograms &) = default;
};

struct DissectionRequest
{
    quint64 frame = 0; ///< number of a packet of the file, from 1 on (PacketNumbers)
    quint64 payloadOffset = 0; ///< of its first payload byte in the record
    ServerId server = {}; ///< whose connection it is of: decides on what it is decoded as
};

/// Wireshark's dissectors, by one process of sharkd that lives as long as it behaves.
///
/// Everything happens on the thread of the object and nothing waits: answers come through
/// callbacks, never before the call has returned, and only while their context lives. The process
/// is started for the first question, anew after it died, and anew for another "decode as": sharkd
/// reads that only when it starts, and all servers of a capture have one port, so that what a port
/// is decoded as is decided for all of them at a time. Loading is what costs: sharkd reads and
/// keeps all packets of the file (measured: 22 s and 640 MB for a million).
///
/// The settings that the process sees are its own and not the user's: what a tree looks like should
/// not depend on the columns, the "decode as" and the name servers that somebody chose for the
/// network. The user's plugins are loaded, as Wireshark looks for them elsewhere.
class Dissectors : public QObject
{
    Q_OBJECT

public:
    template <class T>
    using Callback = std::function<void(Result<T>)>;

    explicit Dissectors(DissectorPrograms programs, const DissectorLimits &limits = {},
                        QObject *parent = nullptr);
    ~Dissectors() override;

    /// The protocols that setDecodeAs() takes. Asked of tshark once.
    void listProtocols(QObject *context, Callback<std::vector<DissectorProtocol>> callback);

    /// What frames are numbers of from now on. The same file once more: it was written anew. A file
    /// that merely grew is noticed.
    void open(const QString &file);
    [[nodiscard]] QString file() const { return m_file; }

    /// Streams of @p server, or of all servers for which nothing was set, are dissected as
    /// @p protocol (DissectorProtocol::name). Nothing: by what the bytes look like.
    void setDecodeAs(const std::optional<QString> &protocol, ServerId server = {});
    [[nodiscard]] std::optional<QString> decodeAs(ServerId server) const;

    /// A newer request replaces one that is not answered yet, of which nothing is heard any more.
    /// Fails with DissectionFailed (why), DissectorUnknown (the protocol of setDecodeAs()) or what
    /// hinders the process.
    void dissect(const DissectionRequest &request, QObject *context, Callback<Dissection> callback);

    /// Of the process that is at work; 0: none.
    [[nodiscard]] qint64 processId() const { return m_process.processId(); }

private:
    struct Wish
    {
        DissectionRequest request;
        QPointer<QObject> context;
        Callback<Dissection> callback;
        int deaths = 0; ///< of processes, over it
        int loads = 0; ///< of the file, for it
        bool isWithoutBytes = false; ///< the whole answer was too long
    };
    /// A file as it was when it was loaded.
    struct Loaded
    {
        qint64 size = 0;
        std::pair<quint64, quint64> identity; ///< device and inode
        quint64 frames = 0;
    };
    enum class Asked { Nothing, Load, Frame };

    void schedule();
    void advance();
    [[nodiscard]] std::optional<QString> wantedShortName();
    [[nodiscard]] bool makeReady(const QString &shortName);
    void load(const Loaded &present);
    void askFrame();
    void stopProcess();
    void take(const std::vector<QJsonObject> &answers);
    void takeLoaded(const std::vector<QJsonObject> &answers);
    void takeDissected(const QJsonObject &reply);
    void takeFailure(DissectorProcess::Failure failure);
    void retry(const char *why);
    void answer(Result<Dissection> result);
    void answerFailed(const char *why);
    [[nodiscard]] Problem notStarted() const;
    void tellProtocols(Result<std::vector<DissectorProtocol>> protocols);
    [[nodiscard]] Result<> writeSettings(const QString &shortName);
    [[nodiscard]] Result<Loaded> look() const;

    const DissectorPrograms m_programs;
    const DissectorLimits m_limits;
    DissectorProcess m_process;
    QTemporaryDir m_folder; ///< the settings of the process
    QString m_file;
    QMap<ServerId, QString> m_decodeAs; ///< by server; an invalid one: the others
    std::optional<Wish> m_wish;
    bool m_isScheduled = false;

    // of the process
    Asked m_asked = Asked::Nothing;
    bool m_isOvertaken = false; ///< what is asked is not for the wish as it is now
    QString m_decodedAs; ///< it was started for
    std::optional<Loaded> m_loaded;
    std::optional<Loaded> m_loading;

    ProtocolLister m_lister;
    std::vector<DissectorProtocol> m_protocols; ///< empty: not known yet
    bool m_isListAwaited = false; ///< by the wish
    struct Listener
    {
        QPointer<QObject> context;
        Callback<std::vector<DissectorProtocol>> callback;
    };
    std::vector<Listener> m_listeners;
};

} // namespace Sockeye
