// SPDX-License-Identifier: Apache-2.0
#include "targets/topology_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "harness/core/text/suggest.h"
#include "harness/core/text/url_parts.h"
#include "harness/core/topology/topology_reader.h"
#include "targets/program/program.h"

namespace tracetax {
namespace {

struct NamedAddresses {
  std::string name;
  std::vector<GrpcAddress> addresses;
};

/// "inventory=127.0.0.1:80,127.0.0.1:81".
Result<NamedAddresses> parse_named(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return failure(ExitCode::usage, fmt::format("'{}' is not NAME=HOST:PORT", text));
  NamedAddresses named{std::string(text.substr(0, equals)), {}};
  for (text.remove_prefix(equals + 1); !text.empty();) {
    const auto end = std::min(text.find(','), text.size());
    auto address = parse_host_port(text.substr(0, end));
    if (!address) return failure(address.error());
    named.addresses.push_back(std::move(*address));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (named.addresses.empty())
    return failure(ExitCode::usage, fmt::format("'{}=' names no HOST:PORT", named.name));
  return named;
}

std::optional<Topology> read_file(OptionReader& reader) {
  const std::string& path = reader.text("topology");
  const std::ifstream file(path);
  if (!file) {
    reader.mistake("--topology", fmt::format("cannot read '{}'", path));
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  auto system = read_topology(text.str(), path);
  if (!system) {
    reader.mistake(system.error().message);
    return std::nullopt;
  }
  const std::string variant = reader.given("variant") ? reader.text("variant") : "";
  if (!variant.empty() && !system->variants.contains(variant)) {
    std::vector<std::string> known;
    for (const auto& [name, topology] : system->variants) known.push_back(name);
    reader.mistake("--variant", unknown_name("variant", variant, known));
    return std::nullopt;
  }
  return system->of(variant);
}

/// Names of what a service talks to.
struct Needs {
  std::set<std::string> peers, legs;
};

bool stays_inside(const Topology& topology, const std::string& broker) {
  return std::ranges::any_of(topology.brokers, [&](const BrokerLeg& leg) {
    return leg.name == broker && leg.kind == BrokerKind::ring;
  });
}

Needs needs_of(const Topology& topology, const ServiceTopology& service) {
  Needs needs;
  const auto add_broker = [&](const std::string& broker) {
    if (!stays_inside(topology, broker)) needs.legs.insert(broker);
  };
  for_each_step(service, [&](const Step& step) {
    if (const auto* call = std::get_if<CallStep>(&step.what)) needs.peers.insert(call->service);
    if (const auto* sql = std::get_if<SqlStep>(&step.what)) needs.legs.insert(sql->store);
    if (const auto* store = std::get_if<StoreStep>(&step.what)) needs.legs.insert(store->store);
    if (const auto* publish = std::get_if<PublishStep>(&step.what)) add_broker(publish->broker);
  });
  for (const ConsumerSpec& consumer : service.consumers) add_broker(consumer.broker);
  if (!service.calls.registry.empty()) needs.legs.insert(service.calls.registry);
  return needs;
}

std::vector<std::string> leg_names(const Topology& topology) {
  std::vector<std::string> names;
  for (const StoreLeg& leg : topology.stores) names.push_back(leg.name);
  for (const BrokerLeg& leg : topology.brokers) names.push_back(leg.name);
  for (const RegistryLeg& leg : topology.registries) names.push_back(leg.name);
  return names;
}

void read_peers(OptionReader& reader, TopologyChoice& choice) {
  for (const std::string& text : reader.texts("peer")) {
    auto named = parse_named(text);
    if (!named) {
      reader.mistake("--peer", named.error().message);
    } else if (const auto known = find_service(choice.topology, named->name); !known) {
      reader.mistake("--peer", known.error().message);
    } else {
      choice.peers[named->name] = std::move(named->addresses);
    }
  }
}

void read_legs(OptionReader& reader, TopologyChoice& choice) {
  const auto known = leg_names(choice.topology);
  for (const std::string& text : reader.texts("leg")) {
    const auto named = parse_named(text);
    if (!named) {
      reader.mistake("--leg", named.error().message);
    } else if (std::ranges::find(known, named->name) == known.end()) {
      reader.mistake("--leg", unknown_name("store, broker or registry", named->name, known));
    } else {
      choice.legs[named->name] = {named->addresses.front().host, named->addresses.front().port};
    }
  }
}

/// Nobody listens where it does not matter: the pipeline is only looked at.
void check_needs(OptionReader& reader, TopologyChoice& choice, const ServiceTopology& service,
                 bool serves) {
  const Needs needs = needs_of(choice.topology, service);
  for (const std::string& peer : needs.peers) {
    if (choice.peers.contains(peer)) continue;
    if (serves)
      reader.mistake("--peer", fmt::format("'{}' calls '{}', which is nowhere: --peer {}=HOST:PORT",
                                           service.name, peer, peer));
    choice.peers[peer] = {{"127.0.0.1", 0}};
  }
  for (const std::string& leg : needs.legs) {
    if (choice.legs.contains(leg)) continue;
    if (serves)
      reader.mistake("--leg", fmt::format("'{}' uses '{}', which is nowhere: --leg {}=HOST:PORT",
                                          service.name, leg, leg));
    choice.legs[leg] = {};
  }
}

}  // namespace

std::vector<OptionSpec> topology_options() {
  return {{"topology", "be one service of the topology in this file", one_value("FILE")},
          {"variant", "of the topology, in place of its base", one_value("NAME")},
          {"service", "which service", one_value("NAME")},
          {"instance", "which of its instances, from 1", one_value("K", "1")},
          {"peer", "where a service that is called listens: each of its instances",
           many_values("NAME=HOST:PORT,...")},
          {"leg", "where a store, a broker or a registry listens", many_values("NAME=HOST:PORT")}};
}

TopologyChoice read_topology_options(OptionReader& reader, const std::string& framework,
                                     bool serves) {
  TopologyChoice choice;
  reader.read("instance", choice.instance, whole(1U, 1000U));
  if (!reader.given("service"))
    reader.mistake("--service", "which one of the topology? As --service NAME");
  auto topology = read_file(reader);
  if (!topology) return choice;
  choice.topology = std::move(*topology);
  read_peers(reader, choice);
  read_legs(reader, choice);
  if (!reader.given("service")) return choice;
  choice.service = reader.text("service");
  const auto service = find_service(choice.topology, choice.service);
  if (!service) {
    reader.mistake("--service", service.error().message);
    return choice;
  }
  if ((*service)->framework != framework) {
    reader.mistake(fmt::format("'{}'", framework),
                   fmt::format("service '{}' stands behind '{}' in the topology", choice.service,
                               (*service)->framework));
  }
  if (choice.instance > (*service)->instances.size()) {
    reader.mistake("--instance", fmt::format("service '{}' has {}", choice.service,
                                             (*service)->instances.size()));
  }
  check_needs(reader, choice, **service, serves);
  return choice;
}

Result<GrpcAddress> parse_host_port(std::string_view text) {
  const std::string url = fmt::format("http://{}", text);
  const UrlParts parts = split_url(url);
  const auto port = parse_port(parts.after_host.starts_with(':') ? parts.after_host.substr(1) : "");
  if (parts.host.empty() || !port || !parts.path.empty())
    return failure(ExitCode::usage, fmt::format("'{}' is not HOST:PORT", text));
  return GrpcAddress{std::string(parts.host), *port};
}

}  // namespace tracetax
