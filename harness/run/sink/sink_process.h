// The sink of a run: a `tracetax sink --control` process beside the driver, on the driver's CPUs,
// and what became of it. It is started once. If it fails, it stays failed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/receipt/receipt.h"
#include "harness/core/text/error.h"
#include "harness/run/process/pinning.h"
#include "harness/run/process/process.h"
#include "harness/run/sink/sink_client.h"
#include "harness/run/sink/sink_store.h"

namespace tracetax {

class SinkProcess {
 public:
  struct Wanted {
    int http_port = 0;                            // 0: a free one
    std::optional<int> grpc_port = std::nullopt;  // 0: a free one; none: no OTLP/gRPC
    std::uint64_t memory_bytes = kSinkMemoryBytes;
    SinkSpec spec{};  // its doors; faults are planted later
  };
  /// Error with the sink's own words if it cannot bind.
  [[nodiscard]] static Result<std::unique_ptr<SinkProcess>> start(const std::string& program,
                                                                  const Wanted& wanted,
                                                                  const CpuList& cpus);

  [[nodiscard]] const SinkPorts& ports() const { return ports_; }
  /// What made it fail, once it has.
  [[nodiscard]] const std::optional<std::string>& failed() const { return failed_; }

  // As in SinkClient; nothing (or a receipt that names the failure) once it has failed.
  void begin_segment(bool keeps_facts = false);
  void plant(const SinkFaults& faults);
  [[nodiscard]] std::optional<std::uint64_t> spans_received();
  [[nodiscard]] Receipt close_segment(const ExpectedSpans& expected);
  [[nodiscard]] Receipt count_segment();

 private:
  explicit SinkProcess(Process process);
  void fail(const Error& error);
  [[nodiscard]] Receipt receipt_from(const std::function<Result<Receipt>()>& ask);

  Process process_;
  SinkClient client_;
  SinkPorts ports_;
  std::optional<std::string> failed_;
};

}  // namespace tracetax
