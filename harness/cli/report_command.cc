// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/report_command.h"

#include "harness/analysis/comparison.h"
#include "harness/cli/format_options.h"
#include "harness/cli/option_reader.h"
#include "harness/cli/terminal.h"
#include "harness/core/text/text_file.h"
#include "reports/catalog.h"
#include "reports/record/result_json.h"

namespace tracetax {

Result<ExitCode> report_command(int argc, char** argv) {
  using Text = std::string;
  cxxopts::Options declared("tracetax report", "Renders the stored result RESULT.json.");
  declared.positional_help("RESULT.json").custom_help("[OPTION...]");
  declared.parse_positional({"result", "rest"});
  declared.add_options("Options")  //
      ("f,format", "see tracetax list formats", cxxopts::value<Text>()->default_value("text"),
       "FORMAT")  //
      ("o,output", "file to write instead of stdout", cxxopts::value<Text>(), "FILE");
  declare_format_options(declared, FormatOptionsOf::report);
  declared.add_options("Options")                                                        //
      ("color", "auto, always or never", cxxopts::value<Text>()->default_value("auto"))  //
      ("h,help", "this text");
  declared.add_options("hidden")("result", "", cxxopts::value<Text>())(
      "rest", "", cxxopts::value<std::vector<Text>>());
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Options"}));
    return ExitCode::pass;
  }
  const auto text = [&](const char* name) { return (*parsed)[name].as<Text>(); };
  OptionMistakes mistakes;
  if (parsed->count("result") == 0)
    mistakes.add("RESULT.json", "is missing; it is in the folder that run wrote to");
  if (parsed->count("rest") != 0) mistakes.add("RESULT.json", "one at a time");
  const ReportWriter format = mistakes.take("--format", find_report_format(text("format")));
  const ColorChoice color = mistakes.take("--color", parse_color(text("color")));
  FormatChoices choices = read_format_options(*parsed, FormatOptionsOf::report, mistakes);
  if (mistakes.any()) return failure(mistakes.error());

  const auto content = read_file(text("result"), kLargestResult);
  if (!content) return failure(content.error());
  const auto result = read_result_json(*content, text("result"));
  if (!result) return failure(result.error());
  ReportOptions view = report_options(color);
  view.choices = std::move(choices);
  const std::string report = format.write(*result, analyse(*result), view);
  if (parsed->count("output") != 0) {
    if (auto written = write_file(text("output"), report); !written)
      return failure(written.error().within("--output"));
  } else {
    std::fwrite(report.data(), 1, report.size(), stdout);
  }
  return ExitCode::pass;
}

}  // namespace tracetax
