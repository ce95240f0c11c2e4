// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/doctor_command.h"

#include <algorithm>
#include <span>

#include "harness/cli/measure/service_options.h"
#include "harness/cli/measure/service_suite.h"
#include "harness/cli/measure/suite_file.h"
#include "harness/cli/measurement.h"
#include "harness/cli/suite_options.h"
#include "harness/cli/terminal.h"
#include "reports/words/check_words.h"
#include "reports/words/span_words.h"

namespace tracetax {
namespace {

struct DoctorOptions : SuiteOptions {
  ServiceOptions service;
  ColorChoice color = ColorChoice::automatic;
  bool spans = false, json = false;
};

}  // namespace

CommandLine declare_doctor() {
  return {
      .program = "tracetax doctor",
      .purpose =
          "Looks at each arm of SUITE, or at the service that COMMAND starts, for some seconds (20 "
          "s "
          "at most), and says what is not right and what would be. {port} in COMMAND is where it "
          "must listen; without that it is told by the variable PORT.",
      .usage = "SUITE | -- COMMAND",
      .positionals = {"suite"},
      .groups = {{"Service", service_option_specs()},
                 {"Options", suite_option_specs("load.rate=2k/s")},
                 {"Options",
                  {{"walk",
                    "where the spans go: the walk from the requests to the sink in every traced "
                    "arm, the first leak, its cause and the remedy (30 s at most); also: "
                    "--spans without N"},
                   {"json", "the walk as JSON on stdout"},
                   color_option_spec(),
                   {"q,quiet", "only what is wrong"},
                   {"h,help", "this text"}}}},
      .examples = {{"tracetax doctor --get /hello/ada -- ./server --port {port}",
                    "before measuring; it also takes a suite: tracetax doctor my.json"},
                   {"tracetax doctor --spans my.json", "where did my spans go?"}},
  };
}

namespace {

DoctorOptions read_doctor(OptionReader& reader) {
  DoctorOptions options;
  read_suite_name(reader, options.suite, "");
  read_suite_options(reader, options);
  read_service_options(reader, options.service);
  reader.read("color", options.color, parse_color);
  options.spans = reader.given("walk");
  options.json = reader.given("json");
  if (options.json && !options.spans)
    reader.mistake("--json", "goes with the walk of the spans: --spans");
  return options;
}

/// "--spans" with a number is how many a request leaves; without one it asks for the walk.
void spans_without_a_number(std::vector<const char*>& arguments) {
  const auto is_spans = [](std::string_view argument) {
    return argument == "--spans" || argument.starts_with("--spans=");
  };
  if (std::ranges::count_if(arguments, is_spans) > 1) return;  // which the reader refuses
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view next = i + 1 < arguments.size() ? arguments[i + 1] : "";
    const bool number = !next.empty() && next.find_first_not_of("0123456789") == next.npos;
    if (arguments[i] == std::string_view{"--spans"} && !number) arguments[i] = "--walk";
  }
}

/// 1: a fault was found; 4: an arm could not be looked at.
ExitCode walk_exit(std::span<const SpanReport> reports) {
  if (std::ranges::any_of(reports, [](const SpanReport& one) { return !one.findings.empty(); }))
    return ExitCode::fail;
  return std::ranges::all_of(reports, [](const SpanReport& one) { return one.failed().empty(); })
             ? ExitCode::pass
             : ExitCode::invalid;
}

/// `measure` sees how many there are; only a suite must say it.
void spans_are_found_out(std::vector<CheckLine>& lines) {
  for (CheckLine& line : lines) {
    if (line.check == "spans per request" && line.seen.starts_with("exactly") &&
        line.word == CheckWord::refused)
      line.word = CheckWord::note;
  }
}

}  // namespace

Result<ExitCode> doctor_command(int argc, char** argv) {
  CutCommandLine cut = cut_at_dashes(argc, argv);
  spans_without_a_number(cut.before);
  const auto parsed = parse_options(declare_doctor(), static_cast<int>(cut.before.size()),
                                    cut.before.data(), read_doctor);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  DoctorOptions options = **parsed;
  options.service.command = std::move(cut.command);
  if (options.suite.empty() == !options.service.names_service())
    return failure(
        ExitCode::usage,
        "give a suite or a command, one of them; right is: tracetax doctor suite.json, or "
        "tracetax doctor --get /hello/ada -- ./server --port {port}");
  const auto kinds = ScenarioKinds::with_plugins(options.plugins);
  if (!kinds) return failure(kinds.error());
  std::optional<SuiteFile> file;
  if (options.suite.empty()) {
    auto made = SuiteFile::temporary(service_suite(options.service, working_folder()));
    if (!made) return failure(made.error());
    options.suite = made->path();
    file.emplace(std::move(*made));
  }
  const auto suite = read_checked_suite(options.suite, options.overrides, *kinds);
  if (!suite) return failure(suite.error());
  if (options.spans) {
    const bool found_out = file.has_value() && !options.service.spans;
    const auto reports = look_at_spans(*suite, *kinds, options.quiet, found_out);
    if (!reports) return failure(reports.error());
    fmt::print("{}", options.json ? span_reports_json(*reports)
                                  : write_span_reports(*reports, terminal_width()));
    return walk_exit(*reports);
  }
  auto found = look_before(*suite, *kinds, options.quiet, LookAt::all);
  if (!found) return failure(found.error());
  if (file && !options.service.spans) spans_are_found_out(found->lines);
  fmt::print("{}",
             write_checks(found->lines, options.quiet ? CheckView::what_is_wrong : CheckView::all,
                          terminal_width(), use_color(options.color)));
  if (!options.quiet)
    fmt::print(
        "{} in {:.1f} s\n",
        refuses(found->lines) ? "refused: a run would give no right number; looked" : "looked",
        found->took_s);
  return refuses(found->lines) ? ExitCode::invalid : ExitCode::pass;
}

}  // namespace tracetax
