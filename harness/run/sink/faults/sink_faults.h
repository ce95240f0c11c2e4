// What happens to each request for traces at a sink that fails on purpose. Pure: time is an
// argument, and chance has no part in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/sink/sink_spec.h"

namespace tracetax {

/// What becomes of one request.
struct FaultAnswer {
  enum class Kind { taken, status, reset, black_hole };
  Kind kind = Kind::taken;
  Nanos delay{0};                    // before the answer
  std::uint64_t rejected_spans = 0;  // of a taken one: told as a partial success, and not kept
};

/// The faults of one segment, from their begin on. One thread.
class FaultPlan {
 public:
  explicit FaultPlan(const SinkFaults& faults = {}) : faults_(faults) {}

  [[nodiscard]] const SinkFaults& faults() const { return faults_; }
  /// Of the next request, which comes `since` the begin and carries `spans`. Of all spans that were
  /// taken while the sink rejects, the share that was asked for is rejected, rounded down.
  [[nodiscard]] FaultAnswer next(Nanos since, std::uint64_t spans);
  /// Whether anything but its doors goes wrong then.
  [[nodiscard]] bool fails(Nanos since) const;
  /// "fault: status 503", as it stands among the reasons for refusing; empty if it is taken.
  [[nodiscard]] std::string reason(const FaultAnswer& answer) const;

 private:
  SinkFaults faults_;
  std::uint64_t spans_ = 0, rejected_ = 0;
};

/// The counterpart of an HTTP status among the codes of gRPC, as gRPC's own table of them and the
/// OTLP specification have it: 503 is UNAVAILABLE, 429 RESOURCE_EXHAUSTED.
[[nodiscard]] int grpc_code_of(int http_status);

/// google.rpc.Status with a google.rpc.RetryInfo, as gRPC carries it in its details.
[[nodiscard]] std::string retry_info_details(int code, const std::string& message, Nanos delay);

/// An ExportTraceServiceResponse that tells of rejected spans, in protobuf and in JSON. None
/// rejected: an empty one.
[[nodiscard]] std::string partial_success_protobuf(std::uint64_t rejected_spans);
[[nodiscard]] std::string partial_success_json(std::uint64_t rejected_spans);

}  // namespace tracetax
