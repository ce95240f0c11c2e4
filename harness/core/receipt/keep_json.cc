// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/keep_json.h"

#include <nlohmann/json.hpp>

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;

auto not_right(std::string_view what) {
  return failure(ExitCode::usage, fmt::format("expected spans: {}", what));
}

[[nodiscard]] bool is_count(const Json& json) {
  return json.is_number_unsigned() || (json.is_number_integer() && json.get<std::int64_t>() >= 0);
}

[[nodiscard]] bool read_count(const Json& json, const char* key, std::uint64_t& out) {
  if (!json.contains(key) || !is_count(json.at(key))) return false;
  out = json.at(key).get<std::uint64_t>();
  return true;
}

[[nodiscard]] std::optional<RequestClass> class_in(const Json& json) {
  return json.is_string() ? request_class_from(json.get<std::string>()) : std::nullopt;
}

[[nodiscard]] std::optional<ClassAccount> class_account_from(const Json& json) {
  if (!json.is_object() || !json.contains("class")) return std::nullopt;
  const auto of = class_in(json.at("class"));
  if (!of) return std::nullopt;
  ClassAccount account{.of = *of};
  const bool right =
      read_count(json, "sent", account.sent) && read_count(json, "whole", account.whole) &&
      read_count(json, "part", account.part) && read_count(json, "spans", account.spans);
  return right ? std::optional{account} : std::nullopt;
}

}  // namespace

Json keep_rule_to_json(const KeepRule& rule) {
  Json json{{"share", Json::object()}};
  for (std::size_t i = 0; i < kRequestClasses; ++i) {
    if (rule.share[i]) json["share"][std::string(kRequestClassNames[i])] = *rule.share[i];
  }
  if (rule.at_most_per_s) json["at_most_per_s"] = *rule.at_most_per_s;
  return json;
}

Result<KeepRule> keep_rule_from_json(const Json& json) {
  if (!json.is_object() || !json.contains("share") || !json.at("share").is_object())
    return not_right("\"keeps\" is not an object with \"share\"");
  KeepRule rule;
  for (const auto& [name, share] : json.at("share").items()) {
    const auto of = request_class_from(name);
    const bool right = of && share.is_number() && share >= 0 && share <= 1;
    if (!right) return not_right("\"keeps\": \"share\" is not one of classes, from 0 to 1");
    rule.share[static_cast<std::size_t>(*of)] = share.get<double>();
  }
  if (json.contains("at_most_per_s")) {
    const Json& limit = json.at("at_most_per_s");
    if (!limit.is_number() || !(limit.get<double>() > 0))
      return not_right("\"keeps\": \"at_most_per_s\" is not a number above 0");
    rule.at_most_per_s = limit.get<double>();
  }
  return rule;
}

void write_classes(const ExpectedPhase& phase, Json& json) {
  for (const RequestClass of : phase.classes) json["classes"].push_back(name_of(of));
  if (!phase.extra_spans.empty()) json["extra_spans"] = phase.extra_spans;
}

Status read_classes(const Json& json, ExpectedPhase& phase) {
  if (json.contains("classes")) {
    if (!json.at("classes").is_array()) return not_right("\"classes\" is not a list");
    for (const Json& name : json.at("classes")) {
      const auto of = class_in(name);
      if (!of) return not_right("\"classes\" holds what is no class of requests");
      phase.classes.push_back(*of);
    }
  }
  if (json.contains("extra_spans")) {
    if (!json.at("extra_spans").is_array()) return not_right("\"extra_spans\" is not a list");
    for (const Json& spans : json.at("extra_spans")) {
      if (!is_count(spans) || spans > 1'000'000)
        return not_right("\"extra_spans\" holds what is no whole number from 0 to 1000000");
      phase.extra_spans.push_back(spans.get<std::uint32_t>());
    }
  }
  return {};
}

Json keep_account_to_json(const KeepAccount& account) {
  Json classes = Json::array();
  for (const ClassAccount& of : account.classes) {
    classes.push_back({{"class", name_of(of.of)},
                       {"sent", of.sent},
                       {"whole", of.whole},
                       {"part", of.part},
                       {"spans", of.spans}});
  }
  Json json{{"classes", std::move(classes)},
            {"uncertain", account.uncertain},
            {"traces_kept", nullptr},
            {"broken", account.broken}};
  if (account.traces_kept) json["traces_kept"] = *account.traces_kept;
  return json;
}

std::optional<KeepAccount> keep_account_from_json(const Json& json) {
  if (!json.is_object() || !json.contains("classes") || !json.at("classes").is_array() ||
      !json.contains("broken") || !json.at("broken").is_array())
    return std::nullopt;
  KeepAccount account;
  if (!read_count(json, "uncertain", account.uncertain)) return std::nullopt;
  for (const Json& item : json.at("classes")) {
    const auto of = class_account_from(item);
    if (!of) return std::nullopt;
    account.classes.push_back(*of);
  }
  for (const Json& sentence : json.at("broken")) {
    if (!sentence.is_string()) return std::nullopt;
    account.broken.push_back(sentence.get<std::string>());
  }
  if (json.contains("traces_kept") && !json.at("traces_kept").is_null()) {
    std::uint64_t kept = 0;
    if (!read_count(json, "traces_kept", kept)) return std::nullopt;
    account.traces_kept = kept;
  }
  return account;
}

}  // namespace tracetax
