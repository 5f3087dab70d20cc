// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/engine/engine.h"
#include "tests/kit/scratchfolder.h"
#include "ui/mainwindow/windowstate.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/userprompt.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QSettings>
#include <QWidget>
#include <QtTest>

namespace Sockeye {

/// Answers dialogs as a test says, and remembers what was asked.
class ScriptedPrompt final : public UserPrompt
{
public:
    bool saysYes = false;
    QString file; ///< of the next file dialogs; empty: cancelled
    QStringList moreFiles; ///< where several may be picked
    QString text; ///< of the next line; null: cancelled
    QStringList asked; ///< "Hostile takeover: Take it over"

    void confirm(const Question &question, QObject *, std::function<void(bool)> answer) override
    {
        asked << question.title + QStringLiteral(": ") + question.accept;
        questionText = question.text + QLatin1Char(' ') + question.detail;
        wasDangerous = question.isDangerous;
        answer(saysYes);
    }
    void pickFile(const FileQuestion &question, QObject *,
                  std::function<void(const QString &)> answer) override
    {
        asked << question.title;
        answer(file);
    }
    void pickFiles(const FileQuestion &question, QObject *,
                   std::function<void(const QStringList &)> answer) override
    {
        asked << question.title;
        answer(file.isEmpty() ? QStringList() : QStringList(file) + moreFiles);
    }
    void saveFile(const FileQuestion &question, QObject *,
                  std::function<void(const QString &)> answer) override
    {
        asked << question.title;
        answer(file);
    }
    void askText(const QString &title, const QString &, const QString &proposal, QObject *,
                 std::function<void(const QString &)> answer) override
    {
        asked << title;
        proposed = proposal;
        if (!text.isNull())
            answer(text);
    }
    void tell(const QString &title, const QString &what) override
    {
        asked << title;
        told = what;
    }

    bool wasDangerous = false;
    QString questionText; ///< of the last question, with its detail
    QString told;
    QString proposed; ///< in the last line that was asked for
};

/// An engine, settings and dialogs of the test's own, and the environment in which bare names lead
/// into the scratch folder.
struct Workbench
{
    Workbench()
    {
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(folder.path()));
        EngineOptions options;
        options.capture.folder = folder.file(QStringLiteral("capture"));
        options.capture.limit = 16 * 1024 * 1024;
        options.ioThreads = 1;
        Result<std::unique_ptr<Engine>> made = Engine::create(options);
        if (!made)
            qFatal("no engine");
        engine = std::move(*made);
        state = freshState();
    }

    /// Settings as the next run of the program would read them.
    [[nodiscard]] std::unique_ptr<WindowState> freshState() const
    {
        return std::make_unique<WindowState>(std::make_unique<QSettings>(
            folder.file(QStringLiteral("settings.ini")), QSettings::IniFormat));
    }

    ScratchFolder folder;
    ScriptedPrompt prompt;
    std::unique_ptr<WindowState> state;
    std::unique_ptr<Engine> engine;
};

/// Keeps a picture of @p widget in the folder "pictures" of the build, light and dark.
inline void keepPictures(QWidget &widget, const QString &name)
{
    QDir().mkpath(QStringLiteral("pictures"));
    auto &application = *qobject_cast<QApplication *>(QCoreApplication::instance());
    for (const Appearance appearance : {Appearance::Dark, Appearance::Light}) {
        applyTheme(application, appearance);
        QCoreApplication::processEvents(); // palettes and layouts arrive as events
        const QString file =
            QStringLiteral("pictures/%1-%2.png").arg(name, appearanceName(appearance));
        QVERIFY2(widget.grab().save(file), qPrintable(file));
    }
}

/// Texts of the labels that can be seen below @p widget, in no order that matters.
[[nodiscard]] inline QStringList visibleLabels(const QWidget &widget)
{
    QStringList texts;
    for (const QLabel *label : widget.findChildren<QLabel *>()) {
        if (label->isVisibleTo(&widget) && !label->text().isEmpty())
            texts << label->text();
    }
    return texts;
}

template <class Test>
int runGuiTest(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    applyTheme(application, Appearance::Light);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace Sockeye
