// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/init_command.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "harness/cli/measure/service_options.h"
#include "harness/cli/measure/service_suite.h"
#include "harness/cli/measure/suite_file.h"
#include "harness/cli/measurement.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/shell_words.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

struct InitOptions {
  ServiceOptions service;
  std::string file;
  bool path_given = false;
};

}  // namespace

CommandLine declare_init() {
  return {
      .program = "tracetax init",
      .purpose =
          "Writes the suite that `tracetax measure` makes of the same options. Asks on a terminal "
          "for what is not given.",
      .usage = "[-- COMMAND]",
      .groups = {{"Service", service_option_specs()},
                 {"Options",
                  {{"save", "the file to write", one_value("FILE", "tracetax.json")},
                   {"h,help", "this text"}}}},
      .examples = {{"tracetax init --get /hello/ada -- ./server --port {port}",
                    "writes tracetax.json; tracetax run tracetax.json measures it"}},
  };
}

namespace {

InitOptions read_init(OptionReader& reader) {
  InitOptions options;
  read_service_options(reader, options.service);
  options.file = reader.text("save");
  options.path_given = reader.given("get") || reader.given("post") || reader.given("grpc");
  if (reader.given("rest"))
    reader.mistake("the command",
                   "stands behind --; right is: tracetax init -- ./server --port "
                   "{port}");
  return options;
}

/// The answer, or `fallback` for an empty line or the end of the input.
std::string ask_user(const char* question, const std::string& fallback) {
  fmt::print(stderr, "{}{}: ", question, fallback.empty() ? "" : fmt::format(" [{}]", fallback));
  std::string answer;
  if (!std::getline(std::cin, answer)) fmt::print(stderr, "\n");
  return answer.empty() ? fallback : answer;
}

Status ask_for_the_rest(InitOptions& options) {
  ServiceOptions& service = options.service;
  const auto words = shell_words(
      ask_user("The command that starts the service, with {port} where it must listen", ""));
  if (!words) return failure(words.error().within("the command"));
  service.command = *words;
  if (!options.path_given) service.path = ask_user("What is asked for", service.path);
  if (!service.path.starts_with('/'))
    return failure(ExitCode::usage,
                   fmt::format("{} is no path; right is /hello/ada", quote(service.path)));
  const std::string off =
      ask_user("The command without tracing, if variables do not switch it off", "");
  if (off.empty()) return {};
  const auto off_words = shell_words(off);
  if (!off_words) return failure(off_words.error().within("the command without tracing"));
  service.off = *off_words;
  return {};
}

}  // namespace

Result<ExitCode> init_command(int argc, char** argv) {
  CutCommandLine cut = cut_at_dashes(argc, argv);
  const auto parsed = parse_options(declare_init(), static_cast<int>(cut.before.size()),
                                    cut.before.data(), read_init);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  InitOptions options = **parsed;
  options.service.command = std::move(cut.command);
  std::error_code code;
  if (std::filesystem::exists(options.file, code))
    return failure(ExitCode::usage,
                   fmt::format("{} is there already; give another --save", quote(options.file)));
  if (!options.service.names_service()) {
    if (isatty(STDIN_FILENO) == 0)
      return failure(ExitCode::usage,
                     "no command, and nobody to ask: right is: tracetax init --get /hello/ada -- "
                     "./server --port {port}");
    if (Status asked = ask_for_the_rest(options); !asked) return failure(asked.error());
  }
  const std::string folder =
      std::filesystem::absolute(options.file, code).lexically_normal().parent_path().string();
  const std::string here = working_folder();
  const JsonSource::Json made = service_suite(options.service, folder == here ? "" : here);
  const auto kinds = ScenarioKinds::with_plugins({});
  if (!kinds) return failure(kinds.error());
  if (Status written = write_file(options.file, suite_text(made)); !written)
    return failure(written.error());
  if (const auto suite = read_checked_suite(options.file, {}, *kinds); !suite)
    return failure(suite.error());
  fmt::print("{} is written. Next: tracetax doctor {}, then: tracetax run {}\n", options.file,
             options.file, options.file);
  return ExitCode::pass;
}

}  // namespace tracetax
