// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/access/accessbox.h"

#include "core/base/problemtext.h"
#include "core/system/users.h"
#include "ui/access/notelabel.h"
#include "ui/access/whydialog.h"
#include "ui/mainwindow/background.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QEvent>
#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <chrono>

namespace Sockeye {

namespace {

/// Long enough that a fast typist causes one look at the disk, short enough to seem immediate.
constexpr auto typingPause = std::chrono::milliseconds(150);

QString reasonOf(const Verdict &verdict)
{
    QString text = verdictText(verdict);
    if (verdict.hasAcl)
        text +=
            QLatin1Char('\n') + AccessBox::tr("An access control list there may say otherwise.");
    return text;
}

} // namespace

/// World is not an option of its own: all three ticked, none, or some. A click means all or none,
/// never "some", which is what QCheckBox would go through.
class AccessBox::WorldBox final : public QCheckBox
{
public:
    using QCheckBox::QCheckBox;

protected:
    void nextCheckState() override
    {
        setCheckState(checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    }
};

AccessBox::AccessBox(Background &background, QWidget *parent)
    : QWidget(parent)
    , m_background(background)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(typingPause);
    connect(&m_pause, &QTimer::timeout, this, &AccessBox::ask);
    build();
}

void AccessBox::build()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *frame = new QFrame(this);
    frame->setFrameShape(QFrame::StyledPanel);
    column->addWidget(frame);

    auto *inside = new QVBoxLayout(frame);
    inside->setContentsMargins(10, 8, 10, 10);
    inside->setSpacing(6);
    buildBoxes(inside);
    auto *line = new QFrame(frame);
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    line->setForegroundRole(QPalette::Mid);
    inside->addWidget(line);
    buildVerdict(inside);
}

void AccessBox::buildBoxes(QVBoxLayout *column)
{
    m_user = new QCheckBox(tr("&User"), this);
    m_user->setObjectName(QStringLiteral("userBox"));
    m_user->setToolTip(tr("The owner of the socket, you, may connect (UserAccessOption)"));
    m_group = new QCheckBox(tr("&Group"), this);
    m_group->setObjectName(QStringLiteral("groupBox"));
    m_group->setToolTip(tr("Members of the socket's group may connect (GroupAccessOption)"));
    m_other = new QCheckBox(tr("&Other"), this);
    m_other->setObjectName(QStringLiteral("otherBox"));
    m_other->setToolTip(tr("Everybody who is neither the owner nor in the group may connect "
                           "(OtherAccessOption)"));
    m_world = new WorldBox(tr("Wor&ld"), this);
    m_world->setObjectName(QStringLiteral("worldBox"));
    m_world->setToolTip(tr("User, Group and Other together (WorldAccessOption)"));
    m_abstract = new QCheckBox(tr("A&bstract name"), this);
    m_abstract->setObjectName(QStringLiteral("abstractBox"));
    m_abstract->setToolTip(tr("A name that is no file and goes away with the server "
                              "(AbstractNamespaceOption)"));
    m_enforce = new QCheckBox(tr("&Enforce the boxes"), this);
    m_enforce->setObjectName(QStringLiteral("enforceBox"));
    m_enforce->setToolTip(tr("An abstract name has no mode that could keep anybody out. Sockeye "
                             "looks at who connects and closes those whom the boxes exclude, "
                             "before a byte is read."));
    m_enforce->hide();

    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(6);
    grid->addWidget(m_user, 0, 0);
    grid->addWidget(m_group, 0, 1);
    grid->addWidget(m_other, 0, 2);
    grid->addWidget(m_world, 1, 0);
    grid->addWidget(m_abstract, 1, 1, 1, 2);
    grid->addWidget(m_enforce, 2, 1, 1, 2);
    grid->setColumnStretch(2, 1);
    column->addLayout(grid);

    for (QCheckBox *box : {m_user, m_group, m_other, m_abstract})
        connect(box, &QCheckBox::clicked, this, &AccessBox::boxClicked);
    connect(m_world, &QCheckBox::clicked, this, &AccessBox::worldClicked);
    connect(m_enforce, &QCheckBox::clicked, this, [this](bool on) {
        ask();
        Q_EMIT enforcingChanged(on);
    });
}

