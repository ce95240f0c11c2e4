// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/run_comparison_views.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text/quote.h"
#include "reports/tables/table.h"

namespace tracetax {
namespace {

constexpr std::size_t kNarrowestView = 60;
constexpr std::size_t kLongestValue = 200;  // of a difference: environments are long

std::string overhead_text(const RunOverhead& overhead) {
  if (!overhead.pct || !overhead.interval_pct) return "-";
  return format_effect(*overhead.pct, *overhead.interval_pct);
}

std::vector<std::string> cells_of(const RunComparison& comparison) {
  std::vector<std::string> cells;
  for (const OverheadChange& change : comparison.changes) {
    if (std::ranges::find(cells, change.cell) == cells.end()) cells.push_back(change.cell);
  }
  return cells;
}

Table change_table(const RunComparison& comparison, const std::string& cell) {
  Table table;
  table.columns = {{.title = "metric"},
                   {.title = "arm"},
                   {.title = "overhead before", .right = true, .keep = 2},
                   {.title = "overhead after", .right = true, .keep = 3},
                   {.title = "change", .right = true},
                   {.title = "90 % interval", .right = true},
                   {.title = "margin", .right = true, .keep = 4},
                   {.title = "word"},
                   {.title = "blocks", .right = true, .keep = 1}};
  for (const OverheadChange& change : comparison.changes) {
    if (change.cell != cell) continue;
    const bool known = change.change_pct && change.interval_pct;
    table.rows.push_back({std::string(label_of(change.metric)),
                          change.arm + (change.control ? " (control)" : ""),
                          overhead_text(change.before), overhead_text(change.after),
                          known ? format_percent(*change.change_pct, *change.interval_pct) : "-",
                          known ? format_interval(*change.interval_pct) : "-",
                          change.control ? "-" : fmt::format("{:g} %", change.margin_pct),
                          std::string(name_of(change.change)),
                          fmt::format("{}, {}", change.before.blocks, change.after.blocks)});
  }
  return table;
}

Table difference_table(const std::vector<RunDifference>& differences) {
  Table table;
  table.columns = {{.title = "differs"}, {.title = "before"}, {.title = "after"}};
  for (const RunDifference& difference : differences) {
    table.rows.push_back({difference.what + (difference.forbids ? " (forbids)" : ""),
                          printable(difference.before, kLongestValue),
                          printable(difference.after, kLongestValue)});
  }
  return table;
}

std::string run_text(const char* which, const ComparedRun& run) {
  return fmt::format("{}: {}, {} of {}", which, printable(run.file, kLongestValue),
                     run.result->suite.name, run.result->started_at);
}

/// "CPU per request of on@10%, gin" over the changes that `which` picks.
template <typename Which>
std::string listed(const RunComparison& comparison, const Which& which) {
  std::string text;
  for (const OverheadChange& change : comparison.changes) {
    if (!which(change)) continue;
    text += fmt::format("{}{} of {} in {}", text.empty() ? "" : "; ", label_of(change.metric),
                        change.arm, change.cell);
  }
  return text;
}

bool is_not_settled(const OverheadChange& change) {
  return change.decides && !(change.change_pct && change.p_not_worse <= kCompareAlpha);
}

std::string verdict_sentence(const RunComparison& comparison) {
  const std::string worse = listed(
      comparison, [](const OverheadChange& change) { return change.change == Change::regressed; });
  if (comparison.verdict == Verdict::fail) return "compared: REGRESSED (" + worse + ")";
  if (comparison.verdict == Verdict::pass) return "compared: no arm regressed";
  const std::string open = listed(comparison, is_not_settled);
  return fmt::format("compared: it cannot be told ({})",
                     open.empty() ? "no arm with CPU per request is in both runs" : open);
}

std::string force_sentence(const RunComparison& comparison) {
  std::string text;
  for (const RunDifference& difference : comparison.differences) {
    if (difference.forbids) text += (text.empty() ? "" : ", ") + difference.what;
  }
  return fmt::format(
      "compared with --force although these differ: {}; they may be the cause of a change", text);
}

/// What lost its number and why: one sentence for all metrics of an arm that lost it alike.
std::vector<std::string> void_sentences(const RunComparison& comparison) {
  std::vector<std::string> out;
  std::vector<const OverheadChange*> told;
  for (const OverheadChange& change : comparison.changes) {
    const auto same = [&](const OverheadChange* other) {
      return other->cell == change.cell && other->arm == change.arm &&
             other->reason == change.reason;
    };
    if (change.change != Change::void_ || std::ranges::any_of(told, same)) continue;
    told.push_back(&change);
    std::string metrics;
    for (const OverheadChange& other : comparison.changes) {
      if (other.change == Change::void_ && same(&other))
        metrics += fmt::format("{}{}", metrics.empty() ? "" : ", ", label_of(other.metric));
    }
    out.push_back(
        fmt::format("void: {} of {} in {}: {}", metrics, change.arm, change.cell, change.reason));
  }
  return out;
}

/// Everything that is said beside the tables.
std::vector<std::string> remarks_on(const RunComparison& comparison, const ComparisonView& view) {
  std::vector<std::string> out;
  if (view.forced) out.push_back("warning: " + force_sentence(comparison));
  for (const std::string& warning : comparison.warnings) out.push_back("warning: " + warning);
  for (const std::string& lacking : comparison.only_one) out.push_back("not compared: " + lacking);
  for (std::string& line : void_sentences(comparison)) out.push_back(std::move(line));
  out.push_back(
      "Two runs are two sessions: if something in one of them moved all its ratios, that counts as "
      "change here. tracetax gate --base measures both in the same blocks.");
  return out;
}

Json overhead_to_json(const RunOverhead& overhead) {
  Json json = Json::object();
  json["blocks"] = overhead.blocks;
  json["overhead_pct"] = overhead.pct ? Json(*overhead.pct) : Json(nullptr);
  json["ci_pct"] = nullptr;
  if (const auto& interval = overhead.interval_pct) {
    json["ci_pct"] = {{"low", interval->low}, {"high", interval->high}, {"level", interval->level}};
  }
  return json;
}

Json change_to_json(const OverheadChange& change) {
  Json json = Json::object();
  json["cell"] = change.cell;
  json["metric"] = name_of(change.metric);
  json["arm"] = change.arm;
  json["control"] = change.control;
  json["decides"] = change.decides;
  json["word"] = name_of(change.change);
  json["reason"] = change.reason.empty() ? Json(nullptr) : Json(change.reason);
  json["margin_pct"] = change.margin_pct;
  json["before"] = overhead_to_json(change.before);
  json["after"] = overhead_to_json(change.after);
  json["change_pct"] = change.change_pct ? Json(*change.change_pct) : Json(nullptr);
  json["ci_pct"] = nullptr;
  if (const auto& interval = change.interval_pct) {
    json["ci_pct"] = {{"low", interval->low}, {"high", interval->high}, {"level", interval->level}};
  }
  const auto p = [&](double value) { return change.change_pct ? Json(value) : Json(nullptr); };
  json["p_worse"] = p(change.p_worse);
  json["p_worse_holm"] = p(change.p_worse_holm);
  json["p_better"] = p(change.p_better);
  json["p_better_holm"] = p(change.p_better_holm);
  json["p_not_worse"] = p(change.p_not_worse);
  json["p_not_better"] = p(change.p_not_better);
  return json;
}

Json run_to_json(const ComparedRun& run) {
  Json json = Json::object();
  json["file"] = run.file;
  json["run_id"] = run.result->run_id;
  json["suite"] = run.result->suite.name;
  json["started_at"] = run.result->started_at;
  json["suite_digest_sha256"] = run.result->suite.digest_sha256;
  json["machine_fingerprint_sha256"] = run.result->machine.fingerprint_sha256;
  return json;
}

}  // namespace

ComparisonParts comparison_parts(const RunComparison& comparison, const ComparisonView& view) {
  ComparisonParts parts{.verdict = verdict_sentence(comparison),
                        .remarks = remarks_on(comparison, view),
                        .before = run_text("before", view.before),
                        .after = run_text("after", view.after),
                        .cells = {},
                        .differences = difference_table(comparison.differences)};
  for (const std::string& cell : cells_of(comparison))
    parts.cells.emplace_back(cell, change_table(comparison, cell));
  return parts;
}

std::string write_comparison_text(const RunComparison& comparison, const ComparisonView& view) {
  const std::size_t width = std::max(view.width, kNarrowestView);
  const ComparisonParts parts = comparison_parts(comparison, view);
  std::string out =
      wrapped(parts.before, width, "", "  ") + wrapped(parts.after, width, "", "  ") + "\n";
  if (!parts.differences.rows.empty()) out += text_table(parts.differences, width) + "\n";
  for (const auto& [cell, table] : parts.cells)
    out += wrapped(cell, width, "", "  ") + "\n" + text_table(table, width) + "\n";
  for (const std::string& remark : parts.remarks) out += wrapped(remark, width, "", "  ");
  return out + wrapped(parts.verdict, width, "", "  ");
}

std::string write_comparison_markdown(const RunComparison& comparison, const ComparisonView& view) {
  const ComparisonParts parts = comparison_parts(comparison, view);
  std::string out = "### " + markdown_text(parts.verdict) + "\n";
  for (const auto& [cell, table] : parts.cells)
    out += "\n#### " + markdown_text(cell) + "\n\n" + markdown_table(table);
  out += '\n';
  for (const std::string& remark : parts.remarks) out += "- " + markdown_text(remark) + "\n";
  for (const std::string* run : {&parts.before, &parts.after})
    out += "- " + markdown_text(*run) + "\n";
  if (parts.differences.rows.empty()) return out;
  return out + "\n<details><summary>What differs between the runs</summary>\n\n" +
         markdown_table(parts.differences) + "\n</details>\n";
}

std::string write_comparison_json(const RunComparison& comparison, const ComparisonView& view) {
  Json json = Json::object();
  json["schema"] = kComparisonSchema;
  json["schema_version"] = kComparisonSchemaVersion;
  json["before"] = run_to_json(view.before);
  json["after"] = run_to_json(view.after);
  json["forced"] = view.forced;
  json["differences"] = Json::array();
  for (const RunDifference& difference : comparison.differences) {
    json["differences"].push_back({{"what", difference.what},
                                   {"before", difference.before},
                                   {"after", difference.after},
                                   {"forbids", difference.forbids}});
  }
  json["comparisons"] = Json::array();
  for (const OverheadChange& change : comparison.changes) {
    json["comparisons"].push_back(change_to_json(change));
  }
  json["not_compared"] = comparison.only_one;
  json["warnings"] = comparison.warnings;
  json["alpha"] = kCompareAlpha;
  json["verdict"] = name_of(comparison.verdict);
  json["exit_code"] = static_cast<int>(exit_code_of(comparison.verdict, InconclusivePolicy::warn));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string list_differences(const std::vector<RunDifference>& differences) {
  std::string out;
  for (const bool forbids : {true, false}) {
    for (const RunDifference& difference : differences) {
      if (difference.forbids != forbids) continue;
      out += fmt::format("{}  {}{}: {} before, {} after", out.empty() ? "" : "\n", difference.what,
                         forbids ? " (forbids)" : "", printable(difference.before, kLongestValue),
                         printable(difference.after, kLongestValue));
    }
  }
  return out;
}

}  // namespace tracetax
