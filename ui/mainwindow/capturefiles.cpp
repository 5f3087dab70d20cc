// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/capturefiles.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"
#include "ui/mainwindow/background.h"
#include "ui/mainwindow/capturewindow.h"
#include "ui/mainwindow/windowstate.h"
#include "ui/traffic/recordpanel.h"
#include "ui/widgets/userprompt.h"

#include <QFileInfo>
#include <QPointer>
#include <QStatusBar>

namespace Sockeye {

namespace {

constexpr int messageMilliseconds = 6000;

/// "connection-12.raw", "connection-12-to-server.raw"
QString suggestedFile(const Conversation &conversation)
{
    QString name = QStringLiteral("connection-%1").arg(conversation.connection.value);
    if (conversation.side == Direction::ToServer)
        name += QLatin1String("-to-server");
    else if (conversation.side == Direction::ToClient)
        name += QLatin1String("-to-client");
    return name + QLatin1String(".raw");
}

} // namespace

CaptureFiles::CaptureFiles(Background &files, UserPrompt &prompt, WindowState &state,
                           QWidget *window)
    : QObject(window)
    , m_files(files)
    , m_prompt(prompt)
    , m_state(state)
    , m_window(window)
{ }

void CaptureFiles::askOpen(QStatusBar *bar)
{
    FileQuestion question;
    question.title = tr("Open a capture");
    question.folder = m_state.fileFolder();
    question.nameFilter = tr("Captures (*.pcapng)");
    m_prompt.pickFile(question, this, [this, bar](const QString &file) {
        if (!file.isEmpty())
            open(file, bar);
    });
}

void CaptureFiles::open(const QString &file, QStatusBar *bar)
{
    m_state.setFileFolder(QFileInfo(file).absolutePath());
    bar->showMessage(tr("Opening %1 …").arg(QFileInfo(file).fileName()));
    m_files.run(
        this, [file] { return CaptureLog::open(file); },
        [this, file, bar](Result<std::unique_ptr<CaptureLog>> log) {
            bar->clearMessage();
            if (log)
                show(std::move(*log), file);
            else
                m_prompt.tell(tr("Open a capture"), oneLine(log.error()));
        });
}

void CaptureFiles::show(std::unique_ptr<CaptureLog> log, const QString &file)
{
    auto *window = new CaptureWindow(std::move(log), file, m_window);
    connect(window, &CaptureWindow::saveAsked, this, [this, window, file] {
        const QFileInfo opened(file);
        askSave(window->log(), tr("%1-copy.pcapng").arg(opened.completeBaseName()),
                window->statusBar());
    });
    connect(window->recordPanel(), &RecordPanel::saveAsked, this,
            [this, window](const Conversation &conversation) {
                askSave(window->log(), conversation, window->statusBar());
            });
    window->show();
    Q_EMIT this->opened(window);
}

void CaptureFiles::askSave(const std::shared_ptr<const CaptureLog> &log, const QString &suggestion,
                           QStatusBar *bar)
{
    FileQuestion question;
    question.title = tr("Save the capture");
    question.folder = m_state.fileFolder();
    question.suggestion = suggestion;
    question.nameFilter = tr("Captures (*.pcapng)");
    question.suffix = QStringLiteral("pcapng");
    m_prompt.saveFile(question, this,
                      [this, log, guard = QPointer<QStatusBar>(bar)](const QString &file) {
                          if (!file.isEmpty() && guard)
                              save(log, file, guard);
                      });
}

void CaptureFiles::save(const std::shared_ptr<const CaptureLog> &log, const QString &file,
                        QStatusBar *bar)
{
    m_state.setFileFolder(QFileInfo(file).absolutePath());
    bar->showMessage(tr("Saving …"));
    m_files.run(
        this, [log, file] { return log->save(file); },
        [this, file, guard = QPointer<QStatusBar>(bar)](const Result<> &saved) {
            if (guard)
                guard->clearMessage();
            if (!saved)
                m_prompt.tell(tr("Save the capture"), oneLine(saved.error()));
            else if (guard)
                guard->showMessage(tr("Saved %1").arg(file), messageMilliseconds);
        });
}

void CaptureFiles::askSave(const std::shared_ptr<const CaptureLog> &log,
                           const Conversation &conversation, QStatusBar *bar)
{
    FileQuestion question;
    question.title = tr("Save the stream");
    question.folder = m_state.fileFolder();
    question.suggestion = suggestedFile(conversation);
    question.nameFilter = tr("Raw bytes (*.raw);;All files (*)");
    m_prompt.saveFile(
        question, this,
        [this, log, conversation, guard = QPointer<QStatusBar>(bar)](const QString &file) {
            if (!file.isEmpty() && guard)
                save(log, conversation, file, guard);
        });
}

void CaptureFiles::save(const std::shared_ptr<const CaptureLog> &log,
                        const Conversation &conversation, const QString &file, QStatusBar *bar)
{
    m_state.setFileFolder(QFileInfo(file).absolutePath());
    bar->showMessage(tr("Saving …"));
    m_files.run(
        this, [log, conversation, file] { return saveConversation(*log, conversation, file); },
        [this, file, guard = QPointer<QStatusBar>(bar)](const Result<SavedConversation> &saved) {
            if (guard)
                guard->clearMessage();
            if (!saved)
                m_prompt.tell(tr("Save the stream"), oneLine(saved.error()));
            else if (saved->loss)
                m_prompt.tell(tr("Save the stream"), oneLine(*saved->loss));
            if (saved && guard)
                guard->showMessage(tr("Saved %1 to %2").arg(byteCount(saved->bytes), file),
                                   messageMilliseconds);
        });
}

} // namespace Sockeye
