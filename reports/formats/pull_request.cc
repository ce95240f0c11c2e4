// The verdict on top, in words, with a table of what it rests on; everything else is folded, and
// the largest folds are left out first where the text would become too long.
// SPDX-License-Identifier: Apache-2.0
#include "reports/formats/pull_request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/quote.h"
#include "reports/tables/result_tables.h"
#include "reports/tables/run_facts.h"
#include "reports/tables/table.h"
#include "reports/tables/verdict_table.h"
#include "reports/words/arm_totals.h"
#include "reports/words/ledger_words.h"
#include "reports/words/report.h"
#include "reports/words/sentences.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

// Bounds of the part that is never left out.
constexpr std::size_t kLongestItem = 500;  // bytes before escaping
constexpr std::size_t kLongestCell = 100;
constexpr std::size_t kMostItems = 6;

struct Fold {
  std::string title, body;
};

/// One printable line of about `longest` bytes at most: escaping for Markdown no more than doubles
/// it.
std::string shortened(std::string text, std::size_t longest) {
  std::ranges::replace(text, '\n', ' ');
  return printable(text, longest);
}

/// Comments are found again by this line, to be updated in place.
std::string marker(const std::string& suite) {
  std::string name = suite.substr(0, 64);
  const auto is_foreign = [](char c) {
    constexpr std::string_view kPlain = "@%_+.-";
    return std::isalnum(static_cast<unsigned char>(c)) == 0 &&
           kPlain.find(c) == std::string_view::npos;
  };
  std::ranges::replace_if(name, is_foreign, '_');
  return "<!-- tracetax:gate:" + name + " -->\n";
}

std::string list(const std::vector<std::string>& items, std::string_view prefix, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(most, items.size()); ++i) {
    out += fmt::format("- {}{}\n", prefix, markdown_text(shortened(items[i], kLongestItem)));
  }
  if (items.size() > most) out += fmt::format("- and {} more\n", items.size() - most);
  return out.empty() ? out : out + "\n";
}

std::string whole_list(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += "- " + markdown_text(item) + "\n";
  return out;
}

/// Spaces that do not break: else a narrow page tears numbers from their units and intervals.
std::string unbroken(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == ' ' ? "\xC2\xA0" : std::string(1, c);
  return out;
}

/// The cells of a table of bounded size, those of numbers unbroken.
Table for_a_comment(Table table) {
  for (auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      row[c] = shortened(row[c], kLongestCell);
      if (table.columns[c].right) row[c] = unbroken(row[c]);
    }
  }
  for (auto& column : table.columns) column.title = shortened(column.title, kLongestCell);
  return table;
}

/// What was measured of the judged arms and no budget or margin names: shown, and no alarm.
void add_not_asked(const RunResult& result, const Analysis& analysis, Table& table) {
  if (analysis.judgement->verdict == Verdict::invalid) return;
  const GateSpec& gate = *result.gate;
  const auto off = result.suite.arms.front().name;
  for (const Comparison& measured : analysis.comparisons) {
    if (table.rows.size() >= kMostRows) return;
    if (measured.metric->is_detail || measured.reference != off || !measured.interval_pct ||
        !measured.estimate_pct || std::ranges::find(gate.arms, measured.arm) == gate.arms.end())
      continue;
    const bool asked = std::ranges::any_of(analysis.judgement->tests, [&](const GatedTest& test) {
      return test.cell == measured.cell && test.metric == measured.metric;
    });
    if (asked) continue;
    std::string name(label_of(measured.metric));
    if (result.plan.cells.size() > 1) name = cell_name(result, measured.cell) + ": " + name;
    if (gate.arms.size() > 1) name += ", " + measured.arm;
    std::vector<std::string> cells{name, format_value(measured.metric, measured.off_value),
                                   format_value(measured.metric, measured.implied_on()),
                                   format_effect(*measured.estimate_pct, *measured.interval_pct)};
    cells.resize(table.columns.size(), "not asked");
    table.rows.push_back(std::move(cells));
  }
}

std::string first_table(const RunResult& result, const Analysis& analysis) {
  if (analysis.judgement) {
    VerdictTable made = verdict_table(result, *analysis.judgement, kMostRows, true);
    add_not_asked(result, analysis, made.table);
    std::string out = markdown_table(for_a_comment(made.table));
    if (made.left_out > 0) {
      out += fmt::format("\n{} more rows are in \"All tests\".\n", made.left_out);
    }
    return out + "\n";
  }
  if (analysis.cost_models.empty()) return "";
  Table table = comparison_table(result, analysis, analysis.cost_models.front().cell, true);
  const std::size_t all = table.rows.size();
  table.rows.resize(std::min(kMostRows, all));
  std::string out = markdown_table(for_a_comment(table));
  if (all > kMostRows || analysis.cost_models.size() > 1) out += "\nMore is in \"All arms\".\n";
  return out + "\n";
}

