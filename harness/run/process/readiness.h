// Waits until a freshly launched target is ready for requests, and notices at once if it ends
// instead.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "harness/load/session/scenario.h"
#include "harness/run/process/process.h"

namespace tracetax {

/// What must answer: a URL with 2xx, or only a port that accepts connections.
struct ReadinessProbe {
  std::string url;  // as asked: for messages
  Endpoint endpoint;
  std::string path;  // empty: connect only
  /// Unsampled, so that who follows its caller leaves no span. Who decides by itself, whatever the
  /// caller says, is asked without one: its span would else be of a trace that began elsewhere.
  bool has_context = true;
};
/// From "http://host:port/path" or "tcp://host:port". Error (usage) names the text.
[[nodiscard]] Result<ReadinessProbe> readiness_probe(const std::string& url);

/// Asks every 5 ms at first, every 50 ms later. Error (invalid) if the program ends or the time is
/// over, with its last words and what the last probe met; (interrupted) if `abandon` says so.
/// `process` may be null (attached).
[[nodiscard]] Status wait_until_ready(const ReadinessProbe& probe, Process* process, Nanos within,
                                      const std::function<bool()>& abandon);

}  // namespace tracetax
