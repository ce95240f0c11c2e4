// A limit order book of one instrument: best price first, at one price the earliest first. Prices
// are whole ticks, quantities whole lots. An order comes with its maker's quotes, so a step is a
// burst of orders; at most so many rest, and the oldest of them is cancelled.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "targets/work/draws.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

struct BookSpec {
  std::size_t resting = 10'000;
  int orders = 1;            // of a step
  std::int64_t spread = 50;  // ticks to each side of the middle in which prices lie
};

struct RestingOrder {
  std::uint64_t id = 0;
  std::int64_t lots = 0;
};

using PriceLevel = std::deque<RestingOrder>;
using Bids = std::map<std::int64_t, PriceLevel, std::greater<>>;
using Asks = std::map<std::int64_t, PriceLevel>;

template <typename Side>
std::int64_t lots_in(const Side& side) {
  std::int64_t lots = 0;
  for (const auto& [price, level] : side) {
    for (const RestingOrder& order : level) lots += order.lots;
  }
  return lots;
}

class OrderBook final : public Work {
 public:
  OrderBook(const BookSpec& spec, JsonFields& with) : spec_(spec), seed_(with) {}

  bool run(Values& values) override {
    Draws draws(seed_(values));
    const std::lock_guard lock(mutex_);
    std::int64_t filled = 0;
    for (int i = 0; i < spec_.orders; ++i) {
      constexpr std::int64_t kMiddle = 100'000;
      const bool buys = draws.below(2) == 0;
      const auto away =
          static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(2 * spec_.spread + 1)));
      const auto lots = static_cast<std::int64_t>(1 + draws.below(100));
      const std::int64_t price = kMiddle + away - spec_.spread;
      filled += buys ? submit(price, lots, bids_, asks_) : submit(price, lots, asks_, bids_);
    }
    values.set("filled", std::to_string(filled));
    return true;
  }

  std::vector<Invariant> invariants() const override {
    const std::lock_guard lock(mutex_);
    const std::int64_t resting = lots_in(bids_) + lots_in(asks_);
    const bool crossed =
        !bids_.empty() && !asks_.empty() && bids_.begin()->first >= asks_.begin()->first;
    return {{"order book: not crossed", !crossed,
             fmt::format("best bid {}, best ask {}", bids_.empty() ? 0 : bids_.begin()->first,
                         asks_.empty() ? 0 : asks_.begin()->first)},
            {"order book: lots in = traded + resting + cancelled",
             in_ == 2 * traded_ + resting + cancelled_,
             fmt::format("{} in, 2 x {} traded, {} resting, {} cancelled", in_, traded_, resting,
                         cancelled_)}};
  }

 private:
  struct Place {
    bool buys = false;
    std::int64_t price = 0;
    std::uint64_t id = 0;
  };

  template <typename Own, typename Other>
  std::int64_t submit(std::int64_t price, std::int64_t lots, Own& own, Other& other) {
    constexpr bool kBuys = std::is_same_v<Own, Bids>;
    in_ += lots;
    std::int64_t filled = 0;
    while (lots > 0 && !other.empty()) {
      const auto best = other.begin();
      if (kBuys ? best->first > price : best->first < price) break;
      RestingOrder& first = best->second.front();
      const std::int64_t traded = std::min(lots, first.lots);
      filled += traded;
      lots -= traded;
      first.lots -= traded;
      if (first.lots == 0) remove_first(other, best);
    }
    traded_ += filled;
    if (lots > 0) {
      own[price].push_back({++last_id_, lots});
      by_age_.push_back({kBuys, price, last_id_});
      if (++resting_ > spec_.resting) cancel_oldest();
    }
    return filled;
  }

  template <typename Side>
  void remove_first(Side& side, typename Side::iterator level) {
    level->second.pop_front();
    if (level->second.empty()) side.erase(level);
    --resting_;
  }

  void cancel_oldest() {
    while (!(by_age_.front().buys ? cancel(bids_) : cancel(asks_))) by_age_.pop_front();
    by_age_.pop_front();
  }

  /// False if by_age_'s first has been filled already. Else nothing in its level is older.
  template <typename Side>
  bool cancel(Side& side) {
    const auto level = side.find(by_age_.front().price);
    if (level == side.end() || level->second.front().id != by_age_.front().id) return false;
    cancelled_ += level->second.front().lots;
    remove_first(side, level);
    return true;
  }

  const BookSpec spec_;
  SeedOf seed_;
  mutable std::mutex mutex_;  // guards all below
  Bids bids_;
  Asks asks_;
  std::deque<Place> by_age_;  // of orders that rest, and of some that did
  std::size_t resting_ = 0;
  std::uint64_t last_id_ = 0;
  std::int64_t in_ = 0, traded_ = 0, cancelled_ = 0;  // lots
};

}  // namespace

std::unique_ptr<Work> make_order_book(JsonFields& with) {
  BookSpec spec;
  spec.resting = static_cast<std::size_t>(with.integer("resting", 1, 10'000'000).value_or(10'000));
  spec.orders = static_cast<int>(with.integer("orders", 1, 1000).value_or(spec.orders));
  spec.spread = with.integer("spread", 1, 10'000).value_or(spec.spread);
  return std::make_unique<OrderBook>(spec, with);
}

}  // namespace tracetax
