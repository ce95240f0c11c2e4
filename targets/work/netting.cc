// Netting before settlement: trades between parties become one amount for each pair, and those
// become what each party has to pay or gets. Whole cents; all together are zero.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <numeric>

#include "targets/work/draws.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

struct NettingSpec {
  int trades = 1000;
  std::size_t parties = 8;
};

class Netting final : public Work {
 public:
  Netting(const NettingSpec& spec, JsonFields& with)
      : spec_(spec), seed_(with), nets_(spec.parties), paid_(spec.parties) {}

  bool run(Values& values) override {
    const std::size_t n = spec_.parties;
    Draws draws(seed_(values));
    std::vector<std::int64_t> pairs(n * n);  // of the one with the lower number to the other
    std::vector<std::int64_t> paid(n);       // trade by trade
    for (int trade = 0; trade < spec_.trades; ++trade) {
      const std::size_t from = draws.below(n);
      const std::size_t to = (from + 1 + draws.below(n - 1)) % n;
      const auto cents = static_cast<std::int64_t>(1 + draws.below(1'000'000));
      pairs[std::min(from, to) * n + std::max(from, to)] += from < to ? cents : -cents;
      paid[from] -= cents;
      paid[to] += cents;
    }
    std::vector<std::int64_t> nets(n);
    for (std::size_t low = 0; low < n; ++low) {
      for (std::size_t high = low + 1; high < n; ++high) {
        nets[low] -= pairs[low * n + high];
        nets[high] += pairs[low * n + high];
      }
    }
    for (std::size_t i = 0; i < n; ++i)
      values.set(fmt::format("net_{}", i), std::to_string(nets[i]));
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < n; ++i) {
      nets_[i] += nets[i];
      paid_[i] += paid[i];
    }
    ++batches_;
    return true;
  }

  std::vector<Invariant> invariants() const override {
    const std::lock_guard lock(mutex_);
    const std::int64_t sum = std::accumulate(nets_.begin(), nets_.end(), std::int64_t{0});
    return {{"netting: all parties together are zero", sum == 0,
             fmt::format("{} cents after {} batches", sum, batches_)},
            {"netting: nets by pairs are those by trades", nets_ == paid_,
             fmt::format("{} batches of {} trades", batches_, spec_.trades)}};
  }

 private:
  const NettingSpec spec_;
  SeedOf seed_;
  mutable std::mutex mutex_;  // guards all below: cents by party, of all batches
  std::vector<std::int64_t> nets_, paid_;
  std::uint64_t batches_ = 0;
};

}  // namespace

std::unique_ptr<Work> make_netting(JsonFields& with) {
  NettingSpec spec;
  spec.trades = static_cast<int>(with.integer("trades", 1, 1'000'000).value_or(spec.trades));
  spec.parties = static_cast<std::size_t>(with.integer("parties", 2, 100).value_or(8));
  return std::make_unique<Netting>(spec, with);
}

}  // namespace tracetax
