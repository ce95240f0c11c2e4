// Stage `metric` of kitex (kitex-contrib/obs-opentelemetry, tracing/tracer.go): one histogram
// record per call. Its attributes are copied from the span and its resource, those on a list of
// wanted keys only, so a call whose span does not record is kept without any. Part of the
// instrumentation: belongs inside the trace stage, and is not there in the state `absent`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/stages/histogram_instrument.h"
#include "targets/stages/stage.h"
#include "targets/tracing/span.h"

namespace tracetax {

struct CallMetricSpec {
  // Keys of the resource that go into the set, with their values.
  Attributes resource{{"service.name", std::string("bench")},
                      {"service.namespace", std::string("bench")},
                      {"deployment.environment", std::string("bench")}};
};
/// The span's part: rpc.system, rpc.service, rpc.method and status.code.
[[nodiscard]] StagePointer make_stage(
    const CallMetricSpec& spec,
    std::unique_ptr<Instrument> (*make_instrument)() = make_histogram_instrument);

}  // namespace tracetax
