// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/self_counts.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace tracetax {
namespace {

constexpr std::string_view kKey = "tracetax_spans", kInvariants = "tracetax_invariants";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return lines;
}

std::optional<SelfCounts> counts_in(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains(kKey) || !json.at(kKey).is_object()) return std::nullopt;
  const auto& counts = json.at(kKey);
  bool right = true;
  const auto count_of = [&](const char* name) -> std::uint64_t {
    if (!counts.contains(name)) return 0;
    right = right && counts.at(name).is_number_unsigned();
    return right ? counts.at(name).get<std::uint64_t>() : 0;
  };
  SelfCounts self;
  self.started = count_of("started");
  self.sampled = count_of("sampled");
  self.ended = count_of("ended");
  self.dropped = count_of("dropped");
  self.exported = count_of("exported");
  self.failed = count_of("failed");
  // Who does not tell these apart means that nothing was lost there.
  if (!counts.contains("sampled")) self.sampled = self.ended;
  if (!counts.contains("started")) self.started = self.sampled;
  self.set_after_end = count_of("set_after_end");
  const auto text_of = [&](const char* name) -> std::string {
    const auto found = counts.find(name);
    return found != counts.end() && found->is_string() ? found->get<std::string>() : "";
  };
  self.sampler = text_of("sampler");
  self.exporter = text_of("exporter");
  self.processor = text_of("processor");
  return right ? std::optional{self} : std::nullopt;
}

std::optional<std::vector<InvariantSeen>> invariants_in(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains(kInvariants) || !json.at(kInvariants).is_array())
    return std::nullopt;
  std::vector<InvariantSeen> all;
  for (const auto& entry : json.at(kInvariants)) {
    if (!entry.is_object() || !entry.contains("name") || !entry.at("name").is_string() ||
        !entry.contains("holds") || !entry.at("holds").is_boolean())
      return std::nullopt;
    const auto saw = entry.find("saw");
    all.push_back({"", entry.at("name").get<std::string>(), entry.at("holds").get<bool>(),
                   saw != entry.end() && saw->is_string() ? saw->get<std::string>() : ""});
  }
  return all;
}

/// What `read` makes of the last line that holds `key` and is right.
template <typename Read>
auto last_of(std::string_view output, std::string_view key, const Read& read)
    -> decltype(read(output)) {
  const auto lines = lines_of(output);
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->find(key) == std::string_view::npos) continue;
    if (auto found = read(*line)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<SelfCounts> read_self_counts(std::string_view output) {
  return last_of(output, kKey, counts_in);
}

std::vector<InvariantSeen> read_self_invariants(std::string_view output) {
  return last_of(output, kInvariants, invariants_in).value_or(std::vector<InvariantSeen>{});
}

}  // namespace tracetax
