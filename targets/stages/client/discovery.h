// Stage `discovery`: a request looks up the addresses of the service that it will call, in a cached
// snapshot, for the pick stage behind it. A watcher replaces the snapshot; after its ttl it is
// empty; if it is empty, the addresses are resolved: asked of a registry, or given. Large sets are
// cut to a subset. Sources: go-zero zrpc/resolver/internal/subset.go (shuffle, 32), kratos
// internal/subset (hash ring, 25) and dapr's resolver cache (20 s).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"
#include "targets/request/uniform.h"

namespace tracetax {

using Addresses = std::vector<std::string>;

enum class Subset { whole, shuffle, ring };

struct DiscoveryRules {
  Subset subset = Subset::shuffle;
  std::size_t subset_size = 32;          // go-zero; kratos: 25
  std::string ring_key = {};             // the caller's own name; Subset::ring only
  Nanos ttl = std::chrono::seconds(20);  // 0: a snapshot stays until it is replaced
};

struct DiscoverySpec {
  DiscoveryRules rules = {};
  Nanos update_every{0};  // a watcher's updates; 0: none
};
/// What each resolution and each update finds. Any thread.
using Resolve = std::function<Addresses()>;
/// Answers 503 where there are no addresses.
[[nodiscard]] StagePointer make_stage(const DiscoverySpec& spec, Resolve resolve);

/// Any thread. A hit takes one reference to a shared snapshot.
class DiscoveryCache {
 public:
  DiscoveryCache(DiscoveryRules rules, Resolve resolve);

  /// Never null. On a miss one thread resolves and the others wait. Where a resolution finds
  /// nothing, an old snapshot is kept for another ttl. The same addresses as before are the same
  /// snapshot.
  [[nodiscard]] std::shared_ptr<const Addresses> snapshot(Nanos now, Uniform uniform);
  /// What a watcher has seen.
  void update(Addresses addresses, Nanos now, Uniform uniform);
  [[nodiscard]] std::uint64_t resolutions() const { return resolutions_; }

 private:
  struct Snapshot {
    Addresses found;
    std::shared_ptr<const Addresses> cut;  // to a subset
    Nanos made{0};
  };
  [[nodiscard]] std::shared_ptr<const Snapshot> next(Addresses found, Nanos now, Uniform uniform,
                                                     const Snapshot* last) const;
  [[nodiscard]] bool fresh(const Snapshot* snapshot, Nanos now) const;

  DiscoveryRules rules_;
  Resolve resolve_;
  std::atomic<std::shared_ptr<const Snapshot>> current_;
  std::mutex resolving_;
  std::atomic<std::uint64_t> resolutions_ = 0;
};

/// The first `size` after a shuffle (Fisher and Yates), all of them shuffled if they are no more.
void shuffle_subset(Addresses& addresses, std::size_t size, Uniform uniform);
/// `size` neighbours of `key` on a ring of 160 hashes (FNV-1a) per address: the same key gives the
/// same ones, and few others when an address comes or goes.
[[nodiscard]] Addresses ring_subset(const Addresses& addresses, std::size_t size,
                                    std::string_view key);

}  // namespace tracetax
