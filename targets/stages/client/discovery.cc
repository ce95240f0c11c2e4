// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "targets/request/rejection.h"
#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

constexpr int kHashesPerAddress = 160;

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

void cut(Addresses& addresses, const DiscoveryRules& rules, Uniform uniform) {
  switch (rules.subset) {
    case Subset::whole:
      break;
    case Subset::shuffle:
      shuffle_subset(addresses, rules.subset_size, uniform);
      break;
    case Subset::ring:
      addresses = ring_subset(addresses, rules.subset_size, rules.ring_key);
      break;
  }
}

class DiscoveryStage final : public Stage {
 public:
  DiscoveryStage(const DiscoverySpec& spec, Resolve resolve)
      : spec_(spec),
        resolve_(std::move(resolve)),
        cache_(spec.rules, resolve_),
        updated_ns_(steady_nanos().count()) {}

  void handle(Exchange& exchange, Next next) const override {
    const Nanos now = steady_nanos();
    update_if_due(now);
    // Held while the rest of the chain runs, as a client holds the set it picks from.
    exchange.candidates = cache_.snapshot(now, thread_uniform());
    if (exchange.candidates->empty()) {
      reject(exchange, {.status = 503});
    } else {
      next(exchange);
    }
    exchange.candidates = nullptr;
    exchange.upstream = {};
  }

  std::string describe() const override {
    std::string text = "discovery: cached snapshot of addresses";
    if (spec_.rules.subset != Subset::whole) {
      text += fmt::format(", {} of {}",
                          spec_.rules.subset == Subset::shuffle ? "shuffled subset" : "ring subset",
                          spec_.rules.subset_size);
    }
    if (spec_.rules.ttl > Nanos(0))
      text += fmt::format(", {} old", format_duration(spec_.rules.ttl));
    if (spec_.update_every > Nanos(0)) {
      text += fmt::format(", updated each {}", format_duration(spec_.update_every));
    }
    return text;
  }

 private:
  // The watcher's own thread does this in a framework; here the request that finds it due.
  void update_if_due(Nanos now) const {
    if (spec_.update_every <= Nanos(0)) return;
    std::int64_t updated = updated_ns_.load(std::memory_order_relaxed);
    if (now - Nanos(updated) < spec_.update_every ||
        !updated_ns_.compare_exchange_strong(updated, now.count())) {
      return;
    }
    cache_.update(resolve_(), now, thread_uniform());
  }

  DiscoverySpec spec_;
  Resolve resolve_;
  mutable DiscoveryCache cache_;
  mutable std::atomic<std::int64_t> updated_ns_;
};

}  // namespace

DiscoveryCache::DiscoveryCache(DiscoveryRules rules, Resolve resolve)
    : rules_(std::move(rules)), resolve_(std::move(resolve)) {}

bool DiscoveryCache::fresh(const Snapshot* snapshot, Nanos now) const {
  return snapshot != nullptr && (rules_.ttl <= Nanos(0) || now - snapshot->made < rules_.ttl);
}

std::shared_ptr<const Addresses> DiscoveryCache::snapshot(Nanos now, Uniform uniform) {
  auto seen = current_.load();
  if (!fresh(seen.get(), now)) {
    const std::lock_guard lock(resolving_);
    seen = current_.load();
    if (!fresh(seen.get(), now)) {
      ++resolutions_;
      Addresses found = resolve_();
      if (found.empty() && seen != nullptr) found = seen->found;
      seen = next(std::move(found), now, uniform, seen.get());
      current_.store(seen);
    }
  }
  return seen->cut;
}

void DiscoveryCache::update(Addresses addresses, Nanos now, Uniform uniform) {
  current_.store(next(std::move(addresses), now, uniform, current_.load().get()));
}

std::shared_ptr<const DiscoveryCache::Snapshot> DiscoveryCache::next(Addresses found, Nanos now,
                                                                     Uniform uniform,
                                                                     const Snapshot* last) const {
  if (last != nullptr && last->found == found) {
    return std::make_shared<const Snapshot>(Snapshot{std::move(found), last->cut, now});
  }
  auto subset = std::make_shared<Addresses>(found);
  cut(*subset, rules_, uniform);
  return std::make_shared<const Snapshot>(Snapshot{std::move(found), std::move(subset), now});
}

void shuffle_subset(Addresses& addresses, std::size_t size, Uniform uniform) {
  for (std::size_t i = addresses.size(); i > 1; --i) {
    std::swap(addresses[i - 1], addresses[uniform.below(i)]);
  }
  if (addresses.size() > size) addresses.resize(size);
}

Addresses ring_subset(const Addresses& addresses, std::size_t size, std::string_view key) {
  if (size == 0 || addresses.size() <= size) return addresses;
  std::vector<std::pair<std::uint32_t, std::size_t>> ring;
  ring.reserve(addresses.size() * kHashesPerAddress);
  for (std::size_t at = 0; at < addresses.size(); ++at) {
    for (int i = 0; i < kHashesPerAddress; ++i) {
      ring.emplace_back(fnv1a(fmt::format("{}{}", i, addresses[at])), at);
    }
  }
  std::ranges::sort(ring);
  const auto first =
      std::ranges::upper_bound(ring, fnv1a(key), {}, &std::pair<std::uint32_t, std::size_t>::first);
  const auto offset = static_cast<std::size_t>(first - ring.begin());
  std::vector<bool> taken(addresses.size());
  Addresses subset;
  for (std::size_t i = 0; i < ring.size() && subset.size() < size; ++i) {
    const std::size_t at = ring[(offset + i) % ring.size()].second;
    if (taken[at]) continue;
    taken[at] = true;
    subset.push_back(addresses[at]);
  }
  return subset;
}

StagePointer make_stage(const DiscoverySpec& spec, Resolve resolve) {
  return std::make_unique<DiscoveryStage>(spec, std::move(resolve));
}

}  // namespace tracetax
