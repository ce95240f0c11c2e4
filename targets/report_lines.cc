// SPDX-License-Identifier: Apache-2.0
#include "targets/report_lines.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace tracetax {
namespace {

constexpr std::array<std::pair<const char*, std::uint64_t SpanCounts::*>, 7> kCounts{{
    {"started", &SpanCounts::started},
    {"sampled", &SpanCounts::sampled},
    {"ended", &SpanCounts::ended},
    {"dropped", &SpanCounts::dropped},
    {"exported", &SpanCounts::exported},
    {"failed", &SpanCounts::failed},
    {"set_after_end", &SpanCounts::set_after_end},
}};

nlohmann::json parse(std::string_view line) {
  return nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string ready_line(std::uint16_t port) {
  return fmt::format(R"({{"ready":true,"port":{}}})", port);
}

std::optional<std::uint16_t> parse_ready_line(std::string_view line) {
  const auto json = parse(line);
  if (!json.is_object() || !json.contains("port") || !json.at("port").is_number_unsigned()) {
    return std::nullopt;
  }
  const auto port = json.at("port").get<std::uint64_t>();
  if (port == 0 || port > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

std::string counts_line(const SpanCounts& counts, const TracingInForce& in_force) {
  nlohmann::ordered_json fields;
  for (const auto& [name, member] : kCounts) fields[name] = counts.*member;
  fields["sampler"] = in_force.sampler;
  fields["exporter"] = in_force.exporter;
  fields["processor"] = in_force.processor;
  return nlohmann::ordered_json{{"tracetax_spans", std::move(fields)}}.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<SpanCounts> parse_counts_line(std::string_view line) {
  const auto json = parse(line);
  if (!json.is_object() || !json.contains("tracetax_spans")) return std::nullopt;
  const auto& fields = json.at("tracetax_spans");
  SpanCounts counts;
  for (const auto& [name, member] : kCounts) {
    if (!fields.is_object() || !fields.contains(name) || !fields.at(name).is_number_unsigned()) {
      return std::nullopt;
    }
    counts.*member = fields.at(name).get<std::uint64_t>();
  }
  return counts;
}

SpanCounts sum_of(const SpanCounts& one, const SpanCounts& other) {
  SpanCounts sum;
  for (const auto& entry : kCounts) sum.*entry.second = one.*entry.second + other.*entry.second;
  return sum;
}

}  // namespace tracetax
