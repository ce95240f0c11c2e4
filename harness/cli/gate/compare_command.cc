// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/compare_command.h"

#include <algorithm>
#include <cstdio>

#include "harness/analysis/run_comparison.h"
#include "harness/cli/terminal.h"
#include "harness/core/text/option_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"
#include "reports/record/result_json.h"
#include "reports/several/compare_page.h"
#include "reports/tables/run_comparison_views.h"

namespace tracetax {
namespace {

using WriteComparison = std::string (*)(const RunComparison&, const ComparisonView&);

struct CompareOptions {
  std::string before, after;
  Margins margins;
  WriteComparison write = write_comparison_text;
  bool force = false;
};

Result<WriteComparison> find_format(std::string_view name) {
  if (name == "text") return write_comparison_text;
  if (name == "md") return write_comparison_markdown;
  if (name == "json") return write_comparison_json;
  if (name == "html") return write_comparison_html;
  return failure(
      ExitCode::usage,
      unknown_name("format", name, std::vector<std::string>{"text", "md", "json", "html"}));
}

}  // namespace

CommandLine declare_compare() {
  return {.program = "tracetax compare",
          .purpose =
              "Compares the overheads in two stored results: no arm regressed (0), one did (1), it "
              "cannot be\ntold (3), or they may not be compared (5).",
          .usage = "BEFORE.json AFTER.json",
          .positionals = {"before", "after"},
          .groups = {{"Options",
                      {{"margin",
                        "how much worse is tolerated: 3%, or cpu=3%,p99=6% (default: 3 %, p99 6 %)",
                        many_values("MARGIN")},
                       {"force", "compare although suite or machine differ; the result says so"},
                       {"f,format", "text, md, json or html",
                        one_of("FORMAT", {"text", "md", "json", "html"}, "text")},
                       {"h,help", "this text"}}}},
          .examples = {{"tracetax compare main/result.json mine/result.json --margin cpu=3%",
                        "ends with 1 if tracing costs over 3 % more than it did"}}};
}

namespace {

CompareOptions read_compare(OptionReader& reader) {
  CompareOptions options;
  options.before = reader.text("before");
  options.after = reader.text("after");
  for (const auto& [name, shown] : {std::pair{"before", "BEFORE.json"}, {"after", "AFTER.json"}}) {
    if (!reader.given(name)) {
      reader.mistake(shown,
                     "is missing; right is: tracetax compare old/result.json new/result.json");
    }
  }
  if (reader.given("rest")) reader.mistake("AFTER.json", "two results at a time");
  reader.read_list("margin", options.margins, parse_margins);
  reader.read("format", options.write, find_format);
  options.force = reader.given("force");
  return options;
}

Result<RunResult> read_result(const std::string& file) {
  const auto content = read_file(file, kLargestResult);
  if (!content) return failure(content.error());
  return read_result_json(*content, file);
}

}  // namespace

Result<ExitCode> compare_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_compare(), argc, argv, read_compare);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const CompareOptions& options = **parsed;
  const auto before = read_result(options.before);
  if (!before) return failure(before.error());
  const auto after = read_result(options.after);
  if (!after) return failure(after.error());
  const auto differences = find_differences(*before, *after);
  const bool forbidden = std::ranges::any_of(differences, &RunDifference::forbids);
  if (forbidden && !options.force) {
    return failure(
        ExitCode::baseline,
        fmt::format("{} and {} may not be compared (--force does it all the same):\n{}",
                    quote(options.before), quote(options.after), list_differences(differences)));
  }
  const RunComparison comparison = compare_runs(*before, *after, options.margins);
  const ComparisonView view{.before = {options.before, &*before},
                            .after = {options.after, &*after},
                            .forced = forbidden,
                            .width = static_cast<std::size_t>(terminal_width())};
  const std::string text = options.write(comparison, view);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_code_of(comparison.verdict, InconclusivePolicy::warn);
}

}  // namespace tracetax
