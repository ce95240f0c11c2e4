// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/compare_command.h"

#include <algorithm>
#include <cstdio>

#include "harness/analysis/run_comparison.h"
#include "harness/cli/option_reader.h"
#include "harness/cli/terminal.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"
#include "reports/record/result_json.h"
#include "reports/tables/run_comparison_views.h"

namespace tracetax {
namespace {

using Text = std::string;
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
  return failure(ExitCode::usage,
                 unknown_name("format", name, std::vector<std::string>{"text", "md", "json"}));
}

Result<std::optional<CompareOptions>> parse_compare_options(int argc, char** argv) {
  cxxopts::Options declared("tracetax compare",
                            "Compares the overheads in two stored results: no arm is worse (0), "
                            "one is (1), it cannot be\n"
                            "told (3), or they may not be compared (5).");
  declared.positional_help("BEFORE.json AFTER.json").custom_help("[OPTION...]");
  declared.parse_positional({"before", "after", "rest"});
  declared.add_options("Options")  //
      ("margin", "how much worse is tolerated: 3%, or cpu=3%,p99=6% (default: 3 %, p99 6 %)",
       cxxopts::value<Text>(), "MARGIN")                                         //
      ("force", "compare although suite or machine differ; the result says so")  //
      ("f,format", "text, md or json", cxxopts::value<Text>()->default_value("text"),
       "FORMAT")  //
      ("h,help", "this text");
  declared.add_options("hidden")("before", "", cxxopts::value<Text>())(
      "after", "", cxxopts::value<Text>())("rest", "", cxxopts::value<std::vector<Text>>());
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Options"}));
    return std::nullopt;
  }
  OptionMistakes mistakes;
  CompareOptions options;
  for (const auto& [name, place] :
       {std::pair{"before", &options.before}, {"after", &options.after}}) {
    if (parsed->count(name) != 0) {
      *place = (*parsed)[name].as<Text>();
    } else {
      mistakes.add(name == std::string_view("before") ? "BEFORE.json" : "AFTER.json",
                   "is missing; right is: tracetax compare old/result.json new/result.json");
    }
  }
  if (parsed->count("rest") != 0) mistakes.add("AFTER.json", "two results at a time");
  if (parsed->count("margin") != 0) {
    options.margins = mistakes.take("--margin", parse_margins((*parsed)["margin"].as<Text>()));
  }
  options.write = mistakes.take("--format", find_format((*parsed)["format"].as<Text>()));
  options.force = parsed->count("force") != 0;
  if (mistakes.any()) return failure(mistakes.error());
  return options;
}

Result<RunResult> read_result(const std::string& file) {
  const auto content = read_file(file, kLargestResult);
  if (!content) return failure(content.error());
  return read_result_json(*content, file);
}

}  // namespace

Result<ExitCode> compare_command(int argc, char** argv) {
  const auto parsed = parse_compare_options(argc, argv);
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
