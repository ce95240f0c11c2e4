// SPDX-License-Identifier: Apache-2.0
#include "harness/core/services.h"

#include <algorithm>

namespace tracetax {

std::vector<ServiceSpec> services_of(const Suite& suite, const TargetSpec& target) {
  std::vector<ServiceSpec> all = suite.companions;
  all.insert(all.end(), target.services.begin(), target.services.end());
  if (target.services.empty()) {
    ServiceSpec only;
    only.name = target.name;
    only.front = true;
    only.role = ServiceRole::subject;
    all.push_back(std::move(only));
  }
  for (ServiceSpec& service : all) {
    if (!service.front) continue;
    service.traced = true;
    service.ready = target.ready;
    service.ready_within = target.ready_within;
    service.stop_within = target.stop_within;
  }
  return all;
}

namespace {

template <typename Holds>
const ServiceSpec* first_relay(const Suite& suite, const TargetSpec& target, const Holds& holds) {
  for (const std::vector<ServiceSpec>* list : {&suite.companions, &target.services}) {
    for (const ServiceSpec& service : *list) {
      if (service.holds_spans && holds(service)) return &service;
    }
  }
  return nullptr;
}

bool any_value(const Environment& environment, const std::string& name) {
  return std::ranges::any_of(environment, [&name](const auto& entry) {
    return entry.second.find(name + "}") != std::string::npos ||
           entry.second.find(name + ".") != std::string::npos;
  });
}

/// Names it in what it changes itself.
bool names_in_arm(const ArmSpec& arm, const TargetSpec& target, const std::string& name) {
  if (any_value(arm.env, name)) return true;
  const auto own = arm.per_target.find(target.name);
  return own != arm.per_target.end() && any_value(own->second.env, name);
}

}  // namespace

const ServiceSpec* relay_of(const Suite& suite, const TargetSpec& target) {
  return first_relay(suite, target, [](const ServiceSpec&) { return true; });
}

const ServiceSpec* relay_of(const Suite& suite, const TargetSpec& target, const ArmSpec& arm) {
  return first_relay(suite, target, [&](const ServiceSpec& service) {
    return is_sent_to(suite, target, arm, service);
  });
}

bool is_sent_to(const Suite& suite, const TargetSpec& target, const ArmSpec& arm,
                const ServiceSpec& service) {
  const std::string name = "{port." + service.name;
  if (names_in_arm(arm, target, name)) return true;
  const bool of_some_arms = std::ranges::any_of(
      suite.arms, [&](const ArmSpec& other) { return names_in_arm(other, target, name); });
  if (!of_some_arms) return true;
  const auto named_by = [&](const ServiceSpec& other) { return any_value(other.env, name); };
  return any_value(suite.env, name) || any_value(target.env, name) ||
         std::ranges::any_of(services_of(suite, target), named_by);
}

bool passes_spans_on(const Suite& suite, const TargetSpec& target) {
  const auto names_sink = [](const std::string& text) {
    return text.find("{sink_http}") != text.npos || text.find("{sink_grpc}") != text.npos;
  };
  const auto named = [&](const auto& entry) { return names_sink(entry.second); };
  if (std::ranges::any_of(target.command, names_sink) || std::ranges::any_of(target.env, named))
    return true;
  return std::ranges::any_of(services_of(suite, target), [&](const ServiceSpec& service) {
    return service.holds_spans || std::ranges::any_of(service.command, names_sink) ||
           std::ranges::any_of(service.env, named) || std::ranges::any_of(service.files, named);
  });
}

}  // namespace tracetax
