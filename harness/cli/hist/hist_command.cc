// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/hist/hist_command.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "harness/cli/hist/hist_views.h"
#include "harness/cli/terminal.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

constexpr std::size_t kLargestLog = std::size_t{1} << 30;

struct HistOptions {
  std::vector<std::string> logs;
  LogSelection selection;
  HistView view{.scale = {}, .percentiles = {50, 90, 99, 99.9, 99.99}};
  std::string hgrm_folder, hlog_file, html_file;  // empty: not asked
  bool intervals = false, diff = false, plot = false;
};

Result<double> parse_decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 1e12))
    return failure(ExitCode::usage, fmt::format("{} is not a number from 0 to 10^12", quote(text)));
  return value;
}

Result<std::vector<double>> parse_percentiles(std::string_view text) {
  std::vector<double> all;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto percent = parse_decimal(rest.substr(0, comma));
    if (!percent || *percent >= 100)
      return failure(
          ExitCode::usage,
          fmt::format("{} is no list of percentages below 100; right is 50,99,99.9", quote(text)));
    all.push_back(*percent);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  std::ranges::sort(all);
  return all;
}

void read_scale(OptionReader& reader, ValueScale& scale) {
  const std::map<std::string, double, std::less<>> nanoseconds{
      {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"none", 1}};
  const auto unit = nanoseconds.find(reader.text("unit"));
  if (unit == nanoseconds.end())
    reader.mistake("--unit", quote(reader.text("unit")) + " is not ns, us, ms, s or none");
  scale.is_time = reader.text("unit") != "none";
  reader.read("scale", scale.factor, parse_decimal);
  if (scale.factor <= 0) reader.mistake("--scale", "must be more than 0");
  if (unit != nanoseconds.end()) scale.factor *= unit->second;
}

HistOptions read_hist(OptionReader& reader) {
  HistOptions options;
  if (!reader.given("log")) reader.mistake("LOG", "is missing; right is: tracetax hist run.hlog");
  options.logs = reader.texts("log");
  const auto& rest = reader.texts("rest");
  options.logs.insert(options.logs.end(), rest.begin(), rest.end());
  options.selection.tags = reader.texts("tag");
  reader.read("from", options.selection.from_s, parse_decimal);
  reader.read("to", options.selection.to_s, parse_decimal);
  if (options.selection.to_s <= options.selection.from_s)
    reader.mistake("--to", "is not after --from");
  reader.read("percentiles", options.view.percentiles, parse_percentiles);
  read_scale(reader, options.view.scale);
  options.view.width = static_cast<std::size_t>(terminal_width());
  options.hgrm_folder = reader.text("hgrm");
  options.hlog_file = reader.text("hlog");
  options.html_file = reader.text("html");
  options.intervals = reader.given("intervals");
  options.diff = reader.given("diff");
  options.plot = reader.given("plot");
  if (options.diff && (options.intervals || options.plot))
    reader.mistake("--diff", "does not go with --intervals or --plot");
  return options;
}

Result<std::vector<HdrLog>> read_logs(const std::vector<std::string>& files) {
  std::vector<HdrLog> logs;
  for (const std::string& file : files) {
    const auto text = read_file(file, kLargestLog);
    if (!text) return failure(text.error());
    auto log = read_hdr_log(*text);
    if (!log) return failure(log.error().within(quote(file)));
    if (log->intervals.empty())
      return failure(ExitCode::usage,
                     quote(file) + " holds no interval; is it a log of HdrHistogram (.hlog)?");
    logs.push_back(std::move(*log));
  }
  return logs;
}

/// The name of a file for each tag.
std::string file_name(std::string_view tag) {
  std::string name(tag.empty() ? "no-tag" : tag);
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '\0'; }, '_');
  return name + ".hgrm";
}

/// In ms, as HdrHistogram's plotter takes them; plain numbers as they are.
Status save_hgrms(const std::vector<TagTotal>& totals, const HistOptions& options) {
  std::error_code code;
  std::filesystem::create_directories(options.hgrm_folder, code);
  constexpr double kNanosOfMilli = 1e6;
  const ValueScale& scale = options.view.scale;
  const double divisor = (scale.is_time ? kNanosOfMilli : 1) / scale.factor;
  for (const TagTotal& total : totals) {
    const auto path = std::filesystem::path(options.hgrm_folder) / file_name(total.tag);
    if (Status saved = write_file(path.string(), write_hgrm(total.histogram, divisor)); !saved)
      return failure(saved.error().within("--hgrm"));
  }
  return {};
}

Status save_hlog(std::vector<TagTotal> totals, const std::vector<HdrLog>& logs,
                 const std::string& file) {
  HdrLog merged{.start_time_s = logs.front().start_time_s, .intervals = {}};
  for (TagTotal& total : totals)
    merged.intervals.push_back(
        {std::move(total.tag), total.start_s, total.length_s, std::move(total.histogram)});
  if (Status saved = write_file(file, write_hdr_log(merged, "merged by tracetax hist")); !saved)
    return failure(saved.error().within("--hlog"));
  return {};
}

