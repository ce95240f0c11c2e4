// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/verdict_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "harness/analysis/pairs/pairing.h"
#include "reports/words/sentences.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

/// One metric of one arm: against `off`, and against the base revision.
struct Row {
  const GatedTest* budget = nullptr;
  const GatedTest* regression = nullptr;

  [[nodiscard]] const GatedTest& any() const { return budget != nullptr ? *budget : *regression; }
};

/// From what a reader must see first to what needs no look.
int urgency(Verdict verdict) {
  switch (verdict) {
    case Verdict::invalid:
      return 0;
    case Verdict::fail:
      return 1;
    case Verdict::inconclusive:
      return 2;
    case Verdict::pass:
      return 3;
  }
  return 0;
}

Verdict verdict_of(const Row& row) {
  if (row.budget == nullptr || row.regression == nullptr) return row.any().verdict;
  const Verdict budget = row.budget->verdict, regression = row.regression->verdict;
  return urgency(budget) <= urgency(regression) ? budget : regression;
}

std::vector<Row> rows_of(const Judgement& judgement, std::size_t most) {
  std::vector<Row> rows;
  for (const GatedTest& test : judgement.tests) {
    const auto same = std::ranges::find_if(rows, [&](const Row& row) {
      const GatedTest& other = row.any();
      return other.cell == test.cell && other.metric == test.metric && other.arm == test.arm;
    });
    Row& row = same != rows.end() ? *same : rows.emplace_back();
    (test.question == Question::budget ? row.budget : row.regression) = &test;
  }
  std::ranges::stable_sort(rows, [](const Row& left, const Row& right) {
    return left.any().required && !right.any().required;
  });
  if (rows.size() <= most) return rows;
  std::ranges::stable_sort(rows, [](const Row& left, const Row& right) {
    if (left.any().required != right.any().required) return left.any().required;
    return urgency(verdict_of(left)) < urgency(verdict_of(right));
  });
  return rows;
}

/// "inconclusive (vs base), needs about 70 blocks".
std::string words_of(const Row& row, bool signs) {
  const Verdict verdict = verdict_of(row);
  std::string text(name_of(verdict));
  const bool both = row.budget != nullptr && row.regression != nullptr;
  const GatedTest* which = nullptr;
  if (both && verdict != Verdict::pass && row.budget->verdict != row.regression->verdict) {
    which = row.budget->verdict == verdict ? row.budget : row.regression;
    text += which == row.budget ? " (budget)" : " (vs base)";
  }
  if (!signs) return text;
  const GatedTest& explained = which != nullptr ? *which : row.any();
  return fmt::format("{} {}{}", sign_of(verdict), text, blocks_needed(explained));
}

std::string name_of_row(const RunResult& result, const Row& row, bool name_arm, bool wide) {
  const GatedTest& test = row.any();
  std::string name(label_of(test.metric));
  if (result.plan.cells.size() > 1) name = cell_name(result, test.cell) + ": " + name;
  if (name_arm) name += ", " + test.arm;
  return name + (test.required ? "" : wide ? " (advisory)" : " *");
}

}  // namespace

VerdictTable verdict_table(const RunResult& result, const Judgement& judgement, std::size_t most,
                           bool signs) {
  std::vector<Row> rows = rows_of(judgement, most);
  const bool has_base = std::ranges::any_of(rows, [](const Row& r) { return r.regression; });
  const bool one_arm = result.gate->arms.size() == 1;
  const bool invalid = judgement.verdict == Verdict::invalid;
  VerdictTable made;
  made.left_out = rows.size() - std::min(rows.size(), most);
  rows.resize(rows.size() - made.left_out);
  Table& table = made.table;
  table.columns = {
      {.title = one_arm ? fmt::format("metric ({})", result.gate->arms.front()) : "metric"},
      {.title = "off", .right = true, .keep = 2},
      {.title = "on", .right = true, .keep = 1},
      {.title = "overhead [interval]", .right = true},
      {.title = "budget", .right = true, .keep = 3}};
  if (has_base) table.columns.push_back({.title = "vs base [interval]", .right = true});
  table.columns.push_back({.title = "verdict"});
  for (const Row& row : rows) {
    const GatedTest* budget = row.budget;
    const bool shown = budget != nullptr && !invalid;
    std::vector<std::string> cells{
        name_of_row(result, row, !one_arm, signs),
        shown ? format_value(budget->metric, budget->reference_value) : "-",
        shown ? format_value(budget->metric, budget->implied_value()) : "-",
        shown ? effect_of(*budget) : "-", budget != nullptr ? bound_of(*budget) : "not asked"};
    if (has_base) {
      cells.push_back(row.regression == nullptr ? "not asked"
                      : invalid                 ? "-"
                                                : effect_of(*row.regression));
    }
    const bool own_fault = verdict_of(row) == Verdict::invalid;
    const std::string not_judged =
        signs ? fmt::format("{} not judged", sign_of(Verdict::invalid)) : "not judged";
    cells.push_back(invalid && !own_fault ? not_judged : words_of(row, signs));
    table.rows.push_back(std::move(cells));
  }
  return made;
}

Table tests_table(const RunResult& result, const Judgement& judgement) {
  Table table;
  table.columns = {{.title = "test"},
                   {.title = "verdict"},
                   {.title = "bound", .right = true},
                   {.title = "effect [interval]", .right = true},
                   {.title = "level", .right = true},
                   {.title = "ratio of means", .right = true},
                   {.title = "pairs", .right = true},
                   {.title = "looks: pairs, p of fail, p of pass"},
                   {.title = "p of fail", .right = true},
                   {.title = "Holm", .right = true},
                   {.title = "p of pass", .right = true},
                   {.title = "remark"}};
  for (const GatedTest& test : judgement.tests) {
    const auto& interval = test.absolute ? test.interval : test.interval_pct;
    std::vector<std::string> looks;
    for (const LookResult& look : test.looks) {
      looks.push_back(fmt::format("{}: {:.2g}, {:.2g}", look.look.pairs, look.p_fail, look.p_pass));
    }
    std::string pairs = fmt::format("{} of {}", test.pairs, test.pairs_usable);
    if (test.pairs_void > 0) pairs += fmt::format(", {} void", test.pairs_void);
    if (test.pairs_lacking > 0) pairs += fmt::format(", {} lacking", test.pairs_lacking);
    table.rows.push_back(
        {test_name(result, test) + (test.required ? "" : " (advisory)"),
         std::string(name_of(test.verdict)), bound_of(test), effect_of(test),
         interval ? fmt::format("{:.3g} %", 100 * interval->level) : "-",
         test.ratio_of_means_pct && test.interval_pct
             ? format_percent(*test.ratio_of_means_pct, *test.interval_pct)
             : "-",
         pairs, looks.empty() ? "-" : fmt::format("{}", fmt::join(looks, "; ")),
         fmt::format("{:.2g}", test.p_fail), fmt::format("{:.2g}", test.p_fail_holm),
         fmt::format("{:.2g}", test.p_pass), test.reason.empty() ? "-" : test.reason});
  }
  return table;
}

}  // namespace tracetax
