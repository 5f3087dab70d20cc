// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/base/result.h"

#include <QString>

#include <vector>

namespace Sockeye {

/// A word, text in quotes or operator of a filter.
struct FilterToken
{
    enum class Type : quint8 { End, Word, String, Symbol };

    Type type = Type::End;
    QString text = {}; ///< of a String: without quotes and escapes
    qsizetype start = 0; ///< where it begins in the expression
    qsizetype length = 0;

    [[nodiscard]] bool isSymbol(QLatin1String symbol) const
    {
        return type == Type::Symbol && text == symbol;
    }
    [[nodiscard]] bool isWord(QLatin1String word) const
    {
        return type == Type::Word && text.compare(word, Qt::CaseInsensitive) == 0;
    }
};

/// The tokens of @p expression; the last one is an End. FilterSyntax where it cannot be cut.
[[nodiscard]] Result<std::vector<FilterToken>> filterTokens(const QString &expression);

/// FilterSyntax at a place, counted from 0.
[[nodiscard]] Problem filterMistake(qsizetype at, const QString &what);

} // namespace Sockeye
