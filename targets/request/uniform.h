// Uniform random draws as a parameter: what decides by chance takes one of these, so that a test
// can script the draws and a replay of the Go packages can use the same ones. No distribution but
// the uniform one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

namespace tracetax {

/// A reference to a source of draws, as cheap to pass as a pointer. Not owned.
class Uniform {
 public:
  using Next = double (*)(void* state);
  Uniform(Next next, void* state) : next_(next), state_(state) {}
  /// In [0, 1).
  double operator()() const { return next_(state_); }
  /// In [0, n), for n >= 1; takes one draw.
  [[nodiscard]] std::size_t below(std::size_t n) const {
    return std::min(static_cast<std::size_t>((*this)() * static_cast<double>(n)), n - 1);
  }

 private:
  Next next_;
  void* state_;
};

/// SplitMix64 (Steele, Lea, Flood 2014): one addition and a mix. Not for secrets.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] Uniform uniform() {
    return {[](void* state) { return static_cast<SplitMix*>(state)->next(); }, this};
  }

 private:
  double next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  std::uint64_t state_;
};

/// This thread's own source, seeded by the system.
[[nodiscard]] inline Uniform thread_uniform() {
  thread_local SplitMix source = [] {
    std::random_device device;
    return SplitMix((std::uint64_t{device()} << 32) | device());
  }();
  return source.uniform();
}

}  // namespace tracetax
