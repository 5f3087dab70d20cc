// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "commandline.h"

#include "core/capture/capturelog.h"
#include "core/capture/packetnumbers.h"
#include "core/decode/dissectors.h"

#include <memory>

namespace Sockeye {

/// "show --dissect": prints what Wireshark's dissectors say of records, under their lines.
class ShowDissection
{
public:
    /// What the command line says.
    struct Arguments
    {
        bool isWanted = false;
        std::string decodeAs;

        /// @p other: an option that does not go together with these.
        void addTo(CLI::App &command, CLI::Option *other);
    };

    /// Of the capture in @p file. Null if it is not wanted; fails if sharkd is not installed.
    [[nodiscard]] static Result<std::unique_ptr<ShowDissection>> create(const Arguments &arguments,
                                                                        const QString &file);

    /// Runs the event loop of the application until all packets of @p record are dissected. False
    /// after a failure.
    [[nodiscard]] bool print(const CaptureLog &log, const Record &record);
    [[nodiscard]] const std::optional<Problem> &failure() const { return m_failure; }

private:
    ShowDissection(DissectorPrograms programs, PacketNumbers numbers);
    void printPacket(const Dissection &dissection) const;
    void printNode(const DecodedNode &node, int depth) const;

    Dissectors m_dissectors;
    PacketNumbers m_numbers;
    std::optional<Problem> m_failure;
};

} // namespace Sockeye
