// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/captureimport.h"
#include "core/capture/foreignrecorder.h"
#include "core/capture/packetfile.h"

namespace Sockeye {

/// What reading a foreign file came to; failures to record stand in the recorder.
struct ForeignReading
{
    std::optional<CaptureDamage> damage = {};
    /// Set if nothing of use was found: why, displayable.
    QString emptiness = {};
};

/// Records the TCP connections of @p file. Other packets are counted and skipped.
[[nodiscard]] ForeignReading importPackets(PacketFile &file, ForeignRecorder &recorder);

} // namespace Sockeye