void AccessBox::buildVerdict(QVBoxLayout *column)
{
    m_mode = new QLabel(this);
    m_mode->setObjectName(QStringLiteral("modeLine"));
    m_mode->setTextFormat(Qt::PlainText);
    m_mode->setFont(monospaceFont());
    m_mode->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_mode->setToolTip(tr("Mode, owner and group of the socket"));
    column->addWidget(m_mode);

    m_you = new NoteLabel(this);
    m_groupVerdict = new NoteLabel(this);
    m_others = new NoteLabel(this);
    auto *insiders = new QHBoxLayout;
    insiders->setSpacing(14);
    for (NoteLabel *verdict : {m_you, m_groupVerdict, m_others})
        verdict->setWrapping(false);
    insiders->addWidget(m_you);
    insiders->addWidget(m_groupVerdict);
    insiders->addStretch();
    column->addLayout(insiders);
    auto *outsiders = new QHBoxLayout;
    outsiders->addWidget(m_others);
    outsiders->addStretch();
    m_why = new QLabel(this);
    m_why->setObjectName(QStringLiteral("whyLink"));
    showWhyLink();
    m_why->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    m_why->setToolTip(tr("Ask for any user of this machine"));
    connect(m_why, &QLabel::linkActivated, this, &AccessBox::openWhy);
    outsiders->addWidget(m_why);
    column->addLayout(outsiders);

    m_notes = new QVBoxLayout;
    m_notes->setSpacing(4);
    column->addLayout(m_notes);
}

AccessOptions AccessBox::options() const
{
    AccessOptions options;
    options.user = m_user->isChecked();
    options.group = m_group->isChecked();
    options.other = m_other->isChecked();
    options.abstract = m_abstract->isChecked();
    return options;
}

void AccessBox::setOptions(AccessOptions wanted)
{
    if (wanted == options() && m_asked > 0)
        return;
    m_user->setChecked(wanted.user);
    m_group->setChecked(wanted.group);
    m_other->setChecked(wanted.other);
    m_abstract->setChecked(wanted.abstract);
    updateWorld();
    updateEnforce();
    ask();
}

bool AccessBox::enforces() const
{
    return m_enforce->isChecked() && m_abstract->isChecked() && options().hasClass();
}

void AccessBox::setEnforcing(bool on)
{
    if (m_enforce->isChecked() == on)
        return;
    m_enforce->setChecked(on);
    ask();
}

void AccessBox::setAddress(const SocketAddress &address, bool pause)
{
    if (address == m_address && m_asked > 0)
        return;
    m_address = address;
    if (pause)
        m_pause.start();
    else
        ask();
}

void AccessBox::setInForce(std::optional<SocketRights> rights)
{
    const bool same = rights.has_value() == m_inForce.has_value()
        && (!rights
            || (rights->address == m_inForce->address && rights->mode == m_inForce->mode
                && rights->owner == m_inForce->owner && rights->group == m_inForce->group
                && rights->enforced == m_inForce->enforced));
    if (same)
        return;
    m_inForce = std::move(rights);
    ask();
}

void AccessBox::boxClicked()
{
    updateWorld();
    updateEnforce();
    ask();
    Q_EMIT optionsChanged();
}

void AccessBox::worldClicked()
{
    const bool all = m_world->checkState() == Qt::Checked;
    for (QCheckBox *box : {m_user, m_group, m_other})
        box->setChecked(all);
    boxClicked();
}

void AccessBox::updateWorld()
{
    const AccessOptions now = options();
    m_world->setCheckState(now.isWorld()        ? Qt::Checked
                               : now.hasClass() ? Qt::PartiallyChecked
                                                : Qt::Unchecked);
}

void AccessBox::updateEnforce()
{
    const AccessOptions now = options();
    m_enforce->setVisible(now.abstract && now.hasClass());
}