/// One line over every segment, void ones too: what was lost must show. Sums may agree where
/// segments do not.
std::string receipt_line(const RunResult& result) {
  if (result.segments.empty()) return "Receipt: no segment was measured.";
  std::uint64_t expected = 0, received = 0, duplicates = 0, orphans = 0, open = 0;
  bool known = true;
  for (const SegmentRecord& segment : result.segments) {
    const Receipt& receipt = segment.receipt;
    known = known && receipt.known && !receipt.sink_failure;
    expected += receipt.expected;
    received += receipt.received;
    duplicates += receipt.duplicates;
    orphans += receipt.orphans;
    if (!receipt.closes()) ++open;
  }
  if (!known) {
    return fmt::format("Receipt: spans expected unknown, received {}.", format_count(received));
  }
  const char* sign = expected != received ? " !=" : open == 0 ? " =" : ",";
  return fmt::format(
      "Receipt: spans expected {}{} received {}, duplicates {}, orphans {}{}.",
      format_count(expected), sign, format_count(received), format_count(duplicates),
      format_count(orphans),
      open == 0 ? "" : fmt::format("; open in {} of {} segments", open, result.segments.size()));
}

std::vector<std::string> cost_lines(const RunResult& result, const Analysis& analysis) {
  std::vector<std::string> lines;
  for (const CostModel& model : analysis.cost_models) {
    lines.push_back(cost_model(result, model));
  }
  return lines;
}

std::vector<std::string> measured_only(const RunResult& result, const Analysis& analysis) {
  std::vector<std::string> items;
  for (const CostModel& model : analysis.cost_models) {
    items.push_back(answer(result, analysis, model.cell));
  }
  return items;
}

std::vector<std::string> all_warnings(const Analysis& analysis) {
  std::vector<std::string> warnings;
  if (analysis.judgement) warnings = analysis.judgement->warnings;
  warnings.insert(warnings.end(), analysis.warnings.begin(), analysis.warnings.end());
  return warnings;
}

/// Everything that must be seen without unfolding, of bounded size.
std::string top(const RunResult& result, const Analysis& analysis) {
  std::string out = marker(result.suite.name);
  const std::string suite = markdown_text(shortened(result.suite.name, kLongestCell));
  if (analysis.judgement) {
    const Judgement& judgement = *analysis.judgement;
    out += fmt::format("### {} {}\n\n", sign_of(judgement.verdict),
                       markdown_text(shortened(headline(result, judgement), kLongestItem)));
    out += list(judgement.invalid, "invalid: ", kMostItems);
    out += list(further_findings(result, judgement), "", kMostItems);
  } else {
    out += fmt::format("### Measured only: suite {}, no verdict ({})\n\n", suite,
                       markdown_text(run_length(result)));
    out += "Nothing was judged: this run has no gate, so it can neither pass nor fail.\n\n";
    out += list(measured_only(result, analysis), "", kMostItems);
  }
  out += first_table(result, analysis);
  if (analysis.judgement) out += list(what_was_judged(result, *analysis.judgement), "", kMostItems);
  const bool invalid = analysis.judgement && analysis.judgement->verdict == Verdict::invalid;
  if (!invalid) out += list(cost_lines(result, analysis), "", 3);
  out += markdown_text(receipt_line(result)) + "\n";
  if (analysis.judgement && !invalid) {
    const std::string power = detectable(result, *analysis.judgement);
    if (!power.empty()) out += "\n" + markdown_text(shortened(power, 3 * kLongestItem)) + "\n";
  }
  out += fmt::format("\nSuite {}, {}.\n\n", suite,
                     markdown_text(shortened(run_state(result), kLongestItem)));
  out += list(all_warnings(analysis), "warning: ", kMostItems);
  return out;
}

