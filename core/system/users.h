// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

// userName() and groupName() live a floor lower, where verdicts need them.
#include "core/access/accountnames.h"
