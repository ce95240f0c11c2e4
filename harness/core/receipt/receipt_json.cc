// One table of the receipt's fields serves both directions, so that they cannot drift apart.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/receipt_json.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

#include "harness/core/receipt/keep_json.h"
#include "harness/core/receipt/quality_json.h"
#include "harness/core/receipt/tree_json.h"

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;

/// Calls visit(key, member) for every field, in the order in which they are written. A third
/// argument, false, marks those that older results do not have.
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
  visit("broken_propagation", receipt.broken_propagation, false);
  visit("uncertain_spans", receipt.uncertain_spans);
  visit("duplicates", receipt.duplicates);
  visit("orphans", receipt.orphans);
  visit("payloads", receipt.payloads);
  visit("bytes", receipt.bytes);
  visit("batch_mean", receipt.batch_mean);
  visit("batch_max", receipt.batch_max);
  visit("attributes_per_span", receipt.attributes_per_span);
  visit("events_per_span", receipt.events_per_span);
  visit("bytes_per_span", receipt.bytes_per_span);
  visit("export_delay_p50_ms", receipt.export_delay_p50_ms);
  visit("export_delay_p99_ms", receipt.export_delay_p99_ms);
  visit("export_delay_max_ms", receipt.export_delay_max_ms);
  visit("malformed_payloads", receipt.malformed_payloads);
  visit("refused_payloads", receipt.refused_payloads);
  visit("refusals", receipt.refusals, false);
  visit("rejected_spans", receipt.rejected_spans, false);
  visit("other_signals", receipt.other_signals, false);
  visit("recovery_ms", receipt.recovery_ms);
  visit("keeps", receipt.keeps);
  visit("trees", receipt.trees);
  visit("quality", receipt.quality);
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

[[nodiscard]] const char* read_value(const Json& json, std::vector<std::uint64_t>& out) {
  constexpr const char* kWanted = "a list of whole numbers of 0 or more";
  if (!json.is_array()) return kWanted;
  out.reserve(json.size());
  for (const Json& number : json) {
    if (read_value(number, out.emplace_back()) != nullptr) return kWanted;
  }
  return nullptr;
}

[[nodiscard]] const char* read_value(const Json& json, std::vector<BrokenPropagation>& out) {
  constexpr const char* kWanted = "a list of {\"service\": a text, \"traces\": a whole number}";
  if (!json.is_array()) return kWanted;
  for (const Json& item : json) {
    BrokenPropagation& broken = out.emplace_back();
    const bool right = item.is_object() && item.contains("service") && item.contains("traces") &&
                       read_value(item.at("service"), broken.service) == nullptr &&
                       read_value(item.at("traces"), broken.traces) == nullptr;
    if (!right) return kWanted;
  }
  return nullptr;
}

[[nodiscard]] const char* read_value(const Json& json, KeepAccount& out) {
  auto account = keep_account_from_json(json);
  if (!account) return "an object with \"classes\", \"traces_kept\" and \"broken\"";
  out = std::move(*account);
  return nullptr;
}

[[nodiscard]] const char* read_value(const Json& json, TreeAccount& out) {
  auto account = tree_account_from_json(json);
  if (!account) return "an object with the account of the trees";
  out = std::move(*account);
  return nullptr;
}

[[nodiscard]] const char* read_value(const Json& json, TraceQuality& out) {
  return quality_from_json(json, out) ? nullptr : "an object with the counts of trace quality";
}

[[nodiscard]] const char* read_value(const Json& json, std::map<std::string, std::uint64_t>& out) {
  constexpr const char* kWanted = "an object of whole numbers of 0 or more";
  if (!json.is_object()) return kWanted;
  for (const auto& [key, number] : json.items()) {
    if (read_value(number, out[key]) != nullptr) return kWanted;
  }
  return nullptr;
}

[[nodiscard]] Json list_of(const std::vector<BrokenPropagation>& all) {
  Json list = Json::array();
  for (const BrokenPropagation& broken : all)
    list.push_back({{"service", broken.service}, {"traces", broken.traces}});
  return list;
}

/// Reads the required key into `out`; the error names the key.
template <typename T>
[[nodiscard]] Status read_key(const Json& json, const char* key, T& out) {
  const char* wanted = !json.is_object()     ? "in an object"
                       : !json.contains(key) ? "present"
                                             : read_value(json.at(key), out);
  if (wanted == nullptr) return {};
  return failure(ExitCode::usage, fmt::format("expected spans: \"{}\" is not {}", key, wanted));
}

