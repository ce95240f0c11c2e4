// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/topology_reader.h"

#include <filesystem>
#include <utility>

#include "harness/core/topology/step_reader.h"
#include "harness/core/topology/topology_check.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

constexpr std::size_t kMostInstances = 16;

/// Reads each member of the object `key`, with its name.
template <typename Read>
void read_members(JsonFields& fields, std::string_view key, const Read& read) {
  const Json* members = fields.object(key);
  if (members == nullptr) return;
  for (const auto& [name, value] : members->items()) {
    if (value.is_null()) continue;
    JsonFields inner(value, fields.pointer_to(key) + '/' + pointer_step(name), fields.mistakes());
    read(name, inner);
    inner.finish();
  }
}

ClientRules read_client_rules(JsonFields& fields) {
  ClientRules rules;
  const Json* value = fields.object("calls");
  if (value == nullptr) return rules;
  JsonFields inner(*value, fields.pointer_to("calls"), fields.mistakes());
  rules.balancer = inner.text("balancer").value_or("");
  if (const Json* weights = inner.array("weights")) {
    for (const Json& weight : *weights) {
      if (weight.is_number_integer() && weight.get<int>() > 0) {
        rules.weights.push_back(weight.get<int>());
      } else {
        inner.mistake("weights", "expected whole numbers above 0, one for each instance");
      }
    }
  }
  rules.breaker = inner.boolean("breaker");
  rules.timeout = inner.parsed("timeout", parse_duration).value_or(rules.timeout);
  rules.retries = static_cast<int>(inner.integer("retries", 0, 100).value_or(rules.retries));
  rules.registry = inner.text("registry").value_or("");
  inner.finish();
  return rules;
}

InstanceSpec read_instance(const Json& value, const std::string& pointer, Mistakes& mistakes) {
  JsonFields fields(value, pointer, mistakes);
  InstanceSpec instance;
  instance.slower = fields.number("slower", 0.01, 1000).value_or(1);
  instance.fault = fields.text("fault").value_or("");
  fields.finish();
  return instance;
}

/// A number, or one object each.
std::vector<InstanceSpec> read_instances(JsonFields& fields) {
  const Json* value = fields.any("instances");
  std::vector<InstanceSpec> instances(1);
  if (value == nullptr) return instances;
  if (value->is_array()) {
    instances.clear();
    for (std::size_t i = 0; i < value->size(); ++i) {
      instances.push_back(read_instance(
          (*value)[i], fmt::format("{}/{}", fields.pointer_to("instances"), i), fields.mistakes()));
    }
  } else if (const auto count = fields.integer("instances", 1, kMostInstances)) {
    instances.resize(static_cast<std::size_t>(*count));
  }
  if (instances.empty() || instances.size() > kMostInstances)
    fields.mistake("instances", fmt::format("expected 1 to {}", kMostInstances));
  return instances;
}

