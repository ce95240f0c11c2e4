// The driver's end of the control channel to a `tracetax sink --control` process: one JSON line
// asked, one JSON line answered, over a pair of pipes. A sink that died or stays silent is an
// Error, once and for all: a sink is never restarted in mid-run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "harness/core/receipt/receipt.h"
#include "harness/core/sink/sink_spec.h"
#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "harness/run/sink/sink_ports.h"

namespace tracetax {

class SinkClient {
 public:
  /// Takes over both descriptors. `read_fd`: the sink's stdout, `write_fd`: its stdin.
  SinkClient(int read_fd, int write_fd);
  ~SinkClient();
  SinkClient(const SinkClient&) = delete;
  SinkClient& operator=(const SinkClient&) = delete;

  /// Waits for the sink's line {"ready":true,"http_port":N,"grpc_port":M}. Error with the sink's
  /// own words, {"error":"..."}, if it could not bind.
  [[nodiscard]] Result<SinkPorts> wait_ready(Nanos within);
  /// Forgets everything received and starts a segment. `keeps_facts`: what ExpectedSpans::trees
  /// and ExpectedSpans::counted need.
  [[nodiscard]] Status begin_segment(bool keeps_facts = false);
  /// From now on, until the next begin_segment(), it fails like this.
  [[nodiscard]] Status plant(const SinkFaults& faults);
  /// Distinct spans decoded so far in this segment. Only to be asked while no load runs.
  [[nodiscard]] Result<std::uint64_t> spans_received();
  /// Checks the segment against the plan. May be asked again before the next begin_segment(): what
  /// has arrived in between is then in it. To ask again is the way to wait for the last spans.
  /// (Having as many as are due is no proof, because spans_received() counts uncertain and
  /// unexpected spans too.)
  [[nodiscard]] Result<Receipt> close_segment(const ExpectedSpans& expected);
  /// The same when nothing is known about what must come: a receipt with `known` false.
  [[nodiscard]] Result<Receipt> count_segment();
  [[nodiscard]] bool alive() const { return failure_.empty(); }

 private:
  [[nodiscard]] Result<std::string> ask(const std::string& line, Nanos within);
  [[nodiscard]] Result<Receipt> ask_receipt(const std::string& line);

  int read_fd_, write_fd_;
  std::string buffer_;
  std::string failure_;  // the first failure; every later call repeats it
};

}  // namespace tracetax
