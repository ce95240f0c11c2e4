// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/metrics_page.h"

#include <charconv>
#include <cmath>

namespace tracetax {
namespace {

constexpr std::size_t kMostSamples = 20'000;
constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text.remove_prefix(word.size());
  return word;
}

/// The size of a name with its labels; a brace or a blank within quotes ends nothing.
std::size_t size_of_name(std::string_view line) {
  const std::size_t brace = line.find_first_of("{ \t");
  if (brace == line.npos || line[brace] != '{') return brace;
  bool quoted = false;
  for (std::size_t i = brace + 1; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && line[i] == '}') {
      return i + 1;
    }
  }
  return line.npos;
}

void read_line(std::string_view line, MetricsPage& page) {
  line = trimmed(line);
  if (line.empty()) return;
  if (line.front() == '#') {
    line.remove_prefix(1);
    if (take_word(line) != "TYPE") return;
    const std::string name{take_word(line)};
    if (take_word(line) == "gauge") page.gauges.insert(name);
    return;
  }
  const std::size_t size = size_of_name(line);
  if (size == line.npos || size == 0) return;
  const std::string_view name = line.substr(0, size);
  line.remove_prefix(size);
  const std::string_view number = take_word(line);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(value)) return;
  page.values.insert_or_assign(std::string(name), value);
}

}  // namespace

MetricsPage read_metrics_page(std::string_view text) {
  MetricsPage page;
  while (!text.empty() && page.values.size() < kMostSamples) {
    const std::string_view line = text.substr(0, text.find('\n'));
    read_line(line, page);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return page;
}

ServiceMetrics growth(const MetricsPage& before, const MetricsPage& after) {
  ServiceMetrics grown = after.values;
  for (auto& [name, value] : grown) {
    const auto first = before.values.find(name);
    if (first == before.values.end() || after.gauges.contains(name.substr(0, name.find('{'))))
      continue;
    if (value >= first->second) value -= first->second;
  }
  return grown;
}

}  // namespace tracetax
