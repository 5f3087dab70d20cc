// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/capture/capturefilter.h"
#include "ui/diagrams/graphaxes.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QToolButton;

namespace Sockeye {

class FilterEdit;

/// What a line of the graph is to show.
struct GraphRowSettings
{
    enum class Ways { Both, ToServer, ToClient };

    QString name = {};
    QString expression = {}; ///< of the display filter; empty: everything
    int colour = 0; ///< see diagramColour()
    GraphUnit unit = GraphUnit::Bytes;
    Ways ways = Ways::Both;
    bool isShown = true;
};

/// The controls of one line of the graph.
class GraphRow final : public QWidget
{
    Q_OBJECT

public:
    GraphRow(quint64 id, const GraphRowSettings &settings, QWidget *parent = nullptr);

    [[nodiscard]] quint64 id() const { return m_id; }
    [[nodiscard]] GraphRowSettings settings() const;
    /// As it could be read the last time.
    [[nodiscard]] const CaptureFilter &filter() const { return m_filter; }
    [[nodiscard]] FilterEdit *filterEdit() const { return m_edit; }
    [[nodiscard]] QLineEdit *nameEdit() const { return m_name; }
    /// "api: … (column 5)"; empty: the filter can be read.
    [[nodiscard]] QString mistake() const;

Q_SIGNALS:
    /// Anything but the filter.
    void changed();
    void filterChanged();
    /// There is a mistake in the filter now, or none any more.
    void mistakeChanged();
    /// By the user's hand: whatever it was.
    void edited();
    void removeAsked();

protected:
    void changeEvent(QEvent *event) override;

private:
    void build(const GraphRowSettings &settings);
    void buildColours();
    void chooseColour(int colour);
    void updateNames();

    const quint64 m_id;
    int m_colour;
    CaptureFilter m_filter;
    QCheckBox *m_shown;
    QToolButton *m_colours;
    QLineEdit *m_name;
    FilterEdit *m_edit;
    QComboBox *m_unit;
    QComboBox *m_ways;
    QToolButton *m_remove;
};

} // namespace Sockeye
