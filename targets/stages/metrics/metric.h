// Stage `metric`: measurements of OpenTelemetry's instrumentation, recorded for every request,
// sampled or not. Nobody collects them, but the attribute set is built, sorted and hashed each
// time, as it is in Go with a no-op meter. Part of the instrumentation: not there in the state
// `absent`. Frameworks' own metrics are label_metric.h, task_metric.h and their like.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "targets/request/http_attributes.h"
#include "targets/request/stage.h"
#include "targets/stages/metrics/attribute_set.h"

namespace tracetax {

/// An instrument of a meter, for any thread: the no-op one, or one that keeps.
class Instrument {
 public:
  virtual ~Instrument() = default;
  virtual void record(double value, const AttributeSet& set) = 0;
  /// What keeps the values, in a few words.
  [[nodiscard]] virtual std::string_view describe() const = 0;
};
[[nodiscard]] std::unique_ptr<Instrument> make_noop_instrument();

enum class Measurement { request_size, answer_size, duration, count };

/// As otelhttp and otelgin have it.
struct MetricSpec {
  std::vector<Measurement> records{Measurement::request_size, Measurement::answer_size,
                                   Measurement::duration};
  AttributeTable set =
      semconv({HttpAttribute::request_method, HttpAttribute::url_scheme,
               HttpAttribute::server_address, HttpAttribute::server_port,
               HttpAttribute::protocol_version, HttpAttribute::status_code, HttpAttribute::route});
};
/// `make_instrument` is called once per record; histogram_instrument.h has a real one.
[[nodiscard]] StagePointer make_stage(
    const MetricSpec& spec,
    std::unique_ptr<Instrument> (*make_instrument)() = make_noop_instrument);

}  // namespace tracetax