std::string tests_fold(const RunResult& result, const Analysis& analysis) {
  return markdown_table(tests_table(result, *analysis.judgement)) +
         fmt::format(
             "\nEach effect is the Hodges-Lehmann estimate over blocks, with its exact signed-rank "
             "interval at the level of the last look. p of fail is the chance of "
             "such a measurement if the cost is within its bound, p of pass if it is beyond it. "
             "Both "
             "hold at whatever look the run stops. A required test fails if its Holm-adjusted p of "
             "fail is at most {:.3g}. The gate "
             "passes "
             "if p of pass is at most {:.3g} in every required test.\n",
             result.gate->alpha, result.gate->alpha);
}

std::string arms_fold(const RunResult& result, const Analysis& analysis) {
  std::string out;
  if (analysis.judgement && analysis.judgement->verdict == Verdict::invalid) {
    out += std::string(kInvalidCaution) + "\n\n";
  }
  for (const CostModel& model : analysis.cost_models) {
    out += fmt::format("**{}**: {}\n\n", markdown_text(subject(result, model.cell)),
                       markdown_text(load_description(result, model.cell)));
    out += markdown_table(comparison_table(result, analysis, model.cell, true)) + "\n";
    out += whole_list(remarks(analysis, model.cell));
  }
  const std::string words = word_rule(analysis);
  if (!words.empty()) out += "\n" + words + "\n";
  return out;
}

std::string receipts_fold(const RunResult& result, const Analysis& analysis) {
  std::string out;
  for (const CostModel& model : analysis.cost_models) {
    const std::vector<ArmTotals> totals = arm_totals(result, model.cell);
    out += fmt::format("**{}**\n\n", markdown_text(cell_name(result, model.cell)));
    out += markdown_table(receipt_table(result, totals)) + "\n";
    out += markdown_table(validity_table(result, totals)) + "\n";
    out += whole_list(broken_propagation(result, totals));
    out += whole_list(ledger_words(result, model.cell));
    out += whole_list(void_details(result, model.cell)) + "\n";
  }
  return out;
}

std::vector<Fold> folds(const RunResult& result, const Analysis& analysis) {
  std::vector<Fold> all;
  const auto add = [&all](const char* title, std::string body) {
    if (!body.empty()) all.push_back({title, std::move(body)});
  };
  if (analysis.judgement) {
    add("All tests", tests_fold(result, analysis));
    if (analysis.judgement->invalid.size() > kMostItems) {
      add("Why this run is invalid", whole_list(analysis.judgement->invalid));
    }
  }
  const std::vector<std::string> warnings = all_warnings(analysis);
  if (warnings.size() > kMostItems) add("All warnings", whole_list(warnings));
  add("All arms", arms_fold(result, analysis));
  add("Receipts and void segments", receipts_fold(result, analysis));
  add("Design and environment",
      whole_list(design_items(result)) + "\n" + markdown_table(environment_table(result)));
  add("How to reproduce",
      markdown_code_block(command_to_repeat(result), "sh") +
          fmt::format("\nSuite {} (sha256 {}), run {}.\n", markdown_text(result.suite.path),
                      markdown_text(result.suite.digest_sha256), markdown_text(result.run_id)));
  return all;
}

std::string rendered(const Fold& fold) {
  return fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n", fold.title, fold.body);
}

/// Names what is left out, the largest first.
std::string note(const std::vector<Fold>& dropped) {
  if (dropped.empty()) return "";
  std::vector<std::string> names;
  for (const Fold& fold : dropped) names.push_back(fmt::format("\"{}\"", fold.title));
  return fmt::format("Left out, to stay below {} bytes: {}. All of it is in result.json.\n\n",
                     format_count(kLargestComment), fmt::join(names, ", "));
}

}  // namespace

std::string write_pull_request(const RunResult& result, const Analysis& analysis,
                               const ReportOptions&) {
  const std::string head = top(result, analysis);
  std::vector<Fold> kept = folds(result, analysis), dropped;
  std::string out;
  while (true) {
    out = head + note(dropped);
    for (const Fold& fold : kept) out += rendered(fold);
    if (out.size() < kLargestComment || kept.empty()) break;
    const auto largest =
        std::ranges::max_element(kept, {}, [](const Fold& fold) { return fold.body.size(); });
    dropped.push_back(std::move(*largest));
    kept.erase(largest);
  }
  return out;
}

ReportFormat pull_request_format() {
  const auto was_judged = [](const RunResult&, const Analysis& analysis, const FormatChoices&) {
    return analysis.judgement.has_value();
  };
  return {
      "pr",
      "Markdown for a pull request or job summary: verdict first, the rest folded",
      {.write = write_pull_request, .files = {{.name = "verdict.md", .is_wanted = was_judged}}}};
}

}  // namespace tracetax
