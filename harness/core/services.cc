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

const ServiceSpec* relay_of(const Suite& suite, const TargetSpec& target) {
  for (const std::vector<ServiceSpec>* list : {&suite.companions, &target.services}) {
    for (const ServiceSpec& service : *list) {
      if (service.holds_spans) return &service;
    }
  }
  return nullptr;
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
