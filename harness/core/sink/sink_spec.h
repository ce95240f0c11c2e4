// How a sink treats those who send to it: what it asks of them, and how it fails them on purpose.
// The same values come from a suite's "sink" and from the options of `tracetax sink`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "harness/core/text/units.h"

namespace tracetax {

/// Its certificate. Paths are of PEM files; empty: plain text.
struct SinkTls {
  std::string cert_file;
  std::string key_file;
  std::string client_ca_file;  // who may have signed a client's certificate; empty: needs none
  friend bool operator==(const SinkTls&, const SinkTls&) = default;
};

/// What goes wrong, of every request for traces. Times are from the start of the measured load in a
/// run, so that the warm-up has a sink in order; alone, from the opening of the doors.
struct SinkFaults {
  Nanos delay{0};                      // before each answer
  int status = 0;                      // of HTTP, in place of 200; gRPC: its counterpart. 0: none
  std::optional<Nanos> retry_after;    // told with the status; whole seconds
  SampleRate reject;                   // this share of the spans is told as a partial success
  bool reset = false;                  // the connection (gRPC: the call) is reset
  bool black_hole = false;             // no answer at all
  std::optional<Nanos> restart_after;  // closes all doors then, once
  Nanos closed_for{std::chrono::seconds{1}};  // and opens them again
  std::optional<Nanos> fails_for;             // all of it ends then, but for the restart
  friend bool operator==(const SinkFaults&, const SinkFaults&) = default;

  [[nodiscard]] bool any() const { return *this != SinkFaults{}; }
  /// When the last of them is over; none: never.
  [[nodiscard]] std::optional<Nanos> end() const {
    const bool answers =
        delay > Nanos{0} || status != 0 || reject.share() > 0 || reset || black_hole;
    if (answers && !fails_for) return std::nullopt;
    if (!restart_after) return fails_for;
    return std::max(*restart_after + closed_for, fails_for.value_or(Nanos{0}));
  }
};

struct SinkSpec {
  SinkTls tls;
  std::map<std::string, std::string> required_headers;  // names in lower case
  SinkFaults faults;
  friend bool operator==(const SinkSpec&, const SinkSpec&) = default;
};

}  // namespace tracetax
