// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pool.h"

#include <fmt/format.h>

#include <utility>

#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

class PoolStage final : public Stage {
 public:
  explicit PoolStage(const PoolSpec& spec)
      : spec_(spec), pool_(spec.rules), evicted_ns_(steady_nanos().count()) {}

  void handle(Exchange& exchange, Next next) const override {
    const Nanos start = steady_nanos();
    evict_if_due(start);
    // A stage behind this one may pick again; the connection goes back to where it came from.
    const std::string_view address =
        exchange.upstream.empty() ? std::string_view(spec_.address) : exchange.upstream;
    const PooledConnection connection = pool_.take(address, start);
    try {
      next(exchange);
    } catch (...) {
      pool_.discard(address, connection);
      throw;
    }
    pool_.give_back(address, connection, steady_nanos());
  }

  std::string describe() const override {
    const PoolRules& rules = spec_.rules;
    if (rules.kind == PoolKind::mux) return "pool: one connection per address for all requests";
    return fmt::format("pool: last in, first out, {} idle per address, {} in all, {} {}",
                       rules.idle_per_address, rules.idle_total, format_duration(rules.expiry),
                       rules.kind == PoolKind::age ? "old" : "idle");
  }

 private:
  void evict_if_due(Nanos now) const {
    std::int64_t evicted = evicted_ns_.load(std::memory_order_relaxed);
    if (now - Nanos(evicted) < spec_.rules.expiry) return;
    if (evicted_ns_.compare_exchange_strong(evicted, now.count())) pool_.evict(now);
  }

  PoolSpec spec_;
  mutable CallPool pool_;
  mutable std::atomic<std::int64_t> evicted_ns_;
};

}  // namespace

PooledConnection CallPool::take(std::string_view address, Nanos now) {
  Peer* peer = peer_of(address);
  if (peer == nullptr) return open(now);
  const std::lock_guard lock(peer->mutex);
  if (rules_.kind == PoolKind::mux) {
    if (peer->idle.empty()) peer->idle.push_back(open(now));
    return peer->idle.front();
  }
  while (!peer->idle.empty()) {
    PooledConnection connection = std::move(peer->idle.back());
    peer->idle.pop_back();
    idle_.fetch_sub(1);
    if (!expired(connection, now)) return connection;
    ++closed_;
  }
  return open(now);
}

void CallPool::give_back(std::string_view address, PooledConnection connection, Nanos now) {
  Peer* peer = peer_of(address);
  if (peer != nullptr && rules_.kind == PoolKind::mux) return;
  if (peer != nullptr) {
    connection.given_back = now;
    const std::lock_guard lock(peer->mutex);
    if (peer->idle.size() < rules_.idle_per_address && count_idle()) {
      peer->idle.push_back(std::move(connection));
      return;
    }
  }
  ++closed_;
}

void CallPool::discard(std::string_view address, const PooledConnection& connection) {
  if (Peer* peer = peer_of(address); peer != nullptr && rules_.kind == PoolKind::mux) {
    const std::lock_guard lock(peer->mutex);
    // Another request may have reported the same one, and it may be replaced already.
    if (peer->idle.empty() || peer->idle.front().id != connection.id) return;
    peer->idle.clear();
  }
  ++closed_;
}

void CallPool::evict(Nanos now) {
  if (rules_.kind == PoolKind::mux) return;
  const std::shared_lock peers_lock(peers_mutex_);
  for (const auto& [address, peer] : peers_) {
    const std::lock_guard lock(peer->mutex);
    const std::size_t gone = std::erase_if(
        peer->idle, [&](const PooledConnection& connection) { return expired(connection, now); });
    idle_.fetch_sub(gone);
    closed_ += gone;
  }
}

CallPool::Peer* CallPool::peer_of(std::string_view address) {
  {
    const std::shared_lock lock(peers_mutex_);
    if (const auto found = peers_.find(address); found != peers_.end()) return found->second.get();
  }
  const std::lock_guard lock(peers_mutex_);
  if (const auto found = peers_.find(address); found != peers_.end()) return found->second.get();
  if (peers_.size() >= kAddressesMost) return nullptr;
  return peers_.emplace(address, std::make_unique<Peer>()).first->second.get();
}

bool CallPool::expired(const PooledConnection& connection, Nanos now) const {
  return now - (rules_.kind == PoolKind::age ? connection.opened : connection.given_back) >
         rules_.expiry;
}

bool CallPool::count_idle() {
  std::size_t idle = idle_.load();
  while (idle < rules_.idle_total) {
    if (idle_.compare_exchange_weak(idle, idle + 1)) return true;
  }
  return false;
}

StagePointer make_stage(const PoolSpec& spec) { return std::make_unique<PoolStage>(spec); }

}  // namespace tracetax