ConsumerSpec read_consumer(const Json& value, const std::string& pointer, Mistakes& mistakes) {
  JsonFields fields(value, pointer, mistakes);
  ConsumerSpec consumer;
  fields.require("broker", "the name of one of \"brokers\"");
  consumer.broker = fields.text("broker").value_or("");
  fields.require("from", R"("from": "order.created")");
  consumer.from = fields.text("from").value_or("");
  consumer.batch = static_cast<int>(fields.integer("batch", 1, 10'000).value_or(1));
  const auto join = fields.choice<Join>("join", {{"parent", Join::parent}, {"link", Join::link}});
  consumer.join = join.value_or(consumer.batch > 1 ? Join::link : Join::parent);
  if (consumer.batch > 1 && join == Join::parent)
    fields.mistake("join", "a batch has links: it cannot be the child of all its messages");
  consumer.within = fields.parsed("within", parse_duration).value_or(consumer.within);
  consumer.each = fields.boolean("each").value_or(false);
  if (const Json* steps = fields.array("steps"))
    consumer.steps = read_steps(*steps, fields.pointer_to("steps"), mistakes);
  fields.finish();
  return consumer;
}

ServiceTopology read_service(const std::string& name, JsonFields& fields) {
  ServiceTopology service;
  service.name = name;
  (void)fields.text("description");
  fields.require("framework", R"("framework": "gin", one of `tracetax list targets`)");
  service.framework = fields.text("framework").value_or("");
  service.front = fields.boolean("front").value_or(false);
  service.instances = read_instances(fields);
  service.calls = read_client_rules(fields);
  if (const Json* routes = fields.object("routes")) {
    for (const auto& [route, steps] : routes->items()) {
      service.routes[route] = read_steps(
          steps, fields.pointer_to("routes") + '/' + pointer_step(route), fields.mistakes());
    }
  }
  const Json* consumers = fields.array("consumers");
  for (std::size_t i = 0; consumers != nullptr && i < consumers->size(); ++i) {
    service.consumers.push_back(
        read_consumer((*consumers)[i], fmt::format("{}/{}", fields.pointer_to("consumers"), i),
                      fields.mistakes()));
  }
  return service;
}

StoreLeg read_store_leg(const std::string& name, JsonFields& fields) {
  StoreLeg leg;
  leg.name = name;
  fields.require("kind", R"("kind": "postgresql")");
  leg.kind = fields
                 .choice<StoreKind>("kind", {{"postgresql", StoreKind::postgresql},
                                             {"mariadb", StoreKind::mariadb},
                                             {"redis", StoreKind::redis},
                                             {"mongodb", StoreKind::mongodb},
                                             {"etcd", StoreKind::etcd}})
                 .value_or(leg.kind);
  fields.require("service", "the name of one of \"companions\"");
  leg.service = fields.text("service").value_or("");
  leg.traced_as = fields.text("traced_as").value_or("");
  leg.connections = static_cast<int>(fields.integer("connections", 1, 1000).value_or(10));
  leg.wait = fields.parsed("wait", parse_duration).value_or(leg.wait);
  leg.setup = fields.texts("setup").value_or(leg.setup);
  return leg;
}

BrokerLeg read_broker_leg(const std::string& name, JsonFields& fields) {
  BrokerLeg leg;
  leg.name = name;
  fields.require("kind", R"("kind": "rabbitmq")");
  leg.kind = fields
                 .choice<BrokerKind>("kind", {{"rabbitmq", BrokerKind::rabbitmq},
                                              {"kafka", BrokerKind::kafka},
                                              {"nats", BrokerKind::nats},
                                              {"ring", BrokerKind::ring}})
                 .value_or(leg.kind);
  if (leg.kind != BrokerKind::ring) fields.require("service", "the name of one of \"companions\"");
  leg.service = fields.text("service").value_or("");
  leg.traced_as = fields.text("traced_as").value_or("");
  return leg;
}

RegistryLeg read_registry_leg(const std::string& name, JsonFields& fields) {
  RegistryLeg leg;
  leg.name = name;
  fields.require("kind", R"("kind": "consul")");
  leg.kind = fields
                 .choice<RegistryKind>("kind", {{"consul", RegistryKind::consul},
                                                {"nacos", RegistryKind::nacos},
                                                {"etcd", RegistryKind::etcd}})
                 .value_or(leg.kind);
  fields.require("service", "the name of one of \"companions\"");
  leg.service = fields.text("service").value_or("");
  return leg;
}

Topology read_one(const Json& document, const std::string& pointer, const std::string& name,
                  Mistakes& mistakes) {
  Topology topology;
  topology.name = name;
  JsonFields fields(document, pointer, mistakes);
  (void)fields.any("$schema");
  (void)fields.any("variants");
  topology.description = fields.text("description").value_or("");
  fields.require("services", R"("services": {"gateway": {"framework": "gin", "front": true}})");
  read_members(fields, "services", [&](const std::string& service, JsonFields& inner) {
    topology.services.push_back(read_service(service, inner));
  });
  read_members(fields, "stores", [&](const std::string& leg, JsonFields& inner) {
    topology.stores.push_back(read_store_leg(leg, inner));
  });
  read_members(fields, "brokers", [&](const std::string& leg, JsonFields& inner) {
    topology.brokers.push_back(read_broker_leg(leg, inner));
  });
  read_members(fields, "registries", [&](const std::string& leg, JsonFields& inner) {
    topology.registries.push_back(read_registry_leg(leg, inner));
  });
  const Json* companions = fields.object("companions");
  topology.companions = companions == nullptr ? Json::object() : *companions;
  fields.finish();
  check_topology(topology, pointer, mistakes);
  return topology;
}

}  // namespace

SystemSpec read_topology(const Json& document, const std::string& pointer, const std::string& name,
                         Mistakes& mistakes) {
  SystemSpec system;
  system.document = document;
  system.base = read_one(document, pointer, name, mistakes);
  if (!document.is_object() || !document.contains("variants")) return system;
  if (!document["variants"].is_object()) {
    mistakes.add(pointer + "/variants", "expected an object: {\"NAME\": {what is replaced}}");
    return system;
  }
  for (const auto& [variant, patch] : document["variants"].items()) {
    Json patched = document;
    patched.erase("variants");
    patched.merge_patch(patch);
    const std::string place = pointer + "/variants/" + pointer_step(variant);
    system.variants[variant] = read_one(patched, place, name, mistakes);
    check_variant(system.base, system.variants[variant], place, mistakes);
  }
  return system;
}

Result<SystemSpec> read_topology(std::string_view text, const std::string& file) {
  const auto source = JsonSource::parse(text, file);
  if (!source) return failure(source.error());
  Mistakes mistakes(*source);
  SystemSpec system =
      read_topology(source->root(), "", std::filesystem::path(file).stem().string(), mistakes);
  system.path = file;
  if (!mistakes.empty()) return failure(mistakes.error());
  return system;
}

}  // namespace tracetax
