// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QObject>
#include <QPointer>
#include <QThread>

#include <functional>
#include <memory>

namespace Sockeye {

/// One thread for what may block (disks, user databases, files), so that the window never does.
/// Made at construction: a thread that is made when no descriptor is left aborts the process.
/// The destructor lets the work that runs finish, drops what waits, and joins.
class Background final
{
public:
    explicit Background(const QString &name);
    ~Background();
    Background(const Background &) = delete;
    Background &operator=(const Background &) = delete;

    /// Runs @p work on the thread, in the order of the calls, and hands its value to @p done on the
    /// thread of this object, unless @p context is gone by then.
    template <class Work, class Done>
    void run(QObject *context, Work work, Done done)
    {
        post([reply = m_reply.get(), guard = QPointer<QObject>(context), work = std::move(work),
              done = std::move(done)]() mutable {
            using Value = decltype(work());
            // Shared, as a queued functor must be copyable and a value need not be.
            auto value = std::make_shared<Value>(work());
            QMetaObject::invokeMethod(
                reply,
                [guard = std::move(guard), value = std::move(value),
                 done = std::move(done)]() mutable {
                    if (guard)
                        done(std::move(*value));
                },
                Qt::QueuedConnection);
        });
    }

private:
    void post(std::function<void()> job);

    QThread m_thread;
    std::unique_ptr<QObject> m_worker; ///< lives on m_thread
    std::unique_ptr<QObject> m_reply; ///< lives where this object lives
};

} // namespace Sockeye
