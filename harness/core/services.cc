// SPDX-License-Identifier: Apache-2.0
#include "harness/core/services.h"

namespace tracetax {

std::vector<ServiceSpec> services_of(const Suite& suite, const TargetSpec& target) {
  std::vector<ServiceSpec> all = suite.companions;
  all.insert(all.end(), target.services.begin(), target.services.end());
  if (target.services.empty()) {
    ServiceSpec only;
    only.name = target.name;
    only.front = true;
    all.push_back(std::move(only));
  }
  for (ServiceSpec& service : all) {
    if (!service.front) continue;
    service.role = ServiceRole::subject;
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

}  // namespace tracetax
