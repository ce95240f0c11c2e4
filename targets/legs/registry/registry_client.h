// What the clients of all registries share: an instance that is kept known, and a watch. The times
// are shorter than those of Go's clients (10 s and more), so that what a registry does shows within
// a segment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "targets/legs/registry.h"
#include "targets/legs/registry/registry_http.h"
#include "targets/legs/registry/repeating.h"

namespace tracetax {

inline constexpr Nanos kBeatEvery = std::chrono::seconds(1);
inline constexpr Nanos kHealthyFor = std::chrono::seconds(3);
inline constexpr Nanos kKnownFor = std::chrono::seconds(60);
inline constexpr Nanos kWithdrawTime = std::chrono::milliseconds(800);

/// A beat that fails registers again: the registry may have been started anew.
class BeatingEnrolment final : public Enrolment {
 public:
  BeatingEnrolment(std::function<Status()> beat, std::function<Status()> enrol,
                   std::function<void()> withdraw)
      : withdraw_(std::move(withdraw)),
        beats_(std::make_unique<Repeating>(
            [beat = std::move(beat), enrol = std::move(enrol), first = true](const auto&) mutable {
              if (!std::exchange(first, false) && !beat()) static_cast<void>(enrol());
              return kBeatEvery;
            })) {}
  ~BeatingEnrolment() override {
    beats_.reset();
    withdraw_();
  }

 private:
  const std::function<void()> withdraw_;
  std::unique_ptr<Repeating> beats_;
};

/// `look` gives the addresses, waiting for a change where the registry can, and how long to wait
/// before it looks again.
class LookingWatch final : public Watch {
 public:
  struct Look {
    Result<Addresses> addresses;
    Nanos pause{0};
  };
  LookingWatch(std::function<Look(const std::function<bool()>& is_over)> look,
               std::function<void(Addresses)> seen)
      : repeating_([look = std::move(look), seen = std::move(seen), told = false,
                    last = Addresses{}](const std::function<bool()>& is_over) mutable {
          Look now = look(is_over);
          if (is_over() || !now.addresses) return now.pause;
          if (!std::exchange(told, true) || *now.addresses != last) {
            last = *now.addresses;
            seen(std::move(*now.addresses));
          }
          return now.pause;
        }) {}

 private:
  Repeating repeating_;
};

}  // namespace tracetax
