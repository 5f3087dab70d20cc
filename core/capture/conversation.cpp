// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/capture/conversation.h"

#include "core/capture/captureexport.h"

namespace Sockeye {

Result<SavedConversation> saveConversation(const CaptureLog &log, const Conversation &conversation,
                                           const QString &file)
{
    ExportSelection selection;
    selection.connection = conversation.connection;
    selection.direction = conversation.side;
    const auto saved = exportToFile(log, selection, {ExportFormat::Raw}, file);
    if (saved)
        return SavedConversation {saved->bytes, saved->loss};
    Problem problem = saved.error();
    if (problem.code == ProblemCode::ExportIncomplete) { // cleared meanwhile
        problem = {ProblemCode::ConversationGone,
                   {{QStringLiteral("id"), QString::number(conversation.connection.value)},
                    {QStringLiteral("file"), file}}};
    }
    return fail(problem);
}

} // namespace Sockeye
