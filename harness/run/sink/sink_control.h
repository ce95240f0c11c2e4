// The sink as a part of a run: it is asked in JSON lines on one descriptor and answers in JSON
// lines on another. The other end is sink_client.h.
//   at first                         -> {"ready":true,"http_port":N,"grpc_port":M}, M null without
//                                       gRPC; or {"error":"..."} and the end
//   {"ask":"begin"}                  -> {"ok":true}; forgets everything received
//   {"ask":"spans"}                  -> {"spans":N}; decodes what has arrived; N are distinct
//   {"ask":"close","expected":{...}} -> the receipt (receipt_json.h); without "expected" it only
//                                       counts. Asked again, it has the later spans too
//   anything else                    -> {"error":"..."}
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/run/sink/sink_doors.h"
#include "harness/run/sink/sink_store.h"

namespace tracetax {

struct SinkControlOptions {
  DoorsWanted doors;
  std::uint64_t memory_bytes = kSinkMemoryBytes;
};

/// Receives and answers until `read_fd` ends or `write_fd` is closed at the other side. Takes over
/// both descriptors. Error if a port cannot be had; that has been told on `write_fd` too.
[[nodiscard]] Status run_sink_control(int read_fd, int write_fd, const SinkControlOptions& options);

}  // namespace tracetax
