// A cache of objects by key: a ring of consistent hashing (Karger and others 1997) leads to a
// shard, and each shard forgets what was not asked for the longest. It holds sizes in place of
// bodies. Sizes follow from keys, so the share of hits follows from what is asked for and in which
// order.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cmath>
#include <deque>
#include <list>
#include <mutex>
#include <unordered_map>

#include "harness/core/text/units.h"
#include "targets/work/draws.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

struct CacheSpec {
  std::string by;
  std::size_t shards = 4;
  std::uint64_t capacity = 16ULL << 20;                   // bytes of all shards together
  std::uint64_t least = 1ULL << 10, most = 256ULL << 10;  // of an object; even in its logarithm
};

class LruCache final : public Work {
 public:
  explicit LruCache(const CacheSpec& spec) : spec_(spec), shards_(spec.shards) {
    constexpr int kPoints = 64;  // of each shard on the ring
    for (std::size_t shard = 0; shard < spec.shards; ++shard) {
      for (int point = 0; point < kPoints; ++point)
        ring_.emplace_back(spread(fmt::format("{}#{}", shard, point)), shard);
    }
    std::ranges::sort(ring_);
  }

  bool run(Values& values) override {
    const std::string key(values.get(spec_.by));
    const std::uint64_t hash = spread(key);
    ++lookups_;
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.by_key.find(key); found != shard.by_key.end()) {
      shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
      ++shard.hits;
      return true;
    }
    ++shard.misses;
    admit(shard, key, size_of(hash));
    return false;
  }

  std::vector<Invariant> invariants() const override {
    std::uint64_t hits = 0, misses = 0, held = 0, objects = 0;
    bool sound = true;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      std::uint64_t bytes = 0;
      for (const Object& object : shard.recent) bytes += object.bytes;
      sound = sound && bytes == shard.bytes && bytes <= spec_.capacity / spec_.shards &&
              shard.recent.size() == shard.by_key.size();
      hits += shard.hits;
      misses += shard.misses;
      held += bytes;
      objects += shard.recent.size();
    }
    return {{"cache: hits and misses are all lookups", hits + misses == lookups_,
             fmt::format("{} hits + {} misses, {} lookups", hits, misses, lookups_.load())},
            {"cache: no shard holds more than it may", sound,
             fmt::format("{} objects with {} of {} bytes", objects, held, spec_.capacity)}};
  }

 private:
  struct Object {
    std::string key;
    std::uint64_t bytes = 0;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Object> recent;  // the latest asked for first
    std::unordered_map<std::string, std::list<Object>::iterator> by_key;
    std::uint64_t bytes = 0;
    std::uint64_t hits = 0, misses = 0;
  };

  Shard& shard_of(std::uint64_t hash) {
    const auto next =
        std::ranges::lower_bound(ring_, hash, {}, [](const auto& p) { return p.first; });
    return shards_[(next == ring_.end() ? ring_.front() : *next).second];
  }

  [[nodiscard]] std::uint64_t size_of(std::uint64_t hash) const {
    const double steps =
        std::log(static_cast<double>(spec_.most) / static_cast<double>(spec_.least));
    return static_cast<std::uint64_t>(static_cast<double>(spec_.least) *
                                      std::exp(steps * Draws(hash).share()));
  }

  void admit(Shard& shard, const std::string& key, std::uint64_t bytes) const {
    const std::uint64_t room = spec_.capacity / spec_.shards;
    if (bytes > room) return;
    while (shard.bytes + bytes > room) {
      shard.bytes -= shard.recent.back().bytes;
      shard.by_key.erase(shard.recent.back().key);
      shard.recent.pop_back();
    }
    shard.recent.push_front({key, bytes});
    shard.by_key.emplace(key, shard.recent.begin());
    shard.bytes += bytes;
  }

  const CacheSpec spec_;
  std::vector<std::pair<std::uint64_t, std::size_t>> ring_;  // points and their shards, in order
  std::deque<Shard> shards_;
  std::atomic<std::uint64_t> lookups_{0};
};

}  // namespace

std::unique_ptr<Work> make_lru_cache(JsonFields& with) {
  CacheSpec spec;
  with.require("by", R"(the value that is the key: "by": "id")");
  spec.by = with.text("by").value_or("");
  spec.shards = static_cast<std::size_t>(with.integer("shards", 1, 1024).value_or(4));
  spec.capacity = with.parsed("capacity", parse_bytes).value_or(spec.capacity);
  spec.least = with.parsed("object_least", parse_bytes).value_or(spec.least);
  spec.most = with.parsed("object_most", parse_bytes).value_or(spec.most);
  if (spec.least == 0 || spec.least > spec.most) {
    with.mistake("object_least", "must be from 1 byte to object_most");
    return nullptr;
  }
  return with.has("by") ? std::make_unique<LruCache>(spec) : nullptr;
}

}  // namespace tracetax
