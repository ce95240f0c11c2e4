// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/tree_json.h"

#include <nlohmann/json.hpp>
#include <string>

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDeepestLinked = 16;  // traces that are linked to such that are linked
constexpr std::size_t kMostTrees = 65536;

Json tree_to_json(const SpanTree& tree) {
  Json spans = Json::array();
  for (const TreeSpan& span : tree.spans)
    spans.push_back(Json::array({span.service, span.name, span.kind, span.parent}));
  Json json{{"spans", std::move(spans)}};
  for (const LinkedTree& linked : tree.linked) {
    Json one = tree_to_json(linked.tree);
    one["from"] = linked.from;
    one["batched"] = linked.batched;
    json["linked"].push_back(std::move(one));
  }
  return json;
}

/// Below `below` and not negative.
template <typename T>
bool read_index(const Json& json, T& out, std::uint64_t below) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() >= below) return false;
  out = static_cast<T>(json.get<std::uint64_t>());
  return true;
}

bool read_tree_span(const Json& json, std::size_t number, TreeSpan& out) {
  constexpr std::uint64_t kSpanKinds = 6;
  if (!json.is_array() || json.size() != 4 || !json[0].is_string() || !json[1].is_string() ||
      !read_index(json[2], out.kind, kSpanKinds) || !json[3].is_number_integer())
    return false;
  out.service = json[0].get<std::string>();
  out.name = json[1].get<std::string>();
  const auto parent = json[3].get<std::int64_t>();
  out.parent = static_cast<int>(parent);
  return parent >= -1 && parent < static_cast<std::int64_t>(number);
}

bool read_tree(const Json& json, SpanTree& out, int depth) {
  if (depth > kDeepestLinked || !json.is_object() || !json.contains("spans") ||
      !json.at("spans").is_array())
    return false;
  for (const Json& span : json.at("spans")) {
    const std::size_t number = out.spans.size();
    if (!read_tree_span(span, number, out.spans.emplace_back())) return false;
  }
  if (!json.contains("linked")) return true;
  if (!json.at("linked").is_array()) return false;
  for (const Json& one : json.at("linked")) {
    LinkedTree& linked = out.linked.emplace_back();
    if (!read_tree(one, linked.tree, depth + 1) || !one.contains("from") ||
        !read_index(one.at("from"), linked.from, out.spans.size()) || !one.contains("batched") ||
        !one.at("batched").is_boolean())
      return false;
    linked.batched = one.at("batched").get<bool>();
  }
  return true;
}

/// Calls visit(key, member) for every count of an account.
template <typename Account, typename Visitor>
void for_each_tree_count(Account& account, Visitor&& visit) {
  visit("sampled", account.sampled);
  visit("traces", account.traces);
  visit("right", account.right);
  visit("lacking", account.lacking);
  visit("links_expected", account.links_expected);
  visit("links_received", account.links_received);
  visit("linked_traces", account.linked_traces);
  visit("linked_wrong", account.linked_wrong);
  visit("counted_expected", account.counted_expected);
  visit("counted_received", account.counted_received);
  visit("counted_uncertain", account.counted_uncertain);
}

auto not_a_tree(std::string_view what) {
  return failure(ExitCode::usage, fmt::format("expected spans: {}", what));
}

}  // namespace

void write_trees(const ExpectedSpans& expected, Json& json) {
  if (expected.counted) json["counted"] = true;
  for (const auto& request : expected.trees) {
    Json one{{"request", request.request}, {"late", request.late}};
    one.update(tree_to_json(request.tree));
    json["trees"].push_back(std::move(one));
  }
}

Status read_trees(const Json& json, ExpectedSpans& expected) {
  expected.counted = json.value("counted", Json()) == true;
  if (!json.contains("trees")) return {};
  const Json& trees = json.at("trees");
  if (!trees.is_array() || trees.size() > kMostTrees)
    return not_a_tree("\"trees\" is not a list of at most 65536");
  for (const Json& one : trees) {
    auto& request = expected.trees.emplace_back();
    if (!one.is_object() || !one.contains("request") || !one.at("request").is_string() ||
        !read_tree(one, request.tree, 0))
      return not_a_tree("\"trees\" holds what is no tree of spans");
    request.request = one.at("request").get<std::string>();
    request.late = one.value("late", Json()) == true;
  }
  for (std::size_t i = 0; i < expected.phases.size(); ++i) {
    ExpectedPhase& phase = expected.phases[i];
    const Json& item = json.at("phases").at(i);
    if (!item.contains("trees") || !item.at("trees").is_array() ||
        item.at("trees").size() != phase.requests)
      return not_a_tree("\"trees\" of a phase is not a list with one number for each request");
    for (const Json& number : item.at("trees")) {
      if (!read_index(number, phase.trees.emplace_back(), expected.trees.size()))
        return not_a_tree("\"trees\" of a phase holds what is no number of a tree");
    }
  }
  return {};
}

Json tree_account_to_json(const TreeAccount& account) {
  Json json = Json::object();
  for_each_tree_count(account,
                      [&json](const char* key, std::uint64_t count) { json[key] = count; });
  json["requests"] = account.requests;
  json["wrong"] = Json::array();
  for (const WrongTree& tree : account.wrong) {
    json["wrong"].push_back(
        {{"request", tree.request}, {"traces", tree.traces}, {"example", tree.example}});
  }
  return json;
}

std::optional<TreeAccount> tree_account_from_json(const Json& json) {
  TreeAccount account;
  bool right = json.is_object() && json.contains("requests") && json.at("requests").is_object() &&
               json.contains("wrong") && json.at("wrong").is_array();
  const auto read = [&right](const Json& from, const char* key, std::uint64_t& out) {
    right = right && from.contains(key) && from.at(key).is_number_unsigned();
    if (right) out = from.at(key).get<std::uint64_t>();
  };
  for_each_tree_count(account,
                      [&](const char* key, std::uint64_t& count) { read(json, key, count); });
  if (!right) return std::nullopt;
  for (const auto& [request, count] : json.at("requests").items())
    read(json.at("requests"), request.c_str(), account.requests[request]);
  for (const Json& item : json.at("wrong")) {
    WrongTree& tree = account.wrong.emplace_back();
    right = right && item.is_object() && item.value("request", Json()).is_string() &&
            item.value("example", Json()).is_string();
    if (!right) return std::nullopt;
    tree.request = item.at("request").get<std::string>();
    tree.example = item.at("example").get<std::string>();
    read(item, "traces", tree.traces);
  }
  return right ? std::optional(std::move(account)) : std::nullopt;
}

}  // namespace tracetax
