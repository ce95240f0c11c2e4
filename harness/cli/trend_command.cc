// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/trend_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>

#include "harness/analysis/trend/history.h"
#include "harness/analysis/trend/shifts.h"
#include "harness/cli/terminal.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"
#include "reports/record/result_json.h"
#include "reports/several/trend_views.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;

using WriteTrend = std::string (*)(const TrendView&);

struct TrendOptions {
  std::vector<std::string> places;
  WriteTrend write = write_trend_text;
  std::size_t last = 200;
  std::optional<std::size_t> fail_within;
  Margins margins;
};

Result<WriteTrend> find_trend_format(std::string_view name) {
  if (name == "text") return write_trend_text;
  if (name == "md") return write_trend_markdown;
  if (name == "html") return write_trend_html;
  return failure(ExitCode::usage,
                 unknown_name("format", name, std::vector<std::string>{"text", "md", "html"}));
}

TrendOptions read_trend(OptionReader& reader) {
  TrendOptions options;
  if (!reader.given("place"))
    reader.mistake("DIR", "is missing; right is: tracetax trend tracetax-out");
  if (reader.given("place")) options.places = {reader.text("place")};
  for (const std::string& more : reader.texts("rest")) options.places.push_back(more);
  reader.read("format", options.write, find_trend_format);
  reader.read("last", options.last, whole<std::size_t>(1, 2'000));
  reader.read("fail-on-shift", options.fail_within, whole<std::size_t>(1, 2'000));
  reader.read_list("margin", options.margins, parse_margins);
  return options;
}

/// result*.json in a folder and all below it, and report.html where there is no result.json.
Result<std::vector<std::string>> files_at(const std::string& place) {
  std::error_code code;
  if (!fs::exists(place, code))
    return failure(ExitCode::usage, fmt::format("{} is not there", quote(place)));
  if (!fs::is_directory(place, code)) return std::vector{place};
  std::vector<std::string> found;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(place, options, code), end; !code && at != end;
       at.increment(code)) {
    const fs::path& path = at->path();
    const std::string name = path.filename().string();
    const bool record = name.starts_with("result") && path.extension() == ".json";
    std::error_code none;
    const bool page =
        name == "report.html" && !fs::exists(path.parent_path() / "result.json", none);
    if ((record || page) && at->is_regular_file(none)) found.push_back(path.string());
  }
  std::ranges::sort(found);
  return found;
}

/// One at a time: a result may have tens of megabytes, what is kept of it has few kilobytes.
Result<HistoryRun> read_run_of(const std::string& file) {
  const auto content = read_file(file, kLargestResult);
  if (!content) return failure(content.error());
  const auto result = read_result_json(*content, file);
  if (!result) return failure(result.error());
  return history_run(*result, file);
}

/// What --fail-on-shift has found, a line each.
std::vector<std::string> recent_shifts(const std::vector<SuiteHistory>& histories,
                                       const TrendOptions& options) {
  std::vector<std::string> out;
  for (const SuiteHistory& history : histories) {
    for (const HistorySeries& series : history.series) {
      const Shift* shift = recent_worse(history, series, *options.fail_within, options.margins);
      if (shift == nullptr) continue;
      out.push_back(fmt::format("{}: {} of {} in {} shifted for the worse by {}, from {} on",
                                history.suite, label_of(series.metric), series.arm, series.cell,
                                size_text(*shift), name_of(history.runs[shift->from])));
    }
  }
  return out;
}

}  // namespace

CommandLine declare_trend() {
  return {
      .program = "tracetax trend",
      .purpose =
          "Many stored results over time: the overhead of every metric and arm with its interval, "
          "commits, machine changes, and lasting shifts. DIR is searched with all folders below "
          "it for result*.json (and report.html where that is alone).",
      .usage = "DIR|RESULT.json...",
      .positionals = {"place"},
      .groups = {{"Options",
                  {{"f,format", "text, md or html",
                    one_of("FORMAT", {"text", "md", "html"}, "text")},
                   {"last", "only the newest N results of each suite", one_value("N", "200")},
                   {"fail-on-shift",
                    "exit code 1 if the newest shift of an arm is for the worse, by more than the "
                    "margin, and began within the last N results",
                    one_value("N")},
                   {"margin", "for that: 3%, or cpu=3%,p99=6% (default: 3 %, p99 6 %)",
                    many_values("MARGIN")},
                   {"h,help", "this text"}}}},
      .examples = {{"tracetax trend tracetax-out --format html > trend.html",
                    "all runs in tracetax-out as a page"},
                   {"tracetax trend history/ --fail-on-shift 5",
                    "ends with 1 if one of the last 5 results began a shift for the worse"}}};
}

Result<ExitCode> trend_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_trend(), argc, argv, read_trend);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const TrendOptions& options = **parsed;
  std::vector<std::string> files, skipped;
  for (const std::string& place : options.places) {
    auto found = files_at(place);
    if (!found) return failure(found.error());
    if (found->empty()) skipped.push_back(fmt::format("{}: no result.json in it", quote(place)));
    files.insert(files.end(), found->begin(), found->end());
  }
  std::vector<HistoryRun> runs;
  for (const std::string& file : files) {
    auto run = read_run_of(file);
    if (run)
      runs.push_back(std::move(*run));
    else
      skipped.push_back(run.error().message);
  }
  if (runs.empty()) {
    return failure(ExitCode::baseline,
                   fmt::format("no result can be used:\n{}", fmt::join(skipped, "\n")));
  }
  std::vector<SuiteHistory> histories = make_histories(std::move(runs), options.last);
  ShiftSearch search = find_shifts(histories);
  const std::string text = options.write({.histories = histories,
                                          .search = std::move(search),
                                          .skipped = std::move(skipped),
                                          .width = static_cast<std::size_t>(terminal_width())});
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!options.fail_within) return ExitCode::pass;
  const std::vector<std::string> recent = recent_shifts(histories, options);
  for (const std::string& line : recent) fmt::print(stderr, "tracetax: {}\n", line);
  return recent.empty() ? ExitCode::pass : ExitCode::fail;
}

}  // namespace tracetax
