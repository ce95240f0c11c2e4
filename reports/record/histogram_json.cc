// SPDX-License-Identifier: Apache-2.0
#include "reports/record/histogram_json.h"

#include <cmath>
#include <limits>
#include <utility>

#include "harness/core/histogram/hdr_codec.h"

namespace tracetax {
namespace {

constexpr std::string_view kEncoding = "HDR V2 deflate base64";
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
// More than any segment can hold, and few enough that no merge of many overflows.
constexpr std::int64_t kMostValues = std::int64_t{1} << 40;

}  // namespace

Json histogram_to_json(const Histogram& histogram) {
  Json json = Json::object();
  json["unit"] = "ns";
  json["digits"] = histogram.range().digits;
  json["count"] = histogram.count();
  json["min"] = histogram.empty() ? Json(nullptr) : Json(histogram.min());
  json["max"] = histogram.empty() ? Json(nullptr) : Json(histogram.max());
  json["overflows"] = histogram.overflows();
  json["encoding"] = kEncoding;
  json["data"] = encode_base64(histogram);
  return json;
}

Histogram read_histogram(JsonFields& fields, std::string_view key) {
  fields.require(key, "an object with \"encoding\" and \"data\"");
  const Json* value = fields.object(key);
  if (value == nullptr) return {};
  JsonFields inner(*value, fields.pointer_to(key), fields.mistakes());
  inner.require("data", "an HdrHistogram in base64");
  const auto encoding = inner.text("encoding");
  if (!encoding || *encoding != kEncoding) {
    inner.mistake("encoding", "is not \"HDR V2 deflate base64\", the only one known here");
    return {};
  }
  auto histogram = inner.parsed("data", decode_base64);
  if (!histogram) return {};
  if (histogram->count() > kMostValues) {
    inner.mistake("data", "holds more values than a segment can have");
    return {};
  }
  const std::int64_t min = inner.integer("min", 0, kMost).value_or(0);
  const std::int64_t max = inner.integer("max", 0, kMost).value_or(0);
  const std::int64_t overflows = inner.integer("overflows", 0, kMost).value_or(0);
  if (!histogram->restore_extremes(min, max, overflows)) {
    inner.mistake("\"min\", \"max\" or \"overflows\" do not belong to these counts");
  }
  histogram->pack();
  return std::move(*histogram);
}

Json quantiles_to_json(const Histogram& histogram) {
  static constexpr std::pair<const char*, double> kQuantiles[] = {
      {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};
  Json json = Json::object();
  for (const auto& [name, quantile] : kQuantiles) {
    json[name] =
        histogram.supports(quantile) ? Json(histogram.percentile(100 * quantile)) : Json(nullptr);
  }
  json["max"] = histogram.empty() ? Json(nullptr) : Json(histogram.max());
  json["mean"] = histogram.empty() ? Json(nullptr) : Json(std::round(histogram.mean()));
  return json;
}

}  // namespace tracetax
