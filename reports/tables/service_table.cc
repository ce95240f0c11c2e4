// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/service_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/core/text/units.h"
#include "harness/stats/sample.h"
#include "reports/words/ledger_words.h"

namespace tracetax {
namespace {

constexpr const char* kSum = "all together";

/// CPU per request of the service called `name`, or of all, in the valid segments of an arm.
std::string cost_text(const RunResult& result, int cell, int arm, const std::string& name) {
  std::vector<double> costs_us;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.arm != arm || !segment.valid() ||
        segment.services.empty() || segment.requests == 0)
      continue;
    double used_us = 0;
    for (const ServiceUsage& service : segment.services) {
      if (name == kSum || service.name == name)
        used_us += static_cast<double>(service.cpu_ns) / 1e3;
    }
    costs_us.push_back(used_us / static_cast<double>(segment.requests));
  }
  const auto middle = median(costs_us);
  return middle ? fmt::format("{} us", format_number(*middle)) : "-";
}

}  // namespace

std::optional<Table> service_table(const RunResult& result, int cell) {
  const auto with_services =
      std::ranges::find_if(result.segments, [cell](const SegmentRecord& segment) {
        return segment.spec.cell == cell && !segment.services.empty();
      });
  if (with_services == result.segments.end()) return std::nullopt;
  Table table;
  table.columns = {{.title = "service"}, {.title = "role", .keep = 1}};
  const int arms = static_cast<int>(result.suite.arms.size());
  for (int arm = 0; arm < arms; ++arm) {
    const std::string& own = result.suite.arms[static_cast<std::size_t>(arm)].name;
    table.columns.push_back({.title = name_with_loss(result, cell, own),
                             .right = true,
                             .keep = arm == 0 || arm + 1 == arms ? 0 : arm + 1});
  }
  std::vector<ServiceUsage> rows = with_services->services;
  rows.push_back({kSum, ServiceRole::companion, 0, 0});
  for (const ServiceUsage& service : rows) {
    const bool sum = service.name == kSum;
    std::vector<std::string> row{service.name, sum ? "" : std::string(name_of(service.role))};
    for (int arm = 0; arm < arms; ++arm) row.push_back(cost_text(result, cell, arm, service.name));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace tracetax
