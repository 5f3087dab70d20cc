// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QTextEdit>

class QHBoxLayout;
class QToolButton;

namespace Sockeye {

/// A resolved address: monospace, selectable, wrapped anywhere instead of cut off (a path has no
/// blanks to wrap at), as high as it needs to be.
class AddressField final : public QTextEdit
{
    Q_OBJECT

public:
    explicit AddressField(QWidget *parent = nullptr);

    void setAddress(const QString &address);
    [[nodiscard]] QString address() const { return toPlainText(); }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void adjustHeight();
};

/// A line with @p button at its end, level with the first line of @p field.
[[nodiscard]] QHBoxLayout *rowOf(AddressField *field, QToolButton *button);

} // namespace Sockeye
