// SPDX-License-Identifier: Apache-2.0
#include "reports/words/propagation.h"

#include <string_view>

#include "harness/core/request/trace_context.h"

namespace tracetax {
namespace {

constexpr std::string_view kName = "traceparent";
constexpr int kField = static_cast<int>(kName.size() + kTraceparentSize);
constexpr int kHttp1 = kField + 4;  // ": " and CR LF
// TTHeader names what is meant for this call, and has two 16-bit lengths.
constexpr int kTtHeader = static_cast<int>(std::string_view("RPC_TRANSIT_").size()) + kField + 4;
constexpr int kTars = kField + 4;  // a head and an 8-bit length each: a JCE map's key and value

bool has_text(const ScenarioSpec& scenario, const char* key, std::string_view value) {
  const auto found = scenario.options.find(key);
  return found != scenario.options.end() && found->is_string() &&
         found->get<std::string>() == value;
}

bool is_true(const ScenarioSpec& scenario, const char* key) {
  const auto found = scenario.options.find(key);
  return found != scenario.options.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace

std::optional<int> propagation_bytes(const ScenarioSpec& scenario, Sampling sampling) {
  const std::string_view kind = scenario.kind;
  const bool known = kind == "http" || kind == "gomicro" || kind == "grpc" || kind == "triple" ||
                     kind == "thrift" || kind == "tars" || kind == "kitex-pb";
  if (!known) return std::nullopt;
  if (sampling == Sampling::target || kind == "kitex-pb") return 0;
  if (kind == "thrift") return has_text(scenario, "framing", "ttheader") ? kTtHeader : 0;
  if (kind == "tars") return kTars;
  if (kind == "gomicro" || (kind == "http" && !is_true(scenario, "http2"))) return kHttp1;
  return kField;
}

}  // namespace tracetax
