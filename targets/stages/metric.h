// Stage `metric`: the three measurements (request size, answer size, duration) that otelhttp and
// otelgin record for every request, sampled or not. Nobody collects them, but the attribute set is
// built and sorted each time, as it is in Go with a no-op meter. Part of the instrumentation: not there
// in the state `absent`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "targets/stages/stage.h"
#include "targets/tracing/span.h"

namespace tracetax {

/// An instrument of a meter. Two make: the no-op one, and the tests' that keeps.
class Instrument {
 public:
  virtual ~Instrument() = default;
  /// `set` is sorted by key and has each key once.
  virtual void record(double value, const Attributes& set) = 0;
};
[[nodiscard]] std::unique_ptr<Instrument> make_noop_instrument();

/// As attribute.NewSet of Go: sorted by key, the last value of a key wins.
void normalize_set(Attributes& attributes);

struct MetricSpec {};
/// `make_instrument` is called three times.
[[nodiscard]] StagePointer make_stage(
    const MetricSpec& spec,
    std::unique_ptr<Instrument> (*make_instrument)() = make_noop_instrument);

}  // namespace tracetax
