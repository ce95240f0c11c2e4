// What the tests of the engine share: phases, setups and the books that must close.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "harness/load/engine.h"
#include "harness/load/testing.h"

namespace tracetax::testing {

using namespace std::chrono_literals;

inline LoadSetup setup_for(const ScriptedServer& server, int connections) {
  LoadSetup setup;
  setup.endpoint = server.endpoint();
  setup.scenario = simple_scenario(setup.endpoint);
  setup.connections = connections;
  setup.release = ReleaseMode::sleep;  // leaves the CPU to the scripts
  return setup;
}

inline LoadPhase open_phase(double rate, Nanos duration, double sampled = 0) {
  LoadPhase phase;
  phase.rate = rate;
  phase.duration = duration;
  phase.ids = RequestIds{7, *SampleRate::make(sampled)};
  return phase;
}

inline LoadPhase closed_phase(std::uint64_t count) {
  LoadPhase phase;
  phase.closed = true;
  phase.duration = 1h;
  phase.count = count;
  phase.ids = RequestIds{7, SampleRate{}};
  return phase;
}

inline std::unique_ptr<Engine> connect(LoadSetup setup) {
  auto engine = Engine::connect(std::move(setup));
  if (!engine) throw std::runtime_error(engine.error().message);
  return std::move(*engine);
}

inline std::uint64_t count_of(const LoadResult& result, const std::string& kind) {
  const auto found = result.errors.find(kind);
  return found == result.errors.end() ? 0 : found->second;
}

// Errors that ended a request; the others are about connections, or about requests never sent.
inline std::uint64_t failed_requests(const LoadResult& result) {
  std::uint64_t failed = 0;
  for (const auto& [kind, count] : result.errors) {
    if (kind != "connect" && kind != "unfinished") failed += count;
  }
  return failed;
}

// Every number is accounted for, once.
inline void expect_closed_books(const LoadResult& result) {
  EXPECT_EQ(result.due, result.sent + result.not_sent.size());
  EXPECT_EQ(result.sent, result.ok + failed_requests(result));
  EXPECT_EQ(result.uncertain.size(), result.sent - result.ok);
  EXPECT_EQ(result.exceptions_lost, 0U);
  std::set<std::uint64_t> listed(result.not_sent.begin(), result.not_sent.end());
  listed.insert(result.uncertain.begin(), result.uncertain.end());
  EXPECT_EQ(listed.size(), result.not_sent.size() + result.uncertain.size());
  if (!listed.empty()) {
    EXPECT_LT(*listed.rbegin(), result.due);
  }
  const auto timed = static_cast<std::uint64_t>(result.times.response().count());
  EXPECT_EQ(timed, result.ok + count_of(result, "timeout"));
  EXPECT_EQ(result.times.service().count(), result.times.response().count());
}

// The traceparents that the planned numbers give, less those that were not sent.
inline std::map<std::string, int> planned(const LoadResult& result, const RequestIds& ids) {
  const std::set<std::uint64_t> missing(result.not_sent.begin(), result.not_sent.end());
  std::map<std::string, int> counts;
  for (std::uint64_t k = 0; k < result.due; ++k) {
    if (!missing.contains(k)) ++counts[format_traceparent(ids.at(k))];
  }
  return counts;
}

}  // namespace tracetax::testing
