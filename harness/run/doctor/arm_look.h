// What one short look at an arm saw, as plain data. look.h fills it in; checks.h reads it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/receipt/trace_quality.h"
#include "harness/core/receipt/tree_account.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// One HTTP/1.1 exchange, read from the wire.
struct HttpAnswer {
  int status = 0;
  int minor_version = 1;         // HTTP/1.x
  bool says_close = false;       // Connection: close, or HTTP/1.0 without keep-alive
  bool closed = false;           // the server closed after it
  std::string location{};        // of a redirect
  std::string asks_for{};        // WWW-Authenticate
  std::string body_beginning{};  // at most 200 bytes
};

/// What became of requests at the rate of the run.
struct LoadLook {
  double asked_rate = 0, achieved_rate = 0;  // requests/s
  double planned_rate = 0;  // what the run will offer; more than asked_rate if that was cut
  std::uint64_t sent = 0, ok = 0;
  std::map<std::string, std::uint64_t> errors{};  // by kind
  std::vector<double> window_costs_us{};  // CPU per request, window by window, from the first on
  double windows_s = 0;                   // length of one
};

/// The spans of requests whose flags the driver set.
struct SpanLook {
  std::uint64_t sampled = 0, unsampled = 0;  // requests with and without the sampled flag
  std::uint64_t spans = 0;                   // all that came by themselves
  std::uint64_t traces = 0, traces_expected = 0;
  double spans_each = 0;               // spans per trace that came
  bool all_alike = false;              // each expected trace holds as many
  std::optional<TreeAccount> trees{};  // of a topology, or of spans that are counted in place
  std::uint64_t foreign = 0;           // traces that began elsewhere than at our requests
  double delay_max_ms = 0;             // from a span's end to the sink
  TraceQuality quality{};
  // Of the last requests, which are followed by SIGTERM at once:
  std::uint64_t last_sampled = 0, last_came = 0;  // traces
  std::uint64_t from_unsampled = 0;               // traces of requests without the flag
};

struct StopLook {
  double took_s = 0;
  bool killed = false;  // did not end within `patience_s`
  double patience_s = 0;
  std::string end{};  // how it ended, if by itself
};

struct ArmLook {
  std::string target, scenario, arm;
  TracingState state = TracingState::absent;
  bool caller_samples = true;
  ContextFormats context{ContextFormat::w3c};  // as it was sent, where the caller samples
  std::string propagators;                     // OTEL_PROPAGATORS of the service; empty: not set
  std::optional<Error> failed;                 // why there is no more than this
  double ready_s = 0;
  std::string ready_how;             // the URL that answered
  std::string runtime;               // "java", "node", "python3.11", "" if unknown
  std::optional<HttpAnswer> answer;  // none: not HTTP/1.1, or nobody answered
  bool metered = false;
  double capacity = 0;  // requests/s, closed loop; 0: not looked for
  std::optional<LoadLook> load;
  std::optional<SpanLook> spans;
  double batch_delay_s = 0;
  long descriptors_grew_by = 0;     // from its start until our connections were closed
  std::size_t processes = 1;        // of its tree, then
  std::size_t beside = 0;           // services and companions beside the front
  std::optional<std::string> died;  // how, while it was being looked at
  std::optional<StopLook> stop;
};

/// Whether CPU per request of programs in this runtime falls for seconds, while it compiles.
[[nodiscard]] bool compiles_while_it_runs(const std::string& runtime);

}  // namespace tracetax
