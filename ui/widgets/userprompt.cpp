// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/userprompt.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

namespace Sockeye {

namespace {

/// Calls @p answer only while the one who asked is still there.
template <class Answer, class Value>
void reply(const QPointer<QObject> &context, const Answer &answer, const Value &value)
{
    if (context)
        answer(value);
}

/// For those who asked for one file.
std::function<void(const QStringList &)> withFirst(std::function<void(const QString &)> answer)
{
    return [answer = std::move(answer)](const QStringList &files) { answer(files.value(0)); };
}

/// The second text of a QMessageBox has no text format: Qt would take "<b>" in a name for markup.
QString asRichText(const QString &plain)
{
    if (plain.isEmpty())
        return {};
    return QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(plain.toHtmlEscaped());
}

} // namespace

QtPrompt::QtPrompt(QWidget *window)
    : m_window(window)
{ }

void QtPrompt::confirm(const Question &question, QObject *context, std::function<void(bool)> answer)
{
    auto *box = new QMessageBox(question.isDangerous ? QMessageBox::Warning : QMessageBox::Question,
                                question.title, question.text, QMessageBox::Cancel, m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(asRichText(question.detail));
    const auto role = question.isDangerous ? QMessageBox::DestructiveRole : QMessageBox::AcceptRole;
    QPushButton *yes = box->addButton(question.accept, role);
    if (question.isDangerous)
        box->setDefaultButton(QMessageBox::Cancel);
    else
        box->setDefaultButton(yes);
    const QPointer<QObject> asker = context;
    QObject::connect(box, &QMessageBox::finished, box, [box, yes, asker, answer] {
        reply(asker, answer, box->clickedButton() == yes);
    });
    box->open();
}

void QtPrompt::pickFile(const FileQuestion &question, QObject *context,
                        std::function<void(const QString &)> answer)
{
    showFileDialog(question, FileMode::Open, context, withFirst(std::move(answer)));
}

void QtPrompt::pickFiles(const FileQuestion &question, QObject *context,
                         std::function<void(const QStringList &)> answer)
{
    showFileDialog(question, FileMode::OpenSeveral, context, std::move(answer));
}

void QtPrompt::saveFile(const FileQuestion &question, QObject *context,
                        std::function<void(const QString &)> answer)
{
    showFileDialog(question, FileMode::Save, context, withFirst(std::move(answer)));
}

void QtPrompt::showFileDialog(const FileQuestion &question, FileMode mode, QObject *context,
                              std::function<void(const QStringList &)> answer)
{
    const bool isSaving = mode == FileMode::Save;
    const QString folder = question.folder.isEmpty() ? m_lastFolder : question.folder;
    auto *dialog = new QFileDialog(m_window, question.title, folder, question.nameFilter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(isSaving ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
    dialog->setFileMode(isSaving                     ? QFileDialog::AnyFile
                            : mode == FileMode::Open ? QFileDialog::ExistingFile
                                                     : QFileDialog::ExistingFiles);
    dialog->setDefaultSuffix(question.suffix);
    if (!question.suggestion.isEmpty())
        dialog->selectFile(question.suggestion);
    const QPointer<QObject> asker = context;
    QObject::connect(dialog, &QFileDialog::finished, dialog,
                     [this, dialog, asker, answer](int code) {
                         const QStringList files =
                             code == QDialog::Accepted ? dialog->selectedFiles() : QStringList();
                         if (!files.isEmpty())
                             m_lastFolder = QFileInfo(files.front()).absolutePath();
                         reply(asker, answer, files);
                     });
    dialog->open();
}

void QtPrompt::askText(const QString &title, const QString &label, const QString &text,
                       QObject *context, std::function<void(const QString &)> answer)
{
    auto *dialog = new QInputDialog(m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    dialog->setTextValue(text);
    const QPointer<QObject> asker = context;
    QObject::connect(dialog, &QInputDialog::textValueSelected, dialog,
                     [asker, answer](const QString &value) { reply(asker, answer, value); });
    dialog->open();
}

void QtPrompt::tell(const QString &title, const QString &text)
{
    auto *box = new QMessageBox(QMessageBox::Information, title, text, QMessageBox::Ok, m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->open();
}

} // namespace Sockeye
