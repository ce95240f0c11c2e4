// Table T7 laid out: settings with what they came to, and what changing one of them does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/exporters/exporter_rows.h"
#include "reports/tables/table.h"

namespace tracetax {

/// A page has a column for each setting, a terminal one for all.
enum class TableFor { page, terminal };

/// Spans/s, p50 and p99 of the response to an export, loss, and what was the limit.
[[nodiscard]] Table exporter_speed_table(const std::vector<ExporterRow>& rows, TableFor reader);
/// CPU per span of both ends, bytes per span, and what compression made of the bodies.
[[nodiscard]] Table exporter_cost_table(const std::vector<ExporterRow>& rows, TableFor reader);
/// How many times as much: "1.93 x [1.85, 2.01]"; with "~" where it is not told from 1.
[[nodiscard]] Table exporter_change_table(const std::vector<ExporterChange>& changes,
                                          const std::vector<ExporterRow>& rows);

/// What each question came to over all its pairs, in a sentence: "gRPC / HTTP: 0.9 to 1.4 times as
/// many spans/s in 12 pairs of settings".
[[nodiscard]] std::vector<std::string> exporter_sentences(
    const std::vector<ExporterChange>& changes);
/// How the tables are to be read.
[[nodiscard]] std::vector<std::string> exporter_legend(const RunResult& result);

}  // namespace tracetax
