// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/system_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "harness/core/files/suite_files.h"
#include "harness/core/suite/service_reader.h"
#include "harness/core/text/text_file.h"
#include "harness/core/topology/span_trees.h"
#include "harness/core/topology/step_walk.h"
#include "harness/core/topology/topology_reader.h"

namespace tracetax {
namespace {

/// "order", or "order-2" of several instances.
std::string process_name(const ServiceTopology& service, std::size_t instance) {
  return service.instances.size() == 1 ? service.name
                                       : fmt::format("{}-{}", service.name, instance + 1);
}

std::string addresses_of(const ServiceTopology& service) {
  std::string text = service.name + "=";
  for (std::size_t i = 0; i < service.instances.size(); ++i)
    text += fmt::format("{}127.0.0.1:{{port.{}}}", i == 0 ? "" : ",", process_name(service, i));
  return text;
}

/// Its services of its own, as "services" of a suite say it.
Json process_form(const Topology& topology, const ServiceTopology& service, std::size_t instance,
                  const std::string& path) {
  Json command = {std::string(kTargetProgram),
                  service.framework,
                  "--topology",
                  path,
                  "--service",
                  service.name,
                  "--instance",
                  fmt::format("{}", instance + 1),
                  "--port",
                  "{port}"};
  for (const ServiceTopology& peer : topology.services) {
    if (peer.name == service.name) continue;
    command.push_back("--peer");
    command.push_back(addresses_of(peer));
  }
  const auto add_legs = [&command](const auto& legs) {
    for (const auto& leg : legs) {
      if (leg.service.empty()) continue;
      command.push_back("--leg");
      command.push_back(fmt::format("{}=127.0.0.1:{{port.{}}}", leg.name, leg.service));
    }
  };
  add_legs(topology.stores);
  add_legs(topology.brokers);
  add_legs(topology.registries);
  Json form{{"command", std::move(command)},
            {"env",
             {{"OTEL_SERVICE_NAME", service.name},
              // Before the names of queues, so that copies of a system can share a broker.
              {"TRACETAX_NAMESPACE", fmt::format("{{port.{}}}", front_service(topology).name)}}},
            {"ready", "tcp://127.0.0.1:{port}"},
            {"ready_within", "30s"},  // stores are set up before
            {"stop_within", "35s"}};  // they flush for up to 30 s
  if (const std::string& fault = service.instances[instance].fault; !fault.empty())
    form["env"]["TRACETAX_FAULT"] = fault;
  if (service.front) form["front"] = true;
  return form;
}

/// Who is called stands before who calls.
void add_in_order(const Topology& topology, const ServiceTopology& service,
                  std::set<std::string>& done, std::vector<const ServiceTopology*>& order) {
  if (!done.insert(service.name).second) return;
  for (const ServiceTopology& other : topology.services) {
    if (calls(service, other.name)) add_in_order(topology, other, done, order);
  }
  order.push_back(&service);
}

std::shared_ptr<const SystemSpec> read_system(JsonFields& fields, const std::string& name) {
  constexpr std::string_view kKey = "topology";
  const Json* value = fields.any(kKey);
  const std::string pointer = fields.pointer_to(kKey);
  if (value != nullptr && value->is_object()) {
    return std::make_shared<const SystemSpec>(
        read_topology(*value, pointer, name, fields.mistakes()));
  }
  const auto written = fields.text(kKey);
  if (!written) return nullptr;
  const JsonSource* source = fields.mistakes().source();
  const std::string file = source == nullptr ? "" : source->origin_of(fields.pointer());
  auto system = find_topology(*written, std::filesystem::path(file).parent_path().string())
                    .and_then([](const std::string& found) -> Result<SystemSpec> {
                      const std::string path =
                          std::filesystem::absolute(found).lexically_normal().string();
                      const auto text = read_file(path, kLargestJson);
                      if (!text) return failure(text.error());
                      return read_topology(*text, path);
                    });
  if (!system) {
    fields.mistakes().add_told(pointer, system.error().message);
    return nullptr;
  }
  return std::make_shared<const SystemSpec>(std::move(*system));
}

}  // namespace

void read_system_target(JsonFields& fields, TargetSpec& target) {
  target.kind = TargetKind::command;
  target.can_be_absent = true;
  target.says_absent = true;
  target.system = read_system(fields, target.name);
  if (!target.system || target.system->base.services.empty()) return;
  const Topology& base = target.system->base;
  Json services = base.companions;
  for (auto& [name, companion] : services.items()) {
    if (!companion.is_object()) continue;  // read_services tells it
    // Who stands there by its command is a companion all the same.
    for (const auto& [key, value] :
         {std::pair<const char*, Json>{"role", "companion"}, {"traced", false}})
      if (!companion.contains(key)) companion[key] = value;
  }
  std::set<std::string> done;
  std::vector<const ServiceTopology*> order;
  for (const ServiceTopology& service : base.services)
    if (!service.front) add_in_order(base, service, done, order);
  for (const ServiceTopology& service : base.services) add_in_order(base, service, done, order);
  for (const ServiceTopology* service : order) {
    for (std::size_t i = 0; i < service->instances.size(); ++i) {
      const std::string name = process_name(*service, i);
      if (services.contains(name))
        fields.mistake("topology", fmt::format("has a companion and a service called {}", name));
      services[name] = process_form(base, *service, i, target.system->path);
    }
  }
  target.services = read_services(services, fields.pointer_to("topology"), true, fields.mistakes());
}

Json system_form(const TargetSpec& target, Json companions) {
  Json document = target.system->document;
  document["companions"] = std::move(companions);
  return document;
}

bool is_of_system(const TargetSpec& target, const ServiceSpec& service) {
  return target.system && !service.command.empty() && service.command.front() == kTargetProgram;
}

}  // namespace tracetax
