// SPDX-License-Identifier: Apache-2.0
#include "targets/topology_service.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/topology/step_walk.h"

namespace tracetax {
namespace {

bool uses_store(const ServiceTopology& service, const std::string& store) {
  bool uses = false;
  for_each_step(service, [&](const Step& step) {
    const auto* sql = std::get_if<SqlStep>(&step.what);
    const auto* other = std::get_if<StoreStep>(&step.what);
    uses = uses || (sql != nullptr && sql->store == store) ||
           (other != nullptr && other->store == store);
  });
  return uses;
}

bool uses_broker(const ServiceTopology& service, const std::string& broker) {
  bool uses = false;
  for_each_step(service, [&](const Step& step) {
    const auto* publish = std::get_if<PublishStep>(&step.what);
    uses = uses || (publish != nullptr && publish->broker == broker);
  });
  for (const ConsumerSpec& consumer : service.consumers) uses = uses || consumer.broker == broker;
  return uses;
}

/// Whether one of its callers asks that registry for it.
bool is_found_by(const Topology& topology, const std::string& service,
                 const std::string& registry) {
  return std::ranges::any_of(topology.services, [&](const ServiceTopology& caller) {
    return caller.calls.registry == registry && calls(caller, service);
  });
}

LegAddress address_of(const TopologyChoice& choice, const std::string& leg) {
  const auto found = choice.legs.find(leg);
  return found == choice.legs.end() ? LegAddress{} : found->second;  // a ring has none
}

/// A schema is made once: by the first service that uses the store, its first instance.
bool sets_up(const Program& program, const std::string& store) {
  if (program.spec().instance != 1) return false;
  for (const ServiceTopology& service : program.spec().topology.services) {
    if (uses_store(service, store)) return service.name == program.service().name;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<TopologyService>> TopologyService::make(const TopologyChoice& choice,
                                                               Tracer& tracer) {
  const auto service = find_service(choice.topology, choice.service);
  if (!service) return failure(service.error());
  ProgramSpec spec{.topology = choice.topology,
                   .service = choice.service,
                   .instance = choice.instance,
                   .peers = choice.peers,
                   .stores = {},
                   .brokers = {}};
  for (const StoreLeg& leg : choice.topology.stores) {
    if (!uses_store(**service, leg.name)) continue;
    auto store = make_store(leg, address_of(choice, leg.name));
    if (!store) return failure(store.error());
    spec.stores[leg.name] = std::move(*store);
  }
  for (const BrokerLeg& leg : choice.topology.brokers) {
    if (!uses_broker(**service, leg.name)) continue;
    auto broker = make_broker(leg, address_of(choice, leg.name));
    if (!broker) return failure(broker.error());
    spec.brokers[leg.name] = std::move(*broker);
  }
  for (const RegistryLeg& leg : choice.topology.registries) {
    if ((*service)->calls.registry != leg.name &&
        !is_found_by(choice.topology, choice.service, leg.name)) {
      continue;
    }
    spec.registries[leg.name] = make_registry(leg, address_of(choice, leg.name));
  }
  auto program = Program::make(std::move(spec), tracer);
  if (!program) return failure(program.error());
  std::unique_ptr<TopologyService> made(new TopologyService);
  made->program_ = std::move(*program);
  return made;
}

Status TopologyService::begin(const LegAddress& self) {
  for (const StoreLeg& leg : program_->spec().topology.stores) {
    const auto store = program_->spec().stores.find(leg.name);
    if (store == program_->spec().stores.end()) continue;
    const bool first = sets_up(*program_, leg.name);
    if (auto status = store->second->set_up(first ? leg.setup : std::vector<std::string>{});
        !status) {
      return status;
    }
  }
  auto consumers = Consumers::start(*program_);
  if (!consumers) return failure(consumers.error());
  consumers_ = std::move(*consumers);
  const ProgramSpec& spec = program_->spec();
  for (const auto& [name, registry] : spec.registries) {
    if (!is_found_by(spec.topology, spec.service, name)) continue;
    auto enrolment = registry->enrol(spec.service, self);
    if (!enrolment) return failure(enrolment.error());
    enrolments_.push_back(std::move(*enrolment));
  }
  return {};
}

void TopologyService::end() {
  enrolments_.clear();
  if (consumers_) consumers_->stop();
}

std::string TopologyService::invariants_line() const {
  auto all = program_->invariants();
  if (consumers_) {
    for (Invariant& one : consumers_->invariants()) all.push_back(std::move(one));
  }
  if (all.empty()) return {};
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Invariant& one : all) {
    list.push_back({{"name", one.name}, {"holds", one.holds}, {"saw", one.saw}});
  }
  const nlohmann::ordered_json line{{"tracetax_invariants", std::move(list)}};
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tracetax
