// What a page shows of each cell: its pictures and tables, as far as there is room.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "reports/html/html_page.h"

namespace tracetax {

/// Appends to `page`, which becomes no larger than `room` bytes. Of many cells each is folded.
/// Where all pictures in both widths would be too large they are drawn in the narrow one; where
/// that is too large, only some of them; and then no more cells than there is room for, which is
/// said.
void write_cells(const RunResult& result, const Analysis& analysis, std::size_t room,
                 HtmlPage& page);

}  // namespace tracetax