/// Two logs tag by tag, or two tags of one log.
Status print_difference(const std::vector<HdrLog>& logs, const HistOptions& options) {
  const auto totals_of = [&](std::size_t log) {
    return merge_by_tag(std::span(logs).subspan(log, 1), options.selection);
  };
  const auto print = [&](std::string_view title, const HistSide& before, const HistSide& after) {
    fmt::print("{}:\n{}", title, hist_difference(before, after, options.view));
  };
  const std::vector<TagTotal> before = totals_of(0);
  if (logs.size() == 1 && before.size() == 2) {
    // In the order in which they were asked for.
    const bool turned =
        !options.selection.tags.empty() && options.selection.tags.front() != before.front().tag;
    const TagTotal &first = before[turned ? 1 : 0], &second = before[turned ? 0 : 1];
    print(options.logs.front(), {tag_in_text(first.tag), first.histogram},
          {tag_in_text(second.tag), second.histogram});
    return {};
  }
  if (logs.size() != 2)
    return failure(
        ExitCode::usage,
        "--diff: takes two logs, or one log and two of its tags; right is: tracetax hist "
        "--diff before.hlog after.hlog");
  const std::vector<TagTotal> after = totals_of(1);
  bool found = false;
  for (const TagTotal& total : before) {
    const auto other = std::ranges::find(after, total.tag, &TagTotal::tag);
    if (other == after.end()) continue;
    found = true;
    print(tag_in_text(total.tag), {options.logs[0], total.histogram},
          {options.logs[1], other->histogram});
  }
  if (!found) return failure(ExitCode::usage, "--diff: the two logs have no tag in common");
  return {};
}

}  // namespace

CommandLine declare_hist() {
  return {
      .program = "tracetax hist",
      .purpose =
          "Shows the percentiles of HdrHistogram logs (.hlog, of any tool), all intervals of a tag "
          "merged.",
      .usage = "LOG...",
      .positionals = {"log"},
      .groups =
          {{"Options",
            {{"tag", "only these; may be repeated", many_values("TAG")},
             {"from", "only intervals that begin so many seconds after the log's start, or later",
              one_value("SECONDS")},
             {"to", "only those that begin before", one_value("SECONDS")},
             {"intervals", "a row for each interval, nothing merged"},
             {"diff", "two logs tag by tag, or two tags of one log: the ratio of each percentile"},
             {"plot", "values over percentiles, as a picture of text"},
             {"percentiles", "which", one_value("LIST", "50,90,99,99.9,99.99")},
             {"unit", "of the recorded values: ns, us, ms, s, or none for plain numbers",
              one_of("UNIT", {"ns", "us", "ms", "s", "none"}, "ns")},
             {"scale", "how many of that unit a recorded 1 is", one_value("N", "1")},
             {"hgrm", "a percentile listing for each tag, for HdrHistogram's plotter",
              one_value("DIR")},
             {"hlog", "the merged log, an interval for each tag", one_value("FILE")},
             {"html", "table and picture as a page, one file", one_value("FILE")},
             {"h,help", "this text"}}}},
      .examples = {
          {"tracetax hist run.hlog --tag off --tag on@100% --plot", "two arms of a run"},
          {"tracetax hist --diff before.hlog after.hlog",
           "ratios without intervals: to look at. tracetax compare says what is certain"}}};
}

Result<ExitCode> hist_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_hist(), argc, argv, read_hist);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const HistOptions& options = **parsed;
  const auto logs = read_logs(options.logs);
  if (!logs) return failure(logs.error());
  const std::vector<TagTotal> totals = merge_by_tag(*logs, options.selection);
  if (totals.empty())
    return failure(ExitCode::usage, "no interval has such a tag and lies between --from and --to");
  if (options.diff) {
    if (Status printed = print_difference(*logs, options); !printed)
      return failure(printed.error());
  } else if (options.intervals) {
    for (const HdrLog& log : *logs)
      fmt::print("{}", interval_table(log, options.selection, options.view));
  } else {
    fmt::print("{}", hist_table(totals, options.view));
  }
  if (options.plot) fmt::print("\n{}", hist_plot(totals, options.view));
  if (!options.hgrm_folder.empty()) {
    if (Status saved = save_hgrms(totals, options); !saved) return failure(saved.error());
  }
  if (!options.html_file.empty()) {
    const std::string title = fmt::format("{}", fmt::join(options.logs, ", "));
    const std::string page = hist_page(title, totals, options.view);
    if (Status saved = write_file(options.html_file, page); !saved)
      return failure(saved.error().within("--html"));
  }
  if (!options.hlog_file.empty()) {
    if (Status saved = save_hlog(totals, *logs, options.hlog_file); !saved)
      return failure(saved.error());
  }
  return ExitCode::pass;
}

}  // namespace tracetax
