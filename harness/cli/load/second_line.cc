// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/second_line.h"

#include <cmath>

#include "harness/core/suite/suite.h"

namespace tracetax {
namespace {

Json quantile_json(const Histogram& times, double quantile) {
  if (!times.supports(quantile)) return nullptr;
  return std::llround(times.quantile_interpolated(quantile));
}

double to_us(double seconds) { return std::round(seconds * 1e6) / 1e6; }

}  // namespace

std::string second_line(const LoadTick& second, const Stretch& when) {
  const double length_s = when.to_s - when.from_s;
  Json json = {{"type", "second"}, {"from_s", to_us(when.from_s)}, {"to_s", to_us(when.to_s)}};
  json["rate"] = length_s > 0
                     ? Json(std::round(static_cast<double>(second.ok) / length_s * 10) / 10)
                     : Json(nullptr);
  json["ok"] = second.ok;
  json["errors"] = Json::object();
  for (const auto& [kind, count] : second.errors.named()) json["errors"][kind] = count;
  json["late"] = second.late;
  const Histogram& times = second.response;
  json["response_ns"] = {{"p50", quantile_json(times, 0.5)},
                         {"p90", quantile_json(times, 0.9)},
                         {"p99", quantile_json(times, 0.99)},
                         {"max", times.empty() ? Json(nullptr) : Json(times.max())}};
  json["lag_p99_ns"] = quantile_json(second.lag, 0.99);
  return json.dump() + "\n";
}

std::string summary_line(const std::string& load_json) {
  Json json = {{"type", "summary"}};
  json.update(Json::parse(load_json));
  return json.dump() + "\n";
}

}  // namespace tracetax
