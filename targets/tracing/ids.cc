// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/ids.h"

#include <sys/random.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <random>

namespace tracetax {
namespace {

/// xoshiro256++ (Blackman and Vigna 2019): 1 ns a draw, and all bits good.
class Xoshiro {
 public:
  Xoshiro() {
    // Short reads happen only before the pool is ready; an all-zero state would be stuck at zero.
    if (getrandom(state_, sizeof state_, 0) != static_cast<ssize_t>(sizeof state_)) {
      std::random_device device;
      for (auto& word : state_) word = (static_cast<std::uint64_t>(device()) << 32) | device();
    }
    state_[0] |= 1;
  }
  std::uint64_t next() noexcept {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::uint64_t state_[4];
};

template <typename Id>
Id random_id() {
  thread_local Xoshiro generator;
  Id id;
  do {
    for (std::size_t at = 0; at < id.bytes.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t word = generator.next();
      std::memcpy(id.bytes.data() + at, &word, sizeof word);
    }
  } while (!id.valid());
  return id;
}

}  // namespace

TraceId random_trace_id() { return random_id<TraceId>(); }
SpanId random_span_id() { return random_id<SpanId>(); }

}  // namespace tracetax
