// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/mainwindow/capturefiles.h"

#include "core/base/problemtext.h"
#include "core/models/textformat.h"
#include "ui/mainwindow/background.h"
#include "ui/mainwindow/captureview.h"
#include "ui/mainwindow/capturewindow.h"
#include "ui/mainwindow/windowstate.h"
#include "ui/traffic/recordpanel.h"
#include "ui/widgets/userprompt.h"

#include <QDropEvent>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
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
    question.nameFilter =
        tr("Captures and logs (*.pcapng *.pcap *.cap *.log *.txt);;All files (*)");
    m_prompt.pickFiles(question, this,
                       [this, guard = QPointer<QStatusBar>(bar)](const QStringList &files) {
                           for (const QString &file : files) {
                               if (guard)
                                   open(file, guard);
                           }
                       });
}

void CaptureFiles::open(const QString &file, QStatusBar *bar)
{
    if (CaptureView *view = m_captures ? m_captures->viewOf(file) : nullptr) {
        m_captures->show(view);
        return;
    }
    m_state.setFileFolder(QFileInfo(file).absolutePath());
    bar->showMessage(tr("Opening %1 …").arg(QFileInfo(file).fileName()));
    m_files.run(
        this, [file] { return CaptureSource::open(file, CaptureSource::Reads::AsItGoes); },
        [this, file,
         guard = QPointer<QStatusBar>(bar)](Result<std::unique_ptr<CaptureSource>> source) {
            if (guard)
                guard->clearMessage();
            if (source)
                show(std::move(*source), file);
            else
                m_prompt.tell(tr("Open a capture"), oneLine(source.error()));
        });
}

void CaptureFiles::show(std::shared_ptr<CaptureSource> source, const QString &file)
{
    m_state.addRecentFile(QFileInfo(file).absoluteFilePath());
    CaptureWindow *window = captureWindow();
    auto *view = new CaptureView(std::move(source), file, window);
    connect(view->recordPanel(), &RecordPanel::saveAsked, this,
            [this, view](const Conversation &conversation) {
                askSave(view->log(), conversation, m_captures->statusBar());
            });
    window->add(view);
    Q_EMIT opened(window);
}

CaptureWindow *CaptureFiles::captureWindow()
{
    if (m_captures)
        return m_captures;
    m_captures = new CaptureWindow(m_window);
    QStatusBar *bar = m_captures->statusBar();
    connect(m_captures, &CaptureWindow::openAsked, this, [this, bar] { askOpen(bar); });
    connect(m_captures, &CaptureWindow::saveAsked, this, [this, bar](CaptureView *view) {
        askSave(view->log(), tr("%1-copy.pcapng").arg(QFileInfo(view->file()).completeBaseName()),
                bar);
    });
    connect(m_captures, &CaptureWindow::filesDropped, this, [this, bar](const QStringList &files) {
        for (const QString &file : files)
            open(file, bar);
    });
    fillRecent(m_captures->recentMenu(), bar);
    return m_captures;
}

void CaptureFiles::watchDrops(QWidget *window, QStatusBar *bar)
{
    m_dropBar = bar;
    window->setAcceptDrops(true);
    window->installEventFilter(this);
}

bool CaptureFiles::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::DragEnter && event->type() != QEvent::Drop)
        return QObject::eventFilter(watched, event);
    auto *drop = static_cast<QDropEvent *>(event);
    const QStringList files = draggedFiles(*drop->mimeData());
    if (files.isEmpty() || !m_dropBar)
        return QObject::eventFilter(watched, event);
    drop->acceptProposedAction();
    if (event->type() == QEvent::Drop) {
        for (const QString &file : files)
            open(file, m_dropBar);
    }
    return true;
}

void CaptureFiles::fillRecent(QMenu *menu, QStatusBar *bar)
{
    connect(menu, &QMenu::aboutToShow, this, [this, menu, guard = QPointer<QStatusBar>(bar)] {
        menu->clear();
        for (const QString &file : m_state.recentFiles()) {
            QAction *action =
                menu->addAction(QFileInfo(file).fileName(), this, [this, file, guard] {
                    if (guard)
                        open(file, guard);
                });
            action->setToolTip(file);
            action->setEnabled(QFileInfo::exists(file));
        }
        if (menu->isEmpty())
            menu->addAction(tr("Nothing was opened yet"))->setEnabled(false);
    });
    menu->setToolTipsVisible(true);
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
