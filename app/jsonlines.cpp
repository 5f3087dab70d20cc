// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "jsonlines.h"

#include "output.h"

#include <QJsonDocument>

namespace Sockeye {

void printJsonLine(const QJsonObject &object)
{
    printBytes(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
    flushOutput();
}

} // namespace Sockeye
