// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/report_command.h"

#include <filesystem>

#include "harness/analysis/comparison.h"
#include "harness/cli/format_options.h"
#include "harness/cli/terminal.h"
#include "harness/core/text/option_reader.h"
#include "harness/core/text/text_file.h"
#include "reports/catalog.h"
#include "reports/record/result_json.h"

namespace tracetax {

namespace fs = std::filesystem;

namespace {

struct StoredReportOptions {
  std::string result;
  std::optional<std::string> output;
  std::string format_name;
  ReportWriter format;
  FormatChoices choices;
  ColorChoice color = ColorChoice::automatic;
};

}  // namespace

CommandLine declare_report() {
  return {.program = "tracetax report",
          .purpose = "Renders RESULT.json, or the record that a report.html carries.",
          .usage = "RESULT.json",
          .positionals = {"result"},
          .groups = {{"Options",
                      {{"f,format", "see tracetax list formats", one_value("FORMAT", "text")},
                       {"o,output",
                        "file to write, or a folder for a format of several files (default: "
                        "stdout)",
                        one_value("FILE")}}},
                     {"Options", format_option_specs(FormatOptionsOf::report)},
                     {"Options", {color_option_spec(), {"h,help", "this text"}}}},
          .examples = {{"tracetax report out/result.json -f md > report.md", "as Markdown"},
                       {"tracetax report out/result.json -f benchfmt > new.txt",
                        "for Go's tools: benchstat -col /arm new.txt"}}};
}

namespace {

StoredReportOptions read_report(OptionReader& reader) {
  StoredReportOptions options;
  if (!reader.given("result"))
    reader.mistake("RESULT.json", "is missing; it is in the folder that run wrote to");
  options.result = reader.text("result");
  if (reader.given("rest")) reader.mistake("RESULT.json", "one at a time");
  options.format_name = reader.text("format");
  reader.read("format", options.format, find_report_format);
  reader.read("color", options.color, parse_color);
  options.choices = read_format_options(reader, FormatOptionsOf::report);
  if (reader.given("output")) options.output = reader.text("output");
  return options;
}

bool is_folder(const std::string& path) {
  std::error_code code;
  return path.ends_with('/') || fs::is_directory(path, code);
}

Result<ExitCode> save_parts(const std::vector<ReportPart>& parts, const fs::path& folder,
                            const std::string& ending) {
  std::error_code code;
  fs::create_directories(folder, code);
  for (const ReportPart& part : parts) {
    const fs::path path = folder / fmt::format("{}.{}", part.name, ending);
    if (auto written = write_file(path.string(), part.text); !written)
      return failure(written.error().within("--output"));
  }
  return ExitCode::pass;
}

/// Programs that read this format would take all of them for one.
Error too_many_parts(const std::vector<ReportPart>& parts) {
  std::string names;
  for (const ReportPart& part : parts) names += (names.empty() ? "" : ", ") + part.name;
  return {ExitCode::usage,
          fmt::format("--format: this makes {} files; give a folder, --output DIR/, or name one of "
                      "them with --arm: {}",
                      parts.size(), names)};
}

}  // namespace

Result<ExitCode> report_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_report(), argc, argv, read_report);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const StoredReportOptions& options = **parsed;
  const auto content = read_file(options.result, kLargestResult);
  if (!content) return failure(content.error());
  const auto result = read_result_json(*content, options.result);
  if (!result) return failure(result.error());
  ReportOptions view = report_options(options.color);
  view.choices = options.choices;
  if (options.format.parts != nullptr) {
    const auto parts = options.format.parts(*result, view);
    if (options.output && is_folder(*options.output))
      return save_parts(parts, *options.output, options.format_name);
    if (parts.size() > 1) return failure(too_many_parts(parts));
  }
  const std::string report = options.format.write(*result, analyse(*result), view);
  if (options.output) {
    if (auto written = write_file(*options.output, report); !written)
      return failure(written.error().within("--output"));
  } else {
    std::fwrite(report.data(), 1, report.size(), stdout);
  }
  return ExitCode::pass;
}

}  // namespace tracetax
