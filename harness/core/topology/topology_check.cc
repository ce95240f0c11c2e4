// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/topology_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/topology/leg_spans.h"
#include "harness/core/topology/span_names.h"
#include "harness/core/topology/step_walk.h"

namespace tracetax {
namespace {

template <typename Named>
std::vector<std::string> names_in(const std::vector<Named>& all) {
  std::vector<std::string> names;
  for (const Named& one : all) names.push_back(one.name);
  return names;
}

bool is_sql(StoreKind kind) { return kind == StoreKind::postgresql || kind == StoreKind::mariadb; }

/// One document, step by step. Places are those of the services: a step is named by its route.
class Check {
 public:
  Check(const Topology& topology, std::string pointer, Mistakes& mistakes)
      : topology_(topology), pointer_(std::move(pointer)), mistakes_(mistakes) {}

  void run() {
    check_legs(topology_.stores, "stores");
    check_legs(topology_.brokers, "brokers");
    check_legs(topology_.registries, "registries");
    for (const StoreLeg& leg : topology_.stores) check_instrumentation(leg);
    const auto fronts = std::ranges::count(topology_.services, true, &ServiceTopology::front);
    if (!topology_.services.empty() && fronts != 1) {
      mistakes_.add(pointer_ + "/services",
                    "exactly one service is where the load goes; write \"front\": true into it");
    }
    for (const ServiceTopology& service : topology_.services) check_service(service);
    for (const ServiceTopology& service : topology_.services) check_circle(service);
  }

 private:
  std::string place_of(const ServiceTopology& service) const {
    return pointer_ + "/services/" + pointer_step(service.name);
  }

  template <typename Leg>
  void check_legs(const std::vector<Leg>& legs, std::string_view key) {
    std::vector<std::string> companions;
    for (const auto& [name, value] : topology_.companions.items()) companions.push_back(name);
    for (const Leg& leg : legs) {
      if (leg.service.empty() || std::ranges::find(companions, leg.service) != companions.end())
        continue;
      mistakes_.add(fmt::format("{}/{}/{}/service", pointer_, key, pointer_step(leg.name)),
                    unknown_name("companion", leg.service, companions));
    }
  }

  void check_instrumentation(const StoreLeg& leg) {
    const auto known = instrumentations_of(leg.kind);
    if (leg.traced_as.empty() || std::ranges::find(known, leg.traced_as) != known.end()) return;
    mistakes_.add(fmt::format("{}/stores/{}/traced_as", pointer_, pointer_step(leg.name)),
                  unknown_name("instrumentation", leg.traced_as, known));
  }

  void check_service(const ServiceTopology& service) {
    const std::string place = place_of(service);
    const auto frameworks = topology_frameworks();
    if (std::ranges::find(frameworks, service.framework) == frameworks.end())
      mistakes_.add(place + "/framework", unknown_name("framework", service.framework, frameworks));
    if (service.front && wire_of(service.framework) != ServiceWire::http)
      mistakes_.add(place + "/framework", "the front answers HTTP requests, and this one does not");
    if (service.front && service.instances.size() > 1)
      mistakes_.add(place + "/instances", "the load goes to one front");
    if (!service.calls.registry.empty())
      check_name(service.calls.registry, "registry", names_in(topology_.registries),
                 place + "/calls");
    for (const auto& [route, steps] : service.routes) {
      const std::string at = place + "/routes/" + pointer_step(route);
      if (parts_of(route, wire_of(service.framework)).second.empty()) {
        mistakes_.add(at, wire_of(service.framework) == ServiceWire::http
                              ? "is no route; write \"POST /orders/:id\""
                              : "is no method; write \"order.Order/Create\"");
      }
      check_steps(steps, at);
    }
    for (std::size_t i = 0; i < service.consumers.size(); ++i) {
      const std::string at = fmt::format("{}/consumers/{}", place, i);
      check_name(service.consumers[i].broker, "broker", names_in(topology_.brokers), at);
      in_consumer_ = true;
      check_steps(service.consumers[i].steps, at);
      in_consumer_ = false;
    }
  }

  void check_steps(const Steps& steps, const std::string& at) {
    for (const Step& step : steps)
      std::visit([&](const auto& what) { check(what, at); }, step.what);
  }

  void check_name(const std::string& name, std::string_view what,
                  const std::vector<std::string>& known, const std::string& at) {
    if (std::ranges::find(known, name) == known.end())
      mistakes_.add(at, unknown_name(what, name, known));
  }

