// The ranking of a recommender: the dot product of the user's vector with that of each candidate,
// and the best of them. Vectors are drawn once.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <functional>

#include "targets/work/draws.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

struct RankSpec {
  std::size_t items = 10'000;
  std::size_t dimensions = 64;
  std::size_t top = 20;
};

std::vector<float> drawn_vector(Draws draws, std::size_t size) {
  std::vector<float> drawn(size);
  for (float& x : drawn) x = static_cast<float>(2 * draws.share() - 1);
  return drawn;
}

class Rank final : public Work {
 public:
  Rank(const RankSpec& spec, JsonFields& with)
      : spec_(spec), seed_(with), vectors_(drawn_vector(Draws(1), spec.items * spec.dimensions)) {}

  bool run(Values& values) override {
    const std::vector<float> user = drawn_vector(Draws(seed_(values)), spec_.dimensions);
    std::vector<std::pair<float, std::size_t>> scored;
    const std::string_view text = values.get("candidates");
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
      std::size_t item = 0;
      const auto [next, error] = std::from_chars(at, end, item);
      if (error != std::errc{}) break;
      item %= spec_.items;
      const float* const vector = &vectors_[item * spec_.dimensions];
      float product = 0;
      for (std::size_t i = 0; i < spec_.dimensions; ++i) product += user[i] * vector[i];
      scored.emplace_back(product, item);
      at = next + 1;
    }
    const std::size_t top = std::min(spec_.top, scored.size());
    std::ranges::partial_sort(scored, scored.begin() + static_cast<std::ptrdiff_t>(top),
                              std::greater<>());
    std::string best;
    for (std::size_t i = 0; i < top; ++i)
      fmt::format_to(std::back_inserter(best), "{}{}", i == 0 ? "" : " ", scored[i].second);
    values.set("candidates", "");
    values.set("items", std::move(best));
    return top > 0;
  }

 private:
  const RankSpec spec_;
  SeedOf seed_;
  const std::vector<float> vectors_;
};

}  // namespace

std::unique_ptr<Work> make_rank(JsonFields& with) {
  RankSpec spec;
  spec.items = static_cast<std::size_t>(with.integer("items", 1, 1'000'000).value_or(10'000));
  spec.dimensions = static_cast<std::size_t>(with.integer("dimensions", 1, 1024).value_or(64));
  spec.top = static_cast<std::size_t>(with.integer("top", 1, 10'000).value_or(20));
  return std::make_unique<Rank>(spec, with);
}

}  // namespace tracetax
