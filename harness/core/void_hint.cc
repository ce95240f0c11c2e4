// SPDX-License-Identifier: Apache-2.0
#include "harness/core/void_hint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/receipt/refusals.h"

namespace tracetax {
namespace {

/// So much of what it could do leaves room for chance.
constexpr double kKept = 0.85;

/// To two digits, and never up.
double rounded_down(double value) {
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
  // Powers of ten are not exact: what is a whole number of units but for that stays one.
  const double units = std::floor(value / unit + 1e-9);
  return unit >= 1 ? units * unit : units / std::round(1 / unit);
}

std::string status_hint(int status) {
  if (status == 401 || status == 403)
    return "it asks for credentials: give them in the scenario's headers";
  if (status == 404) return "it knows no such path: see the scenario's path and method";
  if (status == 429) return "it limits the rate itself: offer less, or lift its limit";
  if (status >= 300 && status < 400)
    return "it redirects: ask for the place that it leads to in the scenario's path";
  if (status >= 500) return "it fails: look at its output";
  return "see the scenario's request, or say which answer is right: expect.status";
}

}  // namespace

std::string lower_rate(const std::optional<OfferedRate>& offered, double asked, double achieved) {
  constexpr double kLowestRate = 0.001;
  const double kept = kKept * std::min(asked, achieved);
  if (kept <= 0) return "lower the rate";
  OfferedRate right = std::max(kLowestRate, rounded_down(kept));
  if (offered && asked > 0) {
    if (const auto* share = std::get_if<CapacityShare>(&*offered))
      right = CapacityShare{rounded_down(share->share * kept / asked)};
  }
  return "lower the rate: --set load.rate=" + format_offered_rate(right);
}

bool comes_of_overload(const std::string& kind) {
  return kind == "timeout" || kind == "unfinished" || kind == "DEADLINE_EXCEEDED";
}

std::string error_hint(const std::map<std::string, std::uint64_t>& errors) {
  const auto most =
      std::ranges::max_element(errors, {}, [](const auto& error) { return error.second; });
  const std::string& kind = most->first;
  if (kind == "closed" || kind == "reset") {
    return "it closes connections instead of answering, as servers do that keep none for the next "
           "request: use one that keeps them, such as gunicorn with gthread workers, or waitress";
  }
  if (kind == "connect")
    return "it accepts no connections any more, or too few at once: look at its output";
  if (comes_of_overload(kind)) {
    return "it hangs or is overloaded: offer less (load.rate), or give it longer (load.timeout)";
  }
  if (kind == "tls") return "TLS fails: see the scheme of the URL and who signed the certificate";
  if (kind == "wrong_answer") return "its answers are not what the scenario expects";
  if (kind.starts_with("status_")) return status_hint(std::atoi(kind.c_str() + 7));
  return "look at its output";
}

std::optional<std::string> receipt_hint(const Receipt& receipt, bool exports) {
  if (!receipt.known || receipt.sink_failure || receipt.refused_payloads > 0 ||
      refusals_void(receipt.refusals))
    return std::nullopt;
  if (!exports && receipt.received > 0) {
    return "This arm should export nothing: does the target's SDK know the variables that say so "
           "(OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER)? An arm may set its own env, args or command";
  }
  if (receipt.traces_expected == 0) return std::nullopt;
  if (receipt.received == 0) {
    return "Not one span came: does the target export OTLP to OTEL_EXPORTER_OTLP_ENDPOINT, by "
           "OTEL_EXPORTER_OTLP_PROTOCOL, and is its SDK on?";
  }
  if (receipt.trees) return std::nullopt;  // which says what is wrong
  const std::uint64_t usual = receipt.expected / receipt.traces_expected;
  const std::uint64_t came = receipt.traces_received;
  if (receipt.unexpected_traces == 0 && receipt.wrong_shape_traces == came &&
      receipt.received % came == 0) {
    return fmt::format(
        "Each trace has {} spans and not {}: set the target's spans_per_request to {}",
        receipt.received / came, usual, receipt.received / came);
  }
  // Of those that the plan did not sample, not of a background job.
  if (receipt.missing_traces == 0 && receipt.unexpected_traces > receipt.traces_expected &&
      receipt.broken_propagation.empty()) {
    return "It samples on its own and not as its caller says: is its sampler "
           "parentbased_traceidratio or parentbased_always_off (OTEL_TRACES_SAMPLER)? A target "
           "that "
           "decides is measured with \"sampling\": \"target\"";
  }
  return std::nullopt;
}

}  // namespace tracetax