[[nodiscard]] Result<ExpectedPhase> phase_from_json(const Json& json) {
  ExpectedPhase phase;
  std::uint64_t seed = 0;
  double share = 0;
  for (const Status& status :
       {read_key(json, "seed", seed), read_key(json, "rate", share),
        read_key(json, "requests", phase.requests), read_key(json, "not_sent", phase.not_sent),
        read_key(json, "uncertain", phase.uncertain)}) {
    if (!status) return failure(status.error());
  }
  const auto rate = SampleRate::make(share);
  if (!rate) return failure(rate.error().within("expected spans"));
  phase.ids = RequestIds(seed, *rate);
  if (const Status classes = read_classes(json, phase); !classes) return failure(classes.error());
  return phase;
}

}  // namespace

Json receipt_to_json(const Receipt& receipt) {
  Json json = Json::object();
  for_each_field(receipt, [&json]<typename T>(const char* key, const T& value, bool = true) {
    if constexpr (requires { value.has_value(); }) {
      if constexpr (std::is_same_v<T, std::optional<KeepAccount>>) {
        if (value) json[key] = keep_account_to_json(*value);  // absent: nothing drops on purpose
      } else if constexpr (std::is_same_v<T, std::optional<TreeAccount>>) {
        if (value) json[key] = tree_account_to_json(*value);  // absent: no topology
      } else if constexpr (std::is_same_v<T, std::optional<TraceQuality>>) {
        if (value) json[key] = quality_to_json(*value);
      } else if (value) {
        json[key] = *value;
      } else {
        json[key] = nullptr;
      }
    } else if constexpr (std::is_same_v<T, std::vector<BrokenPropagation>>) {
      json[key] = list_of(value);
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
  for_each_field(receipt, [&]<typename T>(const char* key, T& value, bool required = true) {
    const bool present = json.contains(key);
    if (!present && !required) return;
    const char* wanted = nullptr;
    if constexpr (requires { value.has_value(); }) {
      if (!present || json.at(key).is_null()) return;
      wanted = read_value(json.at(key), value.emplace());
    } else {
      wanted = present ? read_value(json.at(key), value) : "present";
    }
    if (wanted != nullptr) {
      mistakes +=
          fmt::format("{}receipt: \"{}\" is not {}", mistakes.empty() ? "" : "\n", key, wanted);
    }
  });
  if (!mistakes.empty()) return failure(ExitCode::usage, mistakes);
  return receipt;
}

Json expected_spans_to_json(const ExpectedSpans& expected) {
  Json phases = Json::array();
  for (const ExpectedPhase& phase : expected.phases) {
    phases.push_back({{"seed", phase.ids.seed()},
                      {"rate", phase.ids.rate().share()},
                      {"requests", phase.requests},
                      {"not_sent", phase.not_sent},
                      {"uncertain", phase.uncertain}});
    write_classes(phase, phases.back());
    if (!expected.trees.empty()) phases.back()["trees"] = phase.trees;
  }
  Json json{{"phases", std::move(phases)},
            {"spans_per_request", expected.spans_per_request},
            {"traces_per_request", expected.traces_per_request}};
  if (expected.keeps) json["keeps"] = keep_rule_to_json(*expected.keeps);
  write_trees(expected, json);
  return json;
}

Result<ExpectedSpans> expected_spans_from_json(const Json& json) {
  std::uint64_t spans_per_request = 0;
  if (const Status read = read_key(json, "spans_per_request", spans_per_request); !read) {
    return failure(read.error());
  }
  std::uint64_t traces_per_request = 1;
  if (json.contains("traces_per_request")) {
    if (const Status read = read_key(json, "traces_per_request", traces_per_request); !read)
      return failure(read.error());
  }
  if (spans_per_request > 1'000'000 || traces_per_request > 1'000'000) {
    return failure(
        ExitCode::usage,
        "expected spans: \"spans_per_request\" or \"traces_per_request\" is not at most 1000000");
  }
  ExpectedSpans expected;
  if (json.contains("keeps")) {
    auto rule = keep_rule_from_json(json.at("keeps"));
    if (!rule) return failure(rule.error());
    expected.keeps = *rule;
  }
  if (!json.contains("phases") || !json.at("phases").is_array()) {
    return failure(ExitCode::usage, "expected spans: \"phases\" is not a list");
  }
  expected.spans_per_request = static_cast<int>(spans_per_request);
  expected.traces_per_request = static_cast<int>(traces_per_request);
  for (const Json& item : json.at("phases")) {
    auto phase = phase_from_json(item);
    if (!phase) return failure(phase.error());
    expected.phases.push_back(std::move(*phase));
  }
  if (const Status trees = read_trees(json, expected); !trees) return failure(trees.error());
  return expected;
}

}  // namespace tracetax
