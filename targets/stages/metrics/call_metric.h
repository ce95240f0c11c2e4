// Stage `metric` of CloudWeGo's frameworks (obs-opentelemetry of kitex-contrib and hertz-contrib,
// tracing/tracer_server.go): records per call. Their attributes are copied from the span and its
// resource, if they are on a list of wanted keys. If the span does not record, Kitex records the
// call without any attributes, and Hertz does not record it. Part of the instrumentation: it
// belongs inside the trace stage, and is not there in the state `absent`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "targets/request/attributes.h"
#include "targets/request/stage.h"
#include "targets/stages/metrics/histogram_instrument.h"

namespace tracetax {

/// As Kitex has it.
struct CallMetricSpec {
  // What the span holds when it is read, and the status.
  AttributeTable span{{"rpc.system", ExchangeValue::fixed, "kitex"},
                      {"rpc.service", ExchangeValue::service},
                      {"rpc.method", ExchangeValue::method},
                      {"kitex.recv_size", ExchangeValue::received_size},
                      {"kitex.send_size", ExchangeValue::sent_size},
                      {"status.code", ExchangeValue::status_code}};
  std::vector<std::string_view> wanted{"rpc.system", "rpc.service", "rpc.method", "status.code"};
  // The resource, of which service.name, service.namespace and deployment.environment are wanted.
  Attributes resource{{"service.name", std::string("bench")},
                      {"service.namespace", std::string("bench")},
                      {"deployment.environment", std::string("bench")}};
  bool counts = false;          // beside the duration, a counter with the same attributes
  bool asks_recording = false;  // nothing is recorded where the span does not
};
[[nodiscard]] StagePointer make_stage(
    const CallMetricSpec& spec,
    std::unique_ptr<Instrument> (*make_instrument)() = make_histogram_instrument);

}  // namespace tracetax
