// What may be sent to a sink: where each of OTLP's signals goes, and what a sender must show.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/receipt/refusals.h"
#include "harness/core/text/quote.h"

namespace tracetax {

enum class OtlpSignal { traces, other };

struct SignalDoor {
  std::string_view http_path;
  std::string_view grpc_method;
  OtlpSignal signal;
};
inline constexpr SignalDoor kSignalDoors[] = {
    {"/v1/traces", "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
     OtlpSignal::traces},
    {"/v1/metrics", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
     OtlpSignal::other},
    {"/v1/logs", "/opentelemetry.proto.collector.logs.v1.LogsService/Export", OtlpSignal::other},
    {"/v1development/profiles",
     "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
     OtlpSignal::other},
};

/// Nothing if no signal goes there.
[[nodiscard]] inline std::optional<OtlpSignal> signal_of(std::string_view SignalDoor::*where,
                                                         std::string_view path) {
  const auto* found = std::ranges::find(kSignalDoors, path, where);
  return found == std::end(kSignalDoors) ? std::nullopt : std::optional{found->signal};
}

/// The refusal of a sender who lacks a header or has another value in it; empty if nothing is
/// missing. `value_of(name)` gives a header's value, empty if there is none. Values are secrets and
/// are told nowhere.
template <typename ValueOf>
[[nodiscard]] std::string header_fault(const std::map<std::string, std::string>& required,
                                       ValueOf&& value_of) {
  for (const auto& [name, wanted] : required) {
    const std::string_view value = value_of(name);
    if (value != wanted)
      return fmt::format("{}{} {}", kHeader, name, value.empty() ? "missing" : "wrong");
  }
  return {};
}

/// What a peer chose, short and printable, for a reason.
[[nodiscard]] inline std::string word(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  return text.empty() ? "none" : printable(text, kLongest);
}

/// Of what was no traces: shown, and no reason to doubt a receipt.
[[nodiscard]] inline std::string refusal_of(OtlpSignal signal, std::string reason) {
  return signal == OtlpSignal::traces ? std::move(reason) : std::string(kOtherSignal) + reason;
}

}  // namespace tracetax
