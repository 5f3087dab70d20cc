// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "ui/access/accesspreview.h"

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QFrame;
class QLabel;
class QVBoxLayout;

namespace Sockeye {

class Background;
class NoteLabel;

/// Who may connect: the boxes of QLocalServer's socket options, the mode and owner they result in,
/// the verdict, and what is to be warned of: all of it before Start, and changing as the boxes do.
/// Looks at the disk on @p background only.
class AccessBox final : public QWidget
{
    Q_OBJECT

public:
    explicit AccessBox(Background &background, QWidget *parent = nullptr);

    [[nodiscard]] AccessOptions options() const;
    /// Emits nothing.
    void setOptions(AccessOptions options);
    [[nodiscard]] bool enforces() const;
    void setEnforcing(bool on);
    /// Where the name leads; not valid while it is wrong. @p pause: the user is typing, look when
    /// it rests.
    void setAddress(const SocketAddress &address, bool pause);
    /// Rights of the socket that is listening, while the boxes show what is in force.
    void setInForce(std::optional<SocketRights> rights);

    /// The newest answer; nothing until the first has come.
    [[nodiscard]] const std::optional<AccessPreview> &preview() const { return m_preview; }
    [[nodiscard]] QString modeLine() const;
    /// "✔ you  ✔ staff (3)  ✘ everybody else": what stands there, for tests.
    [[nodiscard]] QString verdictLine() const;

Q_SIGNALS:
    /// By the user's hand.
    void optionsChanged();
    void enforcingChanged(bool on);
    /// A new answer came; the obstacle in it belongs to the address field.
    void previewChanged();

protected:
    void changeEvent(QEvent *event) override;

private:
    void showWhyLink();
    class WorldBox;
    void build();
    void buildBoxes(QVBoxLayout *column);
    void buildVerdict(QVBoxLayout *column);
    void boxClicked();
    void worldClicked();
    void updateWorld();
    void updateEnforce();
    void ask();
    void showPreview(const AccessPreview &preview);
    void showMode();
    void showWarnings(const std::vector<Problem> &warnings);
    void openWhy();

    Background &m_background;
    QTimer m_pause; ///< the disk is looked at when typing rests
    SocketAddress m_address;
    std::optional<SocketRights> m_inForce;
    std::optional<AccessPreview> m_preview;
    quint64 m_asked = 0; ///< answers to older questions are dropped
    QCheckBox *m_user = nullptr;
    QCheckBox *m_group = nullptr;
    QCheckBox *m_other = nullptr;
    WorldBox *m_world = nullptr;
    QCheckBox *m_abstract = nullptr;
    QCheckBox *m_enforce = nullptr;
    QLabel *m_mode = nullptr;
    NoteLabel *m_you = nullptr;
    NoteLabel *m_groupVerdict = nullptr;
    NoteLabel *m_others = nullptr;
    QLabel *m_why = nullptr;
    QVBoxLayout *m_notes = nullptr;
    std::vector<NoteLabel *> m_warnings;
};

} // namespace Sockeye