  void check_branch(const std::optional<Branch>& branch, const std::string& at) {
    if (branch) check_branch(*branch, at);
  }
  void check_branch(const Branch& branch, const std::string& at) {
    if (in_consumer_) {
      mistakes_.add(at,
                    fmt::format("the branch {} stands in a consumer, where no answer could tell "
                                "that it was taken",
                                quote(branch.label)));
    }
    if (!branch.label.empty() && !labels_.insert(branch.label).second)
      mistakes_.add(at, fmt::format("the label {} stands here a second time", quote(branch.label)));
    check_steps(branch.steps, at);
  }

  void check(const SpanStep& step, const std::string& at) { check_steps(step.steps, at); }
  void check(const CallStep& step, const std::string& at) {
    const auto callee = std::ranges::find(topology_.services, step.service, &ServiceTopology::name);
    if (callee == topology_.services.end()) {
      mistakes_.add(at, unknown_name("service", step.service, names_in(topology_.services)));
    } else if (!callee->routes.contains(step.route)) {
      std::vector<std::string> routes;
      for (const auto& [route, steps] : callee->routes) routes.push_back(route);
      mistakes_.add(at, unknown_name("route of " + step.service, step.route, routes));
    }
    check_branch(step.failed, at);
  }
  void check(const ParallelStep& step, const std::string& at) {
    for (const Steps& steps : step.branches) check_steps(steps, at);
  }
  void check_store(const std::string& store, bool sql, const std::string& at) {
    const auto leg = std::ranges::find(topology_.stores, store, &StoreLeg::name);
    if (leg == topology_.stores.end()) {
      mistakes_.add(at, unknown_name("store", store, names_in(topology_.stores)));
    } else if (is_sql(leg->kind) != sql) {
      mistakes_.add(at, fmt::format("the store {} takes {}", quote(store),
                                    sql ? "commands: \"store\", and not \"sql\""
                                        : "statements: \"sql\", and not \"store\""));
    }
  }
  void check(const SqlStep& step, const std::string& at) {
    check_store(step.store, true, at);
    check_branch(step.none, at);
  }
  void check(const StoreStep& step, const std::string& at) {
    check_store(step.store, false, at);
    check_branch(step.none, at);
  }
  void check(const PublishStep& step, const std::string& at) {
    check_name(step.broker, "broker", names_in(topology_.brokers), at);
  }
  void check(const LimitStep& step, const std::string& at) { check_branch(step.none, at); }
  void check(const WorkStep& step, const std::string& at) { check_branch(step.none, at); }
  void check(const SpinStep&, const std::string&) {}
  void check(const AllocStep&, const std::string&) {}
  void check(const SleepStep&, const std::string&) {}
  void check(const AnswerStep&, const std::string&) {}

  /// Whether calls lead back to the service.
  void check_circle(const ServiceTopology& service) {
    std::set<std::string> seen;
    const std::function<void(const Steps&)> follow = [&](const Steps& steps) {
      for_each_call(steps, [&](const CallStep& call) {
        if (!seen.insert(call.service).second) return;
        const auto callee =
            std::ranges::find(topology_.services, call.service, &ServiceTopology::name);
        if (callee == topology_.services.end()) return;
        for (const auto& [route, further] : callee->routes) follow(further);
      });
    };
    for (const auto& [route, steps] : service.routes) follow(steps);
    if (seen.contains(service.name))
      mistakes_.add(place_of(service), "its calls lead back to itself; calls form no circle");
  }

  const Topology& topology_;
  const std::string pointer_;
  Mistakes& mistakes_;
  std::set<std::string> labels_;
  bool in_consumer_ = false;
};

}  // namespace

void check_topology(const Topology& topology, const std::string& pointer, Mistakes& mistakes) {
  Check(topology, pointer, mistakes).run();
}

void check_variant(const Topology& base, const Topology& variant, const std::string& pointer,
                   Mistakes& mistakes) {
  const auto same_legs = [](const auto& left, const auto& right) {
    return std::ranges::equal(left, right, [](const auto& a, const auto& b) {
      return a.name == b.name && a.service == b.service;
    });
  };
  const bool same =
      std::ranges::equal(base.services, variant.services,
                         [](const ServiceTopology& left, const ServiceTopology& right) {
                           return left.name == right.name && left.framework == right.framework &&
                                  left.instances.size() == right.instances.size();
                         }) &&
      same_legs(base.stores, variant.stores) && same_legs(base.brokers, variant.brokers) &&
      same_legs(base.registries, variant.registries) && base.companions == variant.companions;
  if (!same) {
    mistakes.add(pointer,
                 "changes which processes there are; a variant has the services, frameworks, "
                 "instances, legs and companions of the topology");
  }
}

}  // namespace tracetax
