// Every stage and every choice that a stage has is in the pipeline of some suite's target, or in a
// client of one of its topologies. What no suite reaches is code that nobody measures.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <typeinfo>

#include "harness/core/text/checkout_testing.h"
#include "harness/core/topology/step_walk.h"
#include "harness/core/topology/topology_reader.h"
#include "targets/frameworks/clients.h"

namespace tracetax {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

struct Reached {
  std::set<std::string> stages;  // typeid's names
  std::set<int> balancers, subsets, backoffs, pools, guards, wires;

  void add(const StageSpec& stage) {
    std::visit([this](const auto& spec) { stages.insert(typeid(spec).name()); }, stage);
    if (const auto* pick = std::get_if<PickSpec>(&stage))
      balancers.insert(static_cast<int>(pick->balancer));
    if (const auto* found = std::get_if<DiscoverySpec>(&stage))
      subsets.insert(static_cast<int>(found->rules.subset));
    if (const auto* retry = std::get_if<RetrySpec>(&stage))
      backoffs.insert(static_cast<int>(retry->backoff));
    if (const auto* call = std::get_if<CallSpec>(&stage)) {
      wires.insert(static_cast<int>(call->wire));
      pools.insert(static_cast<int>(call->pool.kind));
    }
    if (const auto* all = std::get_if<GuardsSpec>(&stage))
      for (const Guard guard : all->guards) guards.insert(static_cast<int>(guard));
  }

  /// With those that it starts.
  void add_framework(std::string_view name) {
    const auto make = find_in_catalog(framework_catalog(), "target", name);
    ASSERT_TRUE(make) << make.error().message;
    const Framework framework = (*make)();
    for (const StageSpec& stage : stages_of(framework)) add(stage);
    if (!framework.back.empty()) add_framework(framework.back);
  }

  void add_client(const Topology& topology, const ServiceTopology& caller, const CallStep& call) {
    const auto callee = std::ranges::find(topology.services, call.service, &ServiceTopology::name);
    ASSERT_NE(callee, topology.services.end()) << call.service;
    const auto make = find_in_catalog(framework_catalog(), "target", callee->framework);
    ASSERT_TRUE(make) << make.error().message;
    const auto wire = client_wire((*make)());
    ASSERT_TRUE(wire) << wire.error().message;
    const auto client = client_stages(caller.framework, *wire, caller.calls);
    ASSERT_TRUE(client) << topology.name << ": " << client.error().message;
    for (const StageSpec& stage : *client) add(stage);
  }

  void add_topology(const Topology& topology) {
    for (const ServiceTopology& service : topology.services) {
      add_framework(service.framework);
      const auto see = [&](const CallStep& call) { add_client(topology, service, call); };
      for (const auto& [route, steps] : service.routes) for_each_call(steps, see);
      for (const ConsumerSpec& consumer : service.consumers) for_each_call(consumer.steps, see);
    }
  }
};

Reached reached_by_suites() {
  Reached reached;
  const std::filesystem::path folder = source_folder() + "/scenarios/suites";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json" || entry.path().filename() == "suite.schema.json")
      continue;
    const auto suite = nlohmann::json::parse(text_of(entry.path()), nullptr, true, true);
    const auto targets = suite.value("targets", nlohmann::json::object());
    for (const auto& [name, target] : targets.items()) {
      for (const char* kind : {"emulated", "framework"}) {
        if (target.is_object() && target.contains(kind) && target[kind].is_string())
          reached.add_framework(target[kind].get<std::string>());
      }
      if (!target.is_object() || !target.contains("topology") || !target["topology"].is_string()) {
        continue;
      }
      std::filesystem::path file = target["topology"].get<std::string>();
      if (!file.has_extension()) file = "../systems/" + file.string() + ".json";
      file = folder / file;
      const auto system = read_topology(text_of(file), file.string());
      EXPECT_TRUE(system) << system.error().message;
      if (!system) continue;
      reached.add_topology(system->base);
      for (const auto& [variant, topology] : system->variants) reached.add_topology(topology);
    }
  }
  return reached;
}

template <std::size_t... At>
std::set<std::string> every_stage(std::index_sequence<At...>) {
  return {typeid(std::variant_alternative_t<At, StageSpec>).name()...};
}
std::set<std::string> every_stage() {
  return every_stage(std::make_index_sequence<std::variant_size_v<StageSpec>>());
}

TEST(Reached, EveryStageByASuite) {
  const Reached reached = reached_by_suites();
  for (const std::string& stage : every_stage()) {
    EXPECT_TRUE(reached.stages.contains(stage)) << "no suite reaches " << stage;
  }
  const auto all_of = [](const std::set<int>& seen, auto last, const char* what) {
    for (int i = 0; i <= static_cast<int>(last); ++i)
      EXPECT_TRUE(seen.contains(i)) << "no suite: " << what << i;
  };
  all_of(reached.guards, Guard::cors, "guard ");
  all_of(reached.balancers, Balancer::first, "balancer ");
  all_of(reached.subsets, Subset::ring, "subset ");
  all_of(reached.backoffs, Backoff::exponential, "back-off ");
  all_of(reached.pools, PoolKind::age, "pool ");
  all_of(reached.wires, CallWire::grpc, "wire ");
}

/// A stage that frameworks cannot name would be reached by none, and the test above not see it.
TEST(Reached, EveryStageOfTheRoomsCanBeNamed) {
  const std::set<std::string> named = every_stage();
  const std::regex makes("make_stage\\(const (\\w+Spec)& ");
  int seen = 0;
  for (const char* room : {"govern", "client", "flow"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(source_folder() + "/targets/stages/" + room)) {
      if (entry.path().extension() != ".h") continue;
      const std::string text = text_of(entry.path());
      for (std::sregex_iterator at(text.begin(), text.end(), makes), end; at != end; ++at) {
        ++seen;
        const std::string name = (*at)[1];
        EXPECT_TRUE(std::ranges::any_of(
            named, [&](const std::string& one) { return one.ends_with(name + "E"); }))
            << entry.path() << ": " << name;
      }
    }
  }
  EXPECT_GT(seen, 15);
}

}  // namespace
}  // namespace tracetax
