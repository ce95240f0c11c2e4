// Pools of connections as clients keep them; the stage `call` keeps its sockets in one. Sources:
// kitex pkg/remote/connpool/long_pool.go v0.16.3 (the last given back goes first, limits on idle
// ones per address and in all), go-micro util/pool v5 (the same, by age since opening).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/core/text/units.h"

namespace tracetax {

class BlockingConnection;

enum class PoolKind {
  idle_time,  // kitex: an idle connection expires `expiry` after it was given back
  age,        // go-micro: a connection expires `expiry` after it was opened
};

struct PoolRules {
  PoolKind kind = PoolKind::idle_time;
  std::size_t idle_per_address = 10;  // go-micro: 100
  std::size_t idle_total = 100;
  Nanos expiry = std::chrono::seconds(60);
};

struct PooledConnection {
  std::uint64_t id = 0;
  Nanos opened{0};
  Nanos given_back{0};
  /// For who takes it to open and use; closed with the last copy. Null: new.
  std::shared_ptr<BlockingConnection> socket{};
};

/// Any thread; a lock per address.
class CallPool {
 public:
  /// So many addresses have a pool; connections to others are opened and closed each time.
  static constexpr std::size_t kAddressesMost = 4096;

  explicit CallPool(PoolRules rules) : rules_(rules) {}

  /// The idle connection that was given back last and has not expired, or a new one. Expired ones
  /// that are met are closed.
  [[nodiscard]] PooledConnection take(std::string_view address, Nanos now);
  /// Keeps it, or closes it where a limit is reached.
  void give_back(std::string_view address, PooledConnection connection, Nanos now);
  /// For a connection that broke.
  void discard() { ++closed_; }

  [[nodiscard]] const PoolRules& rules() const { return rules_; }
  [[nodiscard]] std::uint64_t opened() const { return opened_; }
  [[nodiscard]] std::uint64_t closed() const { return closed_; }
  [[nodiscard]] std::size_t idle() const { return idle_; }

 private:
  struct Peer {
    std::mutex mutex;
    std::vector<PooledConnection> idle;  // the last given back at the end
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  [[nodiscard]] Peer* peer_of(std::string_view address);
  [[nodiscard]] bool expired(const PooledConnection& connection, Nanos now) const;
  [[nodiscard]] PooledConnection open(Nanos now) { return {++opened_, now, now}; }
  /// False at the limit in all.
  [[nodiscard]] bool count_idle();

  PoolRules rules_;
  std::shared_mutex peers_mutex_;
  std::unordered_map<std::string, std::unique_ptr<Peer>, Hash, std::equal_to<>> peers_;
  std::atomic<std::uint64_t> opened_ = 0;
  std::atomic<std::uint64_t> closed_ = 0;
  std::atomic<std::size_t> idle_ = 0;
};

}  // namespace tracetax
