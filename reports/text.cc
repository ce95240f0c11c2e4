// The comparison for a terminal: tables, then the answer in one sentence, the warnings and the
// files.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/analysis/pairing.h"
#include "reports/arm_totals.h"
#include "reports/report.h"
#include "reports/result_tables.h"
#include "reports/sentences.h"
#include "reports/table.h"
#include "reports/target_kind.h"

namespace tracetax {
namespace {

constexpr std::size_t kNarrowest = 60;

/// Bold, yellow or dim around the words of the comparison, where they stand in a table row.
std::string colored(const std::string& table) {
  struct Paint {
    std::string_view word, start;
  };
  static constexpr Paint kPaints[] = {{"  higher", "\x1b[1m"},
                                      {"  lower", "\x1b[1m"},
                                      {"  void", "\x1b[33m"},
                                      {"  within noise", "\x1b[2m"}};
  std::string out;
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = std::min(table.find('\n', at), table.size() - 1) + 1;
    std::string line = table.substr(at, end - at);
    at = end;
    for (const Paint& paint : kPaints) {
      const std::size_t found = line.rfind(paint.word);
      if (found == std::string::npos) continue;
      line.insert(found + paint.word.size(), "\x1b[0m");
      line.insert(found + 2, paint.start);
      break;
    }
    out += line;
  }
  return out;
}

bool all_void(const Analysis& analysis, int cell) {
  return std::all_of(analysis.comparisons.begin(), analysis.comparisons.end(),
                     [&](const Comparison& c) { return c.cell != cell || c.word == Word::void_; });
}

std::string cell_text(const RunResult& result, const Analysis& analysis, const CostModel& model,
                      std::size_t width, bool color) {
  const int cell = model.cell;
  std::string out =
      wrapped(fmt::format("{}{}: {}", cell_name(result, cell), emulated_mark(result, cell), load_description(result, cell)), width,
              "", "  ") +
      "\n";
  if (!all_void(analysis, cell)) {  // else a table of dashes would only hide the reasons below it
    const std::string table = text_table(comparison_table(result, analysis, cell, false), width);
    out += (color ? colored(table) : table) + "\n";
  }
  if (!result.segments.empty()) {
    const std::vector<ArmTotals> totals = arm_totals(result, cell);
    out += text_table(receipt_table(result, totals), width) + "\n";
    if (const auto messages = message_table(result, totals)) out += text_table(*messages, width) + "\n";
    for (const std::string& fault : broken_propagation(result, totals)) out += wrapped(fault, width, "", "  ");
  }
  for (const std::string& remark : remarks(analysis, cell)) out += wrapped(remark, width, "", "  ");
  for (const std::string& detail : void_details(result, cell))
    out += wrapped(detail, width, "", "  ");
  out += wrapped(cost_model(model), width, "", "  ");
  return out + "\n";
}

}  // namespace

std::string write_text(const RunResult& result, const Analysis& analysis,
                       const ReportOptions& options) {
  const std::size_t width =
      std::max(kNarrowest, static_cast<std::size_t>(std::max(options.width, 0)));
  std::string out =
      wrapped(fmt::format("{}, {}", result.suite.name, run_state(result)), width, "", "  ") + "\n";
  for (const CostModel& cell : analysis.cost_models) {
    out += cell_text(result, analysis, cell, width, options.color);
  }
  if (const auto cells = side_by_side_table(result, analysis)) {
    out += "Side by side, CPU per request:\n\n" + text_table(*cells, width) + "\n";
  }
  for (const CostModel& cell : analysis.cost_models) {
    const std::string floor = noise_floor(result, analysis, cell.cell);
    out += wrapped(answer(result, analysis, cell.cell) + (floor.empty() ? "" : " ") + floor, width,
                   "", "");
  }
  for (const std::string& warning : analysis.warnings) {
    out += wrapped(warning, width, "warning: ", "  ");
  }
  for (const std::string& file : options.written) out += "written: " + file + "\n";
  return out;
}

}  // namespace tracetax
