// The instances that a registry knows, with the times until which they are healthy and known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/core/text/units.h"

namespace tracetax {

struct RegisteredInstance {
  std::string id;
  std::string service;
  std::string address;
  std::uint16_t port = 0;
  Nanos healthy_for{0};  // from each beat on; 0: for ever
  Nanos known_for{0};    // from then on; 0: for ever
};

/// Any thread. While the process is stopped, as in turns, no time passes for the instances.
class Instances {
 public:
  using Clock = std::chrono::steady_clock;
  Instances();
  ~Instances();

  /// In place of one of the same id. `beats`: healthy from now on, as if it had sent a beat.
  void add(RegisteredInstance instance, bool beats);
  /// False: it is not known.
  bool beat(const std::string& id);
  bool remove(const std::string& id);
  /// By service, in the order of their ids.
  [[nodiscard]] std::vector<RegisteredInstance> healthy(const std::string& service);
  /// Grows whenever an instance comes, goes, or changes its health; at least 1.
  [[nodiscard]] std::uint64_t index();

 private:
  struct Known {
    RegisteredInstance instance;
    bool healthy = false;
    Clock::time_point last_beat;
  };
  void watch_time();
  void expire(Clock::time_point now);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Known> all_;
  std::uint64_t index_ = 1;
  bool stopping_ = false;
  std::thread time_;
};

}  // namespace tracetax
