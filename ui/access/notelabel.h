// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QWidget>

class QLabel;

namespace Sockeye {

/// A small icon and a sentence beside it, in the colours of the theme of the moment: verdicts,
/// warnings, hints below a field.
class NoteLabel final : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Good, Bad, Warning, Error, Info };

    explicit NoteLabel(QWidget *parent = nullptr);

    /// Empty @p text hides the note.
    void setNote(Kind kind, const QString &text, const QString &toolTip = {});
    void clear();
    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] QString text() const;
    /// Verdicts stand side by side on one line; notes wrap (the default).
    void setWrapping(bool on);

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateIcon();

    QLabel *m_icon;
    QLabel *m_text;
    Kind m_kind = Kind::Info;
};

} // namespace Sockeye
