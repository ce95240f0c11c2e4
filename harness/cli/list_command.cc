// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/list_command.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>

#include "harness/cli/programs.h"
#include "harness/core/suite_files.h"
#include "reports/catalog.h"
#include "scenarios/catalog.h"

namespace tracetax {
namespace {

template <typename Entry>
std::string rows(std::span<const Entry> entries) {
  std::string text;
  for (const auto& entry : entries) text += fmt::format("  {:<26}{}\n", entry.name, entry.help);
  return text;
}

// What tracetax-target prints for one flag: it is never linked in here, so it is asked.
Result<std::string> ask_target_program(const char* flag) {
  const auto program = target_program();
  if (!program) return failure(program.error());
  std::string quoted;
  for (const char c : *program) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  std::FILE* pipe = popen(fmt::format("'{}' {}", quoted, flag).c_str(), "re");
  if (pipe == nullptr) return failure(ExitCode::internal, fmt::format("{} cannot be started", *program));
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), n);
  if (pclose(pipe) != 0) return failure(ExitCode::internal, fmt::format("{} {} failed", *program, flag));
  return text;
}

Result<std::string> list_targets() { return ask_target_program("--list"); }
Result<std::string> list_samplers() { return ask_target_program("--list-samplers"); }
Result<std::string> list_scenarios() { return rows(scenarios()); }
Result<std::string> list_formats() { return rows(report_formats()); }
Result<std::string> list_suite_names() {
  std::string text;
  for (const SuiteListing& suite : list_suites()) text += fmt::format("  {:<26}{}\n", suite.name, suite.description);
  return text;
}

struct Listing {
  std::string_view name, title;
  Result<std::string> (*make)();
};
constexpr std::array kListings{
    Listing{"targets", "emulated targets (\"emulated\" in a suite; tracetax-target NAME)", list_targets},
    Listing{"scenarios", "scenario kinds (\"kind\" in a suite)", list_scenarios},
    Listing{"samplers", "samplers of emulated targets (OTEL_TRACES_SAMPLER)", list_samplers},
    Listing{"formats", "report formats (tracetax report --format)", list_formats},
    Listing{"suites", "suites (tracetax run NAME)", list_suite_names},
};

}  // namespace

Result<ExitCode> list_command(int argc, char** argv) {
  const std::string asked = argc > 1 ? argv[1] : "";
  if (asked == "--help" || asked == "-h") {
    fmt::print("usage: tracetax list [targets|scenarios|samplers|formats|suites]\n");
    return ExitCode::pass;
  }
  if (argc > 2) return failure(ExitCode::usage, "list: one word at most; see tracetax list --help");
  std::vector<std::string> names;
  bool found = asked.empty();
  for (const Listing& listing : kListings) {
    names.emplace_back(listing.name);
    if (!asked.empty() && asked != listing.name) continue;
    found = true;
    const auto text = listing.make();
    if (!text) return failure(text.error());
    if (asked.empty()) fmt::print("{}:\n", listing.title);
    fmt::print("{}{}", *text, asked.empty() ? "\n" : "");
  }
  if (!found) return failure(ExitCode::usage, unknown_name("list", asked, names));
  return ExitCode::pass;
}

}  // namespace tracetax
