// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pool.h"

#include <utility>

namespace tracetax {

PooledConnection CallPool::take(std::string_view address, Nanos now) {
  Peer* peer = peer_of(address);
  if (peer == nullptr) return open(now);
  const std::lock_guard lock(peer->mutex);
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

}  // namespace tracetax
