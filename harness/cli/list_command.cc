// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/list_command.h"

#include <array>
#include <optional>
#include <vector>

#include "harness/cli/option_reader.h"
#include "harness/cli/programs.h"
#include "harness/core/suite/suite_files.h"
#include "reports/catalog.h"
#include "scenarios/plugin/plugin_host.h"

namespace tracetax {
namespace {

template <typename Entry>
std::string rows(std::span<const Entry> entries) {
  std::string text;
  for (const auto& entry : entries) text += fmt::format("  {:<26}{}\n", entry.name, entry.help);
  return text;
}

Result<std::string> list_targets(const ScenarioKinds&) { return ask_target_program("--list"); }
Result<std::string> list_samplers(const ScenarioKinds&) {
  return ask_target_program("--list-samplers");
}
Result<std::string> list_scenarios(const ScenarioKinds& kinds) { return rows(kinds.entries()); }
Result<std::string> list_formats(const ScenarioKinds&) { return rows(report_formats()); }
Result<std::string> list_suite_names(const ScenarioKinds&) {
  std::string text;
  for (const SuiteListing& suite : list_suites())
    text += fmt::format("  {:<26}{}\n", suite.name, suite.description);
  return text;
}

struct Listing {
  std::string_view name, title;
  Result<std::string> (*make)(const ScenarioKinds& kinds);
};
constexpr std::array kListings{
    Listing{"targets", "emulated targets (\"emulated\" in a suite; tracetax-target NAME)",
            list_targets},
    Listing{"scenarios", "scenario kinds (\"kind\" in a suite)", list_scenarios},
    Listing{"samplers", "samplers of emulated targets (OTEL_TRACES_SAMPLER)", list_samplers},
    Listing{"formats", "report formats (tracetax report --format)", list_formats},
    Listing{"suites", "suites (tracetax run NAME)", list_suite_names},
};

struct ListOptions {
  std::string what;  // empty: everything
  std::vector<std::string> plugins;
};

Result<std::optional<ListOptions>> parse_list_options(int argc, char** argv) {
  using Texts = std::vector<std::string>;
  cxxopts::Options declared(
      "tracetax list", "Lists what has a name: targets, scenarios, samplers, formats or suites.");
  declared.positional_help("[targets|scenarios|samplers|formats|suites]")
      .custom_help("[OPTION...]");
  declared.parse_positional({"what"});
  declared.add_options("Options")  //
      ("plugin", "a shared object with a scenario kind; may be repeated", cxxopts::value<Texts>(),
       "FILE")  //
      ("h,help", "this text");
  declared.add_options("hidden")("what", "", cxxopts::value<Texts>());
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Options"}));
    return std::nullopt;
  }
  ListOptions options;
  if (parsed->count("plugin") != 0) options.plugins = (*parsed)["plugin"].as<Texts>();
  if (parsed->count("what") > 1)
    return failure(ExitCode::usage, "list: one word at most; see tracetax list --help");
  if (parsed->count("what") != 0) options.what = (*parsed)["what"].as<Texts>().front();
  return options;
}

}  // namespace

Result<ExitCode> list_command(int argc, char** argv) {
  const auto options = parse_list_options(argc, argv);
  if (!options) return failure(options.error());
  if (!*options) return ExitCode::pass;
  const std::string& asked = (*options)->what;
  const auto kinds = ScenarioKinds::with_plugins((*options)->plugins);
  if (!kinds) return failure(kinds.error());
  std::vector<std::string> names;
  bool found = asked.empty();
  for (const Listing& listing : kListings) {
    names.emplace_back(listing.name);
    if (!asked.empty() && asked != listing.name) continue;
    found = true;
    const auto text = listing.make(*kinds);
    if (!text) return failure(text.error());
    if (asked.empty()) fmt::print("{}:\n", listing.title);
    fmt::print("{}{}", *text, asked.empty() ? "\n" : "");
  }
  if (!found) return failure(ExitCode::usage, unknown_name("list", asked, names));
  return ExitCode::pass;
}

}  // namespace tracetax
