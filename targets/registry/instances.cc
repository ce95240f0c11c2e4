// SPDX-License-Identifier: Apache-2.0
#include "targets/registry/instances.h"

#include <utility>

namespace tracetax {
namespace {

constexpr auto kTick = std::chrono::milliseconds(50);
constexpr auto kGap = std::chrono::milliseconds(500);  // so late is nobody who was not stopped

}  // namespace

Instances::Instances() : time_([this] { watch_time(); }) {}

Instances::~Instances() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  time_.join();
}

void Instances::add(RegisteredInstance instance, bool beats) {
  const std::lock_guard lock(mutex_);
  const std::string id = instance.id;
  const auto now = Clock::now();
  Known known{std::move(instance), beats || instance.healthy_for == Nanos{0}, now};
  all_.insert_or_assign(id, std::move(known));
  ++index_;
}

bool Instances::beat(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = all_.find(id);
  if (found == all_.end()) return false;
  found->second.last_beat = Clock::now();
  if (!std::exchange(found->second.healthy, true)) ++index_;
  return true;
}

bool Instances::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const bool was_there = all_.erase(id) > 0;
  if (was_there) ++index_;
  return was_there;
}

std::vector<RegisteredInstance> Instances::healthy(const std::string& service) {
  const std::lock_guard lock(mutex_);
  std::vector<RegisteredInstance> found;
  for (const auto& [id, known] : all_) {
    if (known.healthy && known.instance.service == service) found.push_back(known.instance);
  }
  return found;
}

std::uint64_t Instances::index() {
  const std::lock_guard lock(mutex_);
  return index_;
}

void Instances::watch_time() {
  std::unique_lock lock(mutex_);
  auto last = Clock::now();
  while (!stopping_) {
    wake_.wait_for(lock, kTick, [this] { return stopping_; });
    const auto now = Clock::now();
    if (now - last > kGap) {
      for (auto& [id, known] : all_) known.last_beat += now - last;
    }
    last = now;
    expire(now);
  }
}

void Instances::expire(Clock::time_point now) {
  for (auto it = all_.begin(); it != all_.end();) {
    Known& known = it->second;
    const RegisteredInstance& instance = known.instance;
    const auto age = now - known.last_beat;
    const bool lapsed = instance.healthy_for > Nanos{0} && age > instance.healthy_for;
    if (lapsed && std::exchange(known.healthy, false)) ++index_;
    if (lapsed && instance.known_for > Nanos{0} &&
        age > instance.healthy_for + instance.known_for) {
      it = all_.erase(it);
      ++index_;
    } else {
      ++it;
    }
  }
}

}  // namespace tracetax
