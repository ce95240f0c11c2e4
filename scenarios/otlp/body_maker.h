// Bodies of exports, one after another: a form with fresh ids, times and values, and then
// compressed. See BM_MakeBody for what a span costs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "harness/load/session/scenario.h"
#include "scenarios/otlp/body_form.h"
#include "scenarios/otlp/packer.h"

namespace tracetax {

/// One thread at a time: each worker has its own.
class BodyMaker {
 public:
  BodyMaker(std::shared_ptr<const BodyForm> form, Packing packing);

  /// As MakeBody. Trace t of request k has the trace id of number k * traces + t, its root that
  /// number's span id, which has no parent. Everything but the times is a function of the phase's
  /// seed and the number: a request that is made twice has the same spans.
  std::size_t make(const BodyRequest& request, BodyBuffer& out);

 private:
  struct Trace;
  void write(const BodyRequest& request, char* out) const;
  void write_span(const SpanForm& form, const Trace& trace, std::uint64_t span_id,
                  char* out) const noexcept;
  void put_time(std::int64_t unix_ns, char* out) const noexcept;
  void put_span_id(std::uint64_t id, char* out) const noexcept;

  std::shared_ptr<const BodyForm> form_;
  std::uint64_t random_bound_ = 0, error_bound_ = 0, late_bound_ = 0;  // of 32 bits
  BodyBuffer plain_;                                                   // before compression
  Packer packer_;
};

}  // namespace tracetax
