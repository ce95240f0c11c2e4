// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/self_counts.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace tracetax {
namespace {

constexpr std::string_view kKey = "tracetax_spans";

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

}  // namespace

std::optional<SelfCounts> read_self_counts(std::string_view output) {
  const auto lines = lines_of(output);
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->find(kKey) == std::string_view::npos) continue;
    if (auto counts = counts_in(*line)) return counts;
  }
  return std::nullopt;
}

}  // namespace tracetax
