// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/init_command.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "harness/cli/measure/imported_requests.h"
#include "harness/cli/measure/service_options.h"
#include "harness/cli/measure/service_suite.h"
#include "harness/cli/measure/suite_file.h"
#include "harness/cli/measurement.h"
#include "harness/cli/suite_options.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/shell_words.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

struct InitOptions {
  ServiceOptions service;
  std::string file;
  std::string from;  // a file with requests; empty: none
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
                  {{"from",
                    "requests of an OpenAPI 3 file (JSON), a HAR or an .http file; without a "
                    "COMMAND, a scenario for `tracetax load` is written",
                    one_value("FILE")},
                   {"save", "the file to write", one_value("FILE", "tracetax.json")},
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
  options.from = reader.text("from");
  if (reader.given("from"))
    refuse_options(reader, {"get", "post", "grpc", "data", "header"}, "stands in the --from file");
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

std::string folder_of(const std::string& file) {
  std::error_code code;
  return std::filesystem::absolute(file, code).lexically_normal().parent_path().string();
}

/// What of the requests is still to be given, and whether all of it is in the environment.
bool tell_what_is_to_be_given(const ImportedRequests& imported) {
  bool all_set = true;
  for (const auto& [name, what] : imported.to_be_given) {
    const bool is_set = std::getenv(name.c_str()) != nullptr;
    all_set = all_set && is_set;
    fmt::print(stderr, "to be given: {}, {}{}\n", name, printable(what, 100),
               is_set ? " (is set)" : fmt::format(": export {}=...", name));
  }
  for (const std::string& note : imported.notes) fmt::print(stderr, "{}\n", printable(note, 200));
  return all_set;
}

/// The scenario of the file, in a suite where a command is given, else by itself.
Result<ExitCode> write_imported(const InitOptions& options) {
  constexpr std::size_t kLargestFile = 256U << 20;  // HARs hold the answers too
  const auto text = read_file(options.from, kLargestFile);
  if (!text) return failure(text.error().within("--from"));
  const auto imported = import_requests(*text, options.from);
  if (!imported) return failure(imported.error().within("--from"));
  JsonSource::Json made = imported_scenario(*imported);
  const bool is_suite = options.service.names_service();
  if (is_suite) {
    const std::string here = working_folder();
    JsonSource::Json suite =
        service_suite(options.service, folder_of(options.file) == here ? "" : here);
    suite["scenarios"] = {{"imported", std::move(made)}};
    made = std::move(suite);
  }
  if (Status written = write_file(options.file, suite_text(made)); !written)
    return failure(written.error());
  const bool all_set = tell_what_is_to_be_given(*imported);
  fmt::print("{} is written, with {} request{}. ", options.file, imported->requests.size(),
             imported->requests.size() == 1 ? "" : "s");
  if (!is_suite) {
    fmt::print("Next: tracetax load {}/ --scenario {}\n",
               imported->origin.empty() ? "http://HOST:PORT" : imported->origin, options.file);
    return ExitCode::pass;
  }
  fmt::print("Next: tracetax doctor {}, then: tracetax run {}\n", options.file, options.file);
  if (!all_set) return ExitCode::pass;
  const auto kinds = ScenarioKinds::with_plugins({});
  if (!kinds) return failure(kinds.error());
  if (const auto suite = read_checked_suite(options.file, {}, *kinds); !suite)
    return failure(suite.error());
  return ExitCode::pass;
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
  if (!options.from.empty()) return write_imported(options);
  if (!options.service.names_service()) {
    if (isatty(STDIN_FILENO) == 0)
      return failure(ExitCode::usage,
                     "no command, and nobody to ask: right is: tracetax init --get /hello/ada -- "
                     "./server --port {port}");
    if (Status asked = ask_for_the_rest(options); !asked) return failure(asked.error());
  }
  const std::string folder = folder_of(options.file);
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
