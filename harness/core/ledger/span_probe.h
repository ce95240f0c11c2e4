// What a short start of a target showed about its spans, as plain data: the evidence of
// diagnosis.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/ledger/span_ledger.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// Requests of one kind, and what came of the traces that they began.
struct ProbePhase {
  std::uint64_t requests = 0;         // answered
  std::uint64_t whole = 0, part = 0;  // traces; of the others nothing came

  [[nodiscard]] std::uint64_t came() const { return whole + part; }
  [[nodiscard]] bool all_whole() const { return whole == requests; }
};

/// One start. All requests but the unsampled ones had the sampled flag and trace ids that are
/// known.
struct SpanProbe {
  std::string changed{};    // "OTEL_TRACES_SAMPLER=always_on": what was set for it; empty: nothing
  std::string failed{};     // why it could not be looked at; empty: it could
  SegmentRecord segment{};  // receipt, self counts, words and metrics of all of it
  ProbePhase calm{};        // a few, and time enough for their spans
  ProbePhase burst{};       // some hundred as fast as they were answered, and time again
  ProbePhase last{};        // a few, with SIGTERM right behind them
  ProbePhase unsampled{};   // without the flag: nothing should come
  bool killed = false;      // SIGTERM did not end it
  int spans_each = 0;       // that a trace was held to have
};

/// Memory while spans were made, at equal steps of load.
struct MemoryProbe {
  std::vector<std::uint64_t> rss_bytes{};  // one more than steps
  std::vector<std::uint64_t> spans{};      // made in each step
};

/// How the target was told to trace, as its environment stands.
struct TracingFacts {
  LedgerFacts ledger{};
  std::string sampler{}, exporter{}, propagators{};  // OTEL_TRACES_SAMPLER and so on
  std::string endpoint{};                            // where it is told to export to
  bool endpoint_is_ours = true;                      // that is the sink, or the service before it
};

struct SpanEvidence {
  TracingFacts facts{};
  SpanProbe as_it_is{};
  std::vector<SpanProbe> changed{};  // with one variable each set otherwise
  /// Services that were asked directly, and whether they went on with that caller's trace.
  std::map<std::string, bool> joins_when_asked{};
  std::optional<MemoryProbe> memory{};
};

}  // namespace tracetax
