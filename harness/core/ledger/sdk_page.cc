// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/sdk_page.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace tracetax {
namespace {

/// "otel_sdk_span_started_total{a="b"}" and "otel.sdk.span.started{a="b"}" -> "span_started".
std::string sdk_family(std::string_view name) {
  std::string family(name.substr(0, name.find('{')));
  std::ranges::replace(family, '.', '_');
  constexpr std::string_view kPrefix = "otel_sdk_", kTotal = "_total";
  if (!family.starts_with(kPrefix)) return "";
  family.erase(0, kPrefix.size());
  if (family.ends_with(kTotal)) family.resize(family.size() - kTotal.size());
  return family;
}

}  // namespace

std::optional<SelfCounts> sdk_counts(const ServiceMetrics& metrics) {
  SelfCounts counts;
  std::uint64_t live = 0;
  bool seen = false, goes_on = false;
  for (const auto& [name, value] : metrics) {
    const std::string family = sdk_family(name);
    const auto spans = static_cast<std::uint64_t>(std::max(value, 0.0));
    const bool sampled = name.find("RECORD_AND_SAMPLE") != name.npos;
    const bool failed =
        name.find("error_type=") != name.npos || name.find("error.type") != name.npos;
    seen = seen || !family.empty();
    goes_on = goes_on || family.starts_with("processor_") || family.starts_with("exporter_");
    if (family == "span_started") counts.started += spans;
    if (family == "span_started" && sampled) counts.sampled += spans;
    if (family == "span_live" && sampled) live += spans;
    if (family == "processor_span_processed" && failed) counts.dropped += spans;
    if (family == "exporter_span_exported") (failed ? counts.failed : counts.exported) += spans;
  }
  if (!seen) return std::nullopt;
  counts.ended = counts.sampled - std::min(live, counts.sampled);
  counts.exporter = goes_on ? "otlp" : "none";
  return counts;
}

}  // namespace tracetax
