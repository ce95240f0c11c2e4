// SPDX-License-Identifier: Apache-2.0
#include "harness/core/slice_choice.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tracetax {
namespace {

constexpr std::size_t kFewestRounds = 8;

std::vector<double> logs_about_their_mean(std::span<const double> values) {
  std::vector<double> logs;
  double sum = 0;
  for (const double value : values) sum += logs.emplace_back(std::log(value));
  for (double& value : logs) value -= sum / static_cast<double>(values.size());
  return logs;
}

double root_mean_square(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace

std::optional<SliceChoice> choose_slices(std::span<const double> first,
                                         std::span<const double> second, int slices) {
  const std::size_t rounds = std::min(first.size(), second.size());
  if (rounds < kFewestRounds) return std::nullopt;
  const std::vector<double> one = logs_about_their_mean(first.first(rounds));
  const std::vector<double> two = logs_about_their_mean(second.first(rounds));
  // A round holds two slices, so a stretch is half as many rounds; two stretches must fit four
  // times.
  const std::size_t stretch =
      std::clamp<std::size_t>(static_cast<std::size_t>(slices) / 2, 1, rounds / 4);
  std::vector<double> pairs, both;
  for (std::size_t i = 0; i < rounds; ++i) {
    pairs.push_back(one[i] - two[i]);
    both.push_back((one[i] + two[i]) / 2);
  }
  std::vector<double> steps;
  for (std::size_t i = 0; i + 2 * stretch <= rounds; ++i) {
    double step = 0;
    for (std::size_t k = 0; k < stretch; ++k) step += both[i + k] - both[i + stretch + k];
    steps.push_back(step / static_cast<double>(stretch));
  }
  const double averaged = std::sqrt(2.0 * static_cast<double>(stretch));
  return SliceChoice{.in_turns_pct = 100 * root_mean_square(pairs) / averaged,
                     .one_after_another_pct = 100 * root_mean_square(steps)};
}

}  // namespace tracetax
