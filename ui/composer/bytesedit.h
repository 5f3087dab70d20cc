// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QLineEdit>

namespace Sockeye {

/// One line that stands for bytes: text with escapes, or hex digits. A mistake is underlined from
/// its column, and the tool tip says what it is.
class BytesEdit final : public QLineEdit
{
    Q_OBJECT

public:
    /// Name: of a file, anything goes.
    enum class Form { Text, Hex, Name };
    Q_ENUM(Form)

    explicit BytesEdit(QWidget *parent = nullptr);

    [[nodiscard]] Form form() const { return m_form; }
    /// Reads what stands there anew.
    void setForm(Form form);
    /// Shows @p bytes in the form of the moment.
    void setBytes(const QByteArray &bytes);
    /// BadInput (args: what, column) if it cannot be read.
    [[nodiscard]] const Result<QByteArray> &bytes() const { return m_bytes; }
    [[nodiscard]] int errorColumn() const; ///< from 1; 0: none

Q_SIGNALS:
    void bytesChanged();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void read();

    Form m_form = Form::Text;
    Result<QByteArray> m_bytes;
};

/// Text with escapes that bytesFromText() reads back: "PING\n".
[[nodiscard]] QString textFromBytes(const QByteArray &bytes);

} // namespace Sockeye
