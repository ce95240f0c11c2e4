// SPDX-License-Identifier: Apache-2.0
#include "reports/record/series_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace tracetax {
namespace {

constexpr std::size_t kMostTicksRead = 100'000;
constexpr double kMostRead = 1e15;

using Value = std::optional<double>;

/// A list of the object: in the unit of its name, nothing where it is not known.
struct Column {
  const char* name;
  Value (*get)(const SeriesTick& tick);
  void (*set)(SeriesTick& tick, double value);
  bool exact = false;  // to the last digit: its differences are looked at
};

Value unless_0(double value) { return value > 0 ? Value(value) : std::nullopt; }
std::uint64_t whole(double value) { return static_cast<std::uint64_t>(std::llround(value)); }

constexpr Column kColumns[] = {
    {"p50_us", [](const SeriesTick& tick) { return unless_0(tick.p50_ns / 1e3); },
     [](SeriesTick& tick, double us) { tick.p50_ns = us * 1e3; }},
    {"p99_us", [](const SeriesTick& tick) { return unless_0(tick.p99_ns / 1e3); },
     [](SeriesTick& tick, double us) { tick.p99_ns = us * 1e3; }},
    {"lag_p99_us", [](const SeriesTick& tick) { return unless_0(tick.lag_p99_ns / 1e3); },
     [](SeriesTick& tick, double us) { tick.lag_p99_ns = us * 1e3; }},
    {"cpu_ms",
     [](const SeriesTick& tick) {
       return tick.cpu_ns ? Value(static_cast<double>(*tick.cpu_ns) / 1e6) : std::nullopt;
     },
     [](SeriesTick& tick, double ms) { tick.cpu_ns = whole(ms * 1e6); }},
    {"rss_kib",
     [](const SeriesTick& tick) {
       return tick.rss_bytes ? Value(std::round(static_cast<double>(*tick.rss_bytes) / 1024))
                             : std::nullopt;
     },
     [](SeriesTick& tick, double kib) { tick.rss_bytes = whole(kib * 1024); }, true},
    {"steal_pct", [](const SeriesTick& tick) { return tick.steal_pct; },
     [](SeriesTick& tick, double pct) { tick.steal_pct = pct; }},
    {"core_us",
     [](const SeriesTick& tick) {
       return tick.core_ns ? Value(*tick.core_ns / 1e3) : std::nullopt;
     },
     [](SeriesTick& tick, double us) { tick.core_ns = us * 1e3; }},
};

Json three_digits(double value) {
  const double rounded = std::strtod(fmt::format("{:.3g}", value).c_str(), nullptr);
  // A whole number is written without ".0".
  if (rounded == std::floor(rounded) && rounded < 1e15) return whole(rounded);
  return rounded;
}

double to_ms(double seconds) { return std::round(seconds * 1e3) / 1e3; }

bool follow_one_another(const SegmentSeries& series) {
  for (std::size_t i = 0; i < series.ticks.size(); ++i) {
    if (std::abs(series.ticks[i].at_s - static_cast<double>(i) * series.tick_s) > 5e-4)
      return false;
  }
  return true;
}

/// Its values, or nothing where it is not there. One that is wrong is a mistake.
std::vector<Value> read_column(JsonFields& fields, const char* name, std::size_t ticks) {
  const Json* list = fields.array(name);
  if (list == nullptr) return {};
  if (list->size() != ticks) {
    fields.mistake(name, fmt::format("has {} values, not {} as \"requests\"", list->size(), ticks));
    return {};
  }
  std::vector<Value> values;
  for (const Json& value : *list) {
    const bool good = value.is_null() || (value.is_number() && value.get<double>() >= 0 &&
                                          value.get<double>() <= kMostRead);
    if (!good) {
      fields.mistake(name, "holds what is no number from 0 to 1e15, and not null");
      return {};
    }
    values.push_back(value.is_null() ? Value{} : Value{value.get<double>()});
  }
  return values;
}

}  // namespace

Json series_to_json(const SegmentSeries& series) {
  Json json = Json::object();
  json["tick_s"] = series.tick_s;
  if (!follow_one_another(series)) {
    for (const SeriesTick& tick : series.ticks) json["at_s"].push_back(to_ms(tick.at_s));
  }
  for (const SeriesTick& tick : series.ticks) json["requests"].push_back(tick.requests);
  if (std::ranges::any_of(series.ticks, [](const SeriesTick& tick) { return tick.errors > 0; })) {
    for (const SeriesTick& tick : series.ticks) json["errors"].push_back(tick.errors);
  }
  for (const Column& column : kColumns) {
    Json list = Json::array();
    bool known = false;
    for (const SeriesTick& tick : series.ticks) {
      const Value value = column.get(tick);
      known = known || value;
      if (!value || !std::isfinite(*value)) {
        list.push_back(nullptr);
      } else {
        list.push_back(column.exact ? Json(whole(*value)) : three_digits(*value));
      }
    }
    if (known) json[column.name] = std::move(list);
  }
  return json;
}

SegmentSeries read_series(JsonFields& fields, std::string_view key) {
  const Json* object = fields.object(key);
  if (object == nullptr) return {};
  JsonFields inner(*object, fields.pointer_to(key), fields.mistakes());
  inner.require("tick_s", "a number of seconds");
  inner.require("requests", "a list of counts");
  SegmentSeries series;
  series.tick_s = inner.number("tick_s", 0, 1e9).value_or(0);
  const Json* requests = inner.array("requests");
  if (requests == nullptr) return {};
  if (requests->size() > kMostTicksRead) {
    inner.mistake("requests", "has more ticks than a segment can have");
    return {};
  }
  series.ticks.resize(requests->size());
  for (std::size_t i = 0; i < series.ticks.size(); ++i)
    series.ticks[i].at_s = static_cast<double>(i) * series.tick_s;
  const auto fill = [&](const char* name, const auto& set) {
    const std::vector<Value> values = read_column(inner, name, series.ticks.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i]) set(series.ticks[i], *values[i]);
    }
  };
  fill("at_s", [](SeriesTick& tick, double at_s) { tick.at_s = at_s; });
  fill("requests", [](SeriesTick& tick, double count) { tick.requests = whole(count); });
  fill("errors", [](SeriesTick& tick, double count) { tick.errors = whole(count); });
  for (const Column& column : kColumns) fill(column.name, column.set);
  return series;
}

}  // namespace tracetax
