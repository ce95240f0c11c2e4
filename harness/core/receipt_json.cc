// One table of the fields serves both directions, so that they cannot drift apart.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt_json.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;

/// Calls visit(key, member) for every field, in the order in which they are written.
template <typename ReceiptType, typename Visitor>
void for_each_field(ReceiptType& receipt, Visitor&& visit) {
  visit("known", receipt.known);
  visit("expected", receipt.expected);
  visit("received", receipt.received);
  visit("traces_expected", receipt.traces_expected);
  visit("traces_received", receipt.traces_received);
  visit("missing_traces", receipt.missing_traces);
  visit("unexpected_traces", receipt.unexpected_traces);
  visit("wrong_shape_traces", receipt.wrong_shape_traces);
  visit("duplicates", receipt.duplicates);
  visit("orphans", receipt.orphans);
  visit("payloads", receipt.payloads);
  visit("bytes", receipt.bytes);
  visit("batch_mean", receipt.batch_mean);
  visit("batch_max", receipt.batch_max);
  visit("export_delay_p50_ms", receipt.export_delay_p50_ms);
  visit("export_delay_max_ms", receipt.export_delay_max_ms);
  visit("malformed_payloads", receipt.malformed_payloads);
  visit("refused_payloads", receipt.refused_payloads);
  visit("sink_failure", receipt.sink_failure);
}

// One overload per field type: the value when it fits, else what it should have been.
[[nodiscard]] const char* read_value(const Json& json, bool& out) {
  if (!json.is_boolean()) return "true or false";
  out = json.get<bool>();
  return nullptr;
}
[[nodiscard]] const char* read_value(const Json& json, std::uint64_t& out) {
  if (!json.is_number_integer() || (!json.is_number_unsigned() && json.get<std::int64_t>() < 0)) {
    return "a whole number of 0 or more";
  }
  out = json.get<std::uint64_t>();
  return nullptr;
}
[[nodiscard]] const char* read_value(const Json& json, double& out) {
  if (!json.is_number()) return "a number";
  out = json.get<double>();
  return std::isfinite(out) ? nullptr : "a finite number";
}
[[nodiscard]] const char* read_value(const Json& json, std::string& out) {
  if (!json.is_string()) return "a text";
  out = json.get<std::string>();
  return nullptr;
}

}  // namespace

Json receipt_to_json(const Receipt& receipt) {
  Json json = Json::object();
  for_each_field(receipt, [&json]<typename T>(const char* key, const T& value) {
    if constexpr (requires { value.has_value(); }) {
      if (value) {
        json[key] = *value;
      } else {
        json[key] = nullptr;
      }
    } else {
      json[key] = value;
    }
  });
  return json;
}

Result<Receipt> receipt_from_json(const Json& json) {
  if (!json.is_object()) {
    return failure(ExitCode::usage, "receipt: not an object with the receipt's fields");
  }
  Receipt receipt;
  std::string mistakes;
  for_each_field(receipt, [&]<typename T>(const char* key, T& value) {
    const bool present = json.contains(key);
    const char* wanted = nullptr;
    if constexpr (requires { value.has_value(); }) {
      if (!present || json.at(key).is_null()) return;
      wanted = read_value(json.at(key), value.emplace());
    } else {
      wanted = present ? read_value(json.at(key), value) : "present";
    }
    if (wanted != nullptr) {
      mistakes += fmt::format("{}receipt: \"{}\" is not {}", mistakes.empty() ? "" : "\n", key, wanted);
    }
  });
  if (!mistakes.empty()) return failure(ExitCode::usage, mistakes);
  return receipt;
}

}  // namespace tracetax