void AccessBox::ask()
{
    m_pause.stop();
    showMode();
    AccessQuestion question {m_address, options(), enforces(), m_inForce};
    m_background.run(
        this,
        [question = std::move(question), number = ++m_asked] {
            return std::pair(number, previewAccess(question));
        },
        [this](std::pair<quint64, AccessPreview> answer) {
            if (answer.first == m_asked)
                showPreview(answer.second);
        });
}

void AccessBox::showPreview(const AccessPreview &preview)
{
    m_preview = preview;
    showMode();
    const auto say = [](NoteLabel *label, const Verdict &verdict, const QString &who) {
        const QString reason = reasonOf(verdict);
        label->setNote(verdict.allowed ? NoteLabel::Kind::Good : NoteLabel::Kind::Bad, who,
                       verdict.allowed ? tr("can connect") : tr("cannot connect: %1").arg(reason));
    };
    const VerdictSummary &verdicts = preview.verdicts;
    say(m_you, verdicts.you, tr("you"));
    const QString group = verdicts.groupMembers < 0
        ? verdicts.groupName
        : tr("%1 (%2)").arg(verdicts.groupName).arg(verdicts.groupMembers);
    // "✔ you  ✘ root (1)" would contradict itself where that one is you.
    if (verdicts.isGroupOnlyYou)
        m_groupVerdict->clear();
    else
        say(m_groupVerdict, verdicts.group, group);
    say(m_others, verdicts.others, tr("everybody else"));
    showWarnings(preview.warnings);
    Q_EMIT previewChanged();
}

void AccessBox::showMode()
{
    const AccessOptions now = options();
    QString text = accessModeText(now, currentUmask());
    if (now.abstract) {
        m_mode->setText(text);
        return;
    }
    if (m_inForce)
        text = modeText(m_inForce->mode);
    if (m_preview && m_preview->rights.address.isValid()) {
        const SocketRights &rights = m_preview->rights;
        text += QStringLiteral("  %1 %2").arg(userName(rights.owner), groupName(rights.group));
    }
    m_mode->setText(text);
}

void AccessBox::showWarnings(const std::vector<Problem> &warnings)
{
    while (m_warnings.size() < warnings.size()) {
        m_warnings.push_back(new NoteLabel(this));
        m_notes->addWidget(m_warnings.back());
    }
    for (size_t i = 0; i < m_warnings.size(); ++i) {
        if (i >= warnings.size()) {
            m_warnings[i]->clear();
            continue;
        }
        const Problem &warning = warnings[i];
        m_warnings[i]->setNote(
            NoteLabel::Kind::Warning, whatHappened(warning),
            (whyItHappened(warning) + QLatin1Char('\n') + whatToDo(warning)).trimmed());
    }
}

void AccessBox::openWhy()
{
    auto *dialog =
        new WhyDialog(m_background, m_preview ? m_preview->rights : SocketRights {}, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(this, &AccessBox::previewChanged, dialog,
            [this, dialog] { dialog->setRights(m_preview->rights); });
    dialog->show();
}

QString AccessBox::modeLine() const
{
    return m_mode->text();
}

QString AccessBox::verdictLine() const
{
    QStringList parts;
    for (const NoteLabel *verdict : {m_you, m_groupVerdict, m_others}) {
        if (verdict->text().isEmpty())
            continue;
        const bool good = verdict->kind() == NoteLabel::Kind::Good;
        parts << (good ? QStringLiteral("✔ ") : QStringLiteral("✘ ")) + verdict->text();
    }
    return parts.join(QStringLiteral("  "));
}

void AccessBox::showWhyLink()
{
    m_why->clear(); // the same text would change nothing
    m_why->setText(QStringLiteral("<a href=\"why\">%1</a>").arg(tr("Why can't …?")));
}

void AccessBox::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    // A link keeps the colour in which its text was read.
    if (event->type() == QEvent::PaletteChange && m_why)
        showWhyLink();
}

} // namespace Sockeye
