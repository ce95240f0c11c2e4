// SPDX-License-Identifier: Apache-2.0
#include "reports/record/warmth_json.h"

#include <limits>
#include <vector>

namespace tracetax {
namespace {

constexpr std::size_t kMostWindows = 100'000;

std::vector<double> read_costs(JsonFields& fields, std::string_view key, std::size_t most) {
  std::vector<double> costs;
  const Json* list = fields.array(key);
  if (list == nullptr) return costs;
  for (const Json& cost : *list) {
    if (!cost.is_number() || costs.size() == most) {
      fields.mistake(key, "is no list of costs, or too long a one");
      return {};
    }
    costs.push_back(cost.get<double>());
  }
  return costs;
}

}  // namespace

void add_warmth(const SegmentRecord& segment, Json& json) {
  if (segment.launch > 0) json["launch"] = segment.launch;
  if (!segment.third_costs_us.empty()) json["third_costs_us"] = segment.third_costs_us;
  if (!segment.warm_up) return;
  json["warm_up"] = {{"took_s", segment.warm_up->took_s},
                     {"steady", segment.warm_up->steady},
                     {"window_costs_us", segment.warm_up->window_costs_us}};
}

void read_warmth(JsonFields& fields, SegmentRecord& segment) {
  segment.launch =
      static_cast<int>(fields.integer("launch", 1, std::numeric_limits<int>::max()).value_or(0));
  segment.third_costs_us = read_costs(fields, "third_costs_us", 3);
  const Json* object = fields.object("warm_up");
  if (object == nullptr) return;
  JsonFields inner(*object, fields.pointer_to("warm_up"), fields.mistakes());
  WarmUp& warm = segment.warm_up.emplace();
  warm.took_s = inner.number("took_s", 0, 1e9).value_or(0);
  warm.steady = inner.boolean("steady").value_or(true);
  warm.window_costs_us = read_costs(inner, "window_costs_us", kMostWindows);
}

}  // namespace tracetax
