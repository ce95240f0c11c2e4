// The tables of a run, folded: what the pictures rest on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/html/html_page.h"
#include "reports/pictures/cell_view.h"

namespace tracetax {

/// Comparisons, receipts, response times, voids and what remedies them.
void write_cell_tables(const CellView& view, HtmlPage& page);

/// The tests of a verdict, warnings, design, machine, and how to do it again.
void write_run_details(const RunResult& result, const Analysis& analysis, HtmlPage& page);

}  // namespace tracetax
