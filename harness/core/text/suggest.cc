// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

// The distance is quadratic in time; nobody mistypes a name this long.
constexpr std::size_t kLongestName = 100;
// A message about a schema with a thousand fields is to stay readable.
constexpr std::size_t kMostListed = 30;

// Damerau-Levenshtein in its "optimal string alignment" form (Boytsov 2011, 2.2): insertions,
// deletions, substitutions and swaps of neighbours, each stretch edited at most once.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before_last(right.size() + 1), last(right.size() + 1),
      row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      const bool swapped =
          i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[right.size()];
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> known) {
  if (name.size() > kLongestName) return std::nullopt;
  const std::string* nearest = nullptr;
  std::size_t nearest_distance = 0;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongestName) continue;
    const std::size_t limit = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
    const std::size_t distance = edit_distance(name, candidate);
    if (distance > limit || (nearest != nullptr && distance >= nearest_distance)) continue;
    nearest = &candidate;
    nearest_distance = distance;
  }
  if (nearest == nullptr) return std::nullopt;
  return *nearest;
}

std::string unknown_name(std::string_view what, std::string_view name,
                         std::span<const std::string> known) {
  std::string message = fmt::format("unknown {} {}", what, quote(name));
  const auto nearest = nearest_name(name, known);
  if (nearest) message += fmt::format("; did you mean '{}'?", *nearest);
  if (!known.empty()) {
    const auto listed = known.first(std::min(known.size(), kMostListed));
    message += fmt::format("{} known: {}", nearest ? "" : ";", fmt::join(listed, ", "));
    if (known.size() > listed.size()) {
      message += fmt::format(" and {} more", known.size() - listed.size());
    }
  }
  return message;
}

}  // namespace tracetax
