// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QPointer>
#include <QString>
#include <QWidget>

#include <functional>

namespace Sockeye {

/// A question with yes and no.
struct Question
{
    QString title;
    QString text; ///< one sentence, plain text
    QString detail = {}; ///< what will happen; may be empty
    QString accept; ///< the button that does it: "Take over"
    bool isDangerous = false; ///< Cancel is the default button, and a warning sign stands there
};

/// A question for a file.
struct FileQuestion
{
    QString title;
    QString folder = {}; ///< where to begin; empty: where it was the last time
    QString suggestion = {}; ///< name of the file to save
    QString nameFilter = {}; ///< "Captures (*.pcapng)"
    QString suffix = {}; ///< added when saving without one: "pcapng"
};

/// Every dialog of the window behind one interface, so that tests answer instead of a person.
///
/// Answers come by callback, never by a nested event loop; a callback is not called once @p context
/// has gone. Cancelled file questions answer with an empty string.
class UserPrompt
{
public:
    virtual ~UserPrompt() = default;

    virtual void confirm(const Question &question, QObject *context,
                         std::function<void(bool)> answer) = 0;
    virtual void pickFile(const FileQuestion &question, QObject *context,
                          std::function<void(const QString &)> answer) = 0;
    /// One or several; cancelled: none.
    virtual void pickFiles(const FileQuestion &question, QObject *context,
                           std::function<void(const QStringList &)> answer) = 0;
    virtual void saveFile(const FileQuestion &question, QObject *context,
                          std::function<void(const QString &)> answer) = 0;
    /// One line of text; cancelled: no answer.
    virtual void askText(const QString &title, const QString &label, const QString &text,
                         QObject *context, std::function<void(const QString &)> answer) = 0;
    /// Something to know, with one button.
    virtual void tell(const QString &title, const QString &text) = 0;
};

/// Real dialogs, modal to a window. Must outlive them: the window owns both.
class QtPrompt final : public UserPrompt
{
public:
    /// @p window may come later: setWindow().
    explicit QtPrompt(QWidget *window = nullptr);
    void setWindow(QWidget *window) { m_window = window; }

    void confirm(const Question &question, QObject *context,
                 std::function<void(bool)> answer) override;
    void pickFile(const FileQuestion &question, QObject *context,
                  std::function<void(const QString &)> answer) override;
    void pickFiles(const FileQuestion &question, QObject *context,
                   std::function<void(const QStringList &)> answer) override;
    void saveFile(const FileQuestion &question, QObject *context,
                  std::function<void(const QString &)> answer) override;
    void askText(const QString &title, const QString &label, const QString &text, QObject *context,
                 std::function<void(const QString &)> answer) override;
    void tell(const QString &title, const QString &text) override;

private:
    enum class FileMode { Open, OpenSeveral, Save };
    void showFileDialog(const FileQuestion &question, FileMode mode, QObject *context,
                        std::function<void(const QStringList &)> answer);

    QPointer<QWidget> m_window;
    QString m_lastFolder;
};

} // namespace Sockeye
