// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/list_command.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "harness/cli/programs.h"
#include "harness/cli/topology_trees.h"
#include "harness/core/files/suite_files.h"
#include "harness/core/request/coherence_table.h"
#include "harness/core/text/option_reader.h"
#include "harness/run/process/own_program.h"
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

/// Emulations; marked where the framework itself is built too.
Result<std::string> list_targets(const ScenarioKinds&) {
  return ask_target_program("--list").map([](const std::string& emulations) {
    const std::vector<std::string> built = built_real_services();
    std::istringstream lines(emulations);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      const bool is_built = std::ranges::binary_search(built, name);
      text += line + (is_built ? " [real: built]" : "") + '\n';
    }
    return text + fmt::format(
                      "  real ones (\"real\" in a suite) are in {}: {}\n"
                      "  scripts/build-real builds them\n",
                      real_folder(),
                      built.empty() ? "none is built" : fmt::format("{}", fmt::join(built, ", ")));
  });
}
Result<std::string> list_samplers(const ScenarioKinds&) {
  return ask_target_program("--list-samplers");
}
Result<std::string> list_scenarios(const ScenarioKinds& kinds) { return rows(kinds.entries()); }
Result<std::string> list_formats(const ScenarioKinds&) { return rows(report_formats()); }
std::string files(const std::vector<SuiteListing>& listings) {
  std::string text;
  for (const SuiteListing& file : listings)
    text += fmt::format("  {:<26}{}\n", file.name, file.description);
  return text;
}
Result<std::string> list_suite_names(const ScenarioKinds&) { return files(list_suites()); }
Result<std::string> list_service_names(const ScenarioKinds&) { return files(list_services()); }
Result<std::string> list_topology_names(const ScenarioKinds&) { return files(list_topologies()); }

struct Listing {
  std::string_view name, title;
  Result<std::string> (*make)(const ScenarioKinds& kinds);
};
constexpr std::array kListings{
    Listing{"targets", "frameworks (\"emulated\" in a suite: tracetax-target NAME)", list_targets},
    Listing{"scenarios", "scenario kinds (\"kind\" in a suite)", list_scenarios},
    Listing{"samplers", "samplers of emulated targets (OTEL_TRACES_SAMPLER)", list_samplers},
    Listing{"formats", "report formats (tracetax report --format)", list_formats},
    Listing{"suites", "suites (tracetax run NAME)", list_suite_names},
    Listing{"services", "services (\"use\" in a suite's services and companions)",
            list_service_names},
    Listing{"topologies", "topologies (\"topology\" of a suite's target)", list_topology_names},
};

struct ListOptions {
  std::string what;  // empty: everything
  std::vector<std::string> plugins;
  std::optional<SampleRate> coherence;  // how far ratio samplers agree at this rate
  std::string trees;                    // of this topology; empty: not asked
};

}  // namespace

CommandLine declare_list() {
  return {
      .program = "tracetax list",
      .purpose =
          "Lists what has a name: targets, scenarios, samplers, formats, suites, services or "
          "topologies.",
      .usage = "[WHAT]",
      .positionals = {"what"},
      .groups = {
          {"Options",
           {{"plugin", "a shared object with a scenario kind; may be repeated",
             many_values("FILE")},
            {"coherence", "samplers: how often the ratio samplers of two SDKs keep the same trace"},
            {"trees", "topologies: which spans requests leave in one", one_value("NAME")},
            {"rate", "at which share; with --coherence", one_value("SHARE", "1%")},
            {"h,help", "this text"}}}}};
}

namespace {

ListOptions read_list(OptionReader& reader) {
  if (reader.given("rest")) reader.mistake("list", "one word at most; see tracetax list --help");
  ListOptions options{reader.text("what"), reader.texts("plugin"), {}, reader.text("trees")};
  if (reader.given("trees") && options.what != "topologies")
    reader.mistake("--trees", "it is about topologies: tracetax list topologies --trees NAME");
  if (reader.given("coherence")) {
    options.coherence.emplace();
    reader.read("rate", *options.coherence, parse_sample_rate);
    if (options.what != "samplers")
      reader.mistake("--coherence", "it is about samplers: tracetax list samplers --coherence");
    if (options.coherence->share() <= 0)
      reader.mistake("--rate", "'0%' keeps nothing that others could keep too; use more than 0%");
  } else if (reader.given("rate")) {
    reader.mistake("--rate", "it goes with --coherence only");
  }
  return options;
}

}  // namespace

Result<ExitCode> list_command(int argc, char** argv) {
  const auto options = parse_options(declare_list(), argc, argv, read_list);
  if (!options) return failure(options.error());
  if (!*options) return ExitCode::pass;
  if ((*options)->coherence) {
    fmt::print("{}", coherence_table(*(*options)->coherence));
    return ExitCode::pass;
  }
  if (!(*options)->trees.empty()) {
    const auto text = trees_of_topology((*options)->trees);
    if (!text) return failure(text.error());
    fmt::print("{}", *text);
    return ExitCode::pass;
  }
  const std::string& asked = (*options)->what;
  const auto kinds = ScenarioKinds::with_plugins((*options)->plugins);
  if (!kinds) return failure(kinds.error());
  bool found = asked.empty();
  for (const Listing& listing : kListings) {
    if (!asked.empty() && asked != listing.name) continue;
    found = true;
    const auto text = listing.make(*kinds);
    if (!text) return failure(text.error());
    if (asked.empty()) fmt::print("{}:\n", listing.title);
    fmt::print("{}{}", *text, asked.empty() ? "\n" : "");
  }
  if (!found) return failure(ExitCode::usage, unknown_name("list", asked, listing_names()));
  return ExitCode::pass;
}

std::vector<std::string> listing_names() {
  std::vector<std::string> names;
  for (const Listing& listing : kListings) names.emplace_back(listing.name);
  return names;
}

std::vector<std::string> listed_names(std::string_view what) {
  std::vector<std::string> names;
  const auto listing = std::ranges::find(kListings, what, &Listing::name);
  const auto kinds = ScenarioKinds::with_plugins({});
  if (listing == kListings.end() || !kinds) return names;
  std::istringstream lines(listing->make(*kinds).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::string name;
    std::istringstream(line) >> name;
    names.push_back(name);
  }
  return names;
}

}  // namespace tracetax
