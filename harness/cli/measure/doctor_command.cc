// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/doctor_command.h"

#include "harness/cli/measure/service_options.h"
#include "harness/cli/measure/service_suite.h"
#include "harness/cli/measure/suite_file.h"
#include "harness/cli/measurement.h"
#include "harness/cli/suite_options.h"
#include "harness/cli/terminal.h"
#include "reports/words/check_words.h"

namespace tracetax {
namespace {

struct DoctorOptions : SuiteOptions {
  ServiceOptions service;
  ColorChoice color = ColorChoice::automatic;
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
      .groups =
          {{"Service", service_option_specs()},
           {"Options", suite_option_specs("load.rate=2k/s")},
           {"Options",
            {color_option_spec(), {"q,quiet", "only what is wrong"}, {"h,help", "this text"}}}},
      .examples = {{"tracetax doctor --get /hello/ada -- ./server --port {port}",
                    "before measuring; it also takes a suite: tracetax doctor my.json"}},
  };
}

namespace {

DoctorOptions read_doctor(OptionReader& reader) {
  DoctorOptions options;
  read_suite_name(reader, options.suite, "");
  read_suite_options(reader, options);
  read_service_options(reader, options.service);
  reader.read("color", options.color, parse_color);
  return options;
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
