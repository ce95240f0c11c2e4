// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/refusals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace tracetax {
namespace {

constexpr std::size_t kReasonsMost = 32;
constexpr std::size_t kReasonBytes = 80;
constexpr std::size_t kReasonsTold = 6;  // in one sentence

constexpr RefusalKind kKinds[] = {
    {kUnknownEncoding, true,
     "OTEL_EXPORTER_OTLP_COMPRESSION may be none, gzip, deflate, zstd or snappy"},
    {kContentType, true, "OTLP/HTTP comes as application/x-protobuf or application/json"},
    {kHeader, true, "set OTEL_EXPORTER_OTLP_HEADERS to what the sink requires"},
    {kTooLarge, true, "lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE: a request may have 64 MiB"},
    {kBrokenRequest, true, "the exporter and what stands between it and the sink"},
    {kConnectionLimit, true, "fewer connections from the exporter, which may not keep them alive"},
    {kTlsHandshake, true,
     "the exporter's certificates: OTEL_EXPORTER_OTLP_CERTIFICATE trusts the sink's, "
     "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and _CLIENT_KEY are its own"},
    {kTlsOnPlainPort, true,
     "an endpoint of http://, OTEL_EXPORTER_OTLP_INSECURE=true, or a sink with a certificate"},
    {kPlainOnTlsPort, true,
     "an endpoint of https://, OTEL_EXPORTER_OTLP_INSECURE=false, or a sink without a certificate"},
    {kGrpcOnHttpPort, true, "OTEL_EXPORTER_OTLP_PROTOCOL and the port must fit: gRPC has its own"},
    {kHttpOnGrpcPort, true, "OTEL_EXPORTER_OTLP_PROTOCOL and the port must fit: HTTP has its own"},
    {kFault, false, ""},
    {kOtherSignal, false, ""},
    {kPath, false, "traces go to /v1/traces, which OTEL_EXPORTER_OTLP_ENDPOINT must not name"},
    {kMethod, false, ""},
    {kNotHttp, false, ""},
};
constexpr RefusalKind kUnknownKind{"", true, ""};

}  // namespace

const RefusalKind& refusal_kind(std::string_view reason) {
  const auto* found =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [reason](const RefusalKind& kind) { return reason.starts_with(kind.begins); });
  return found == std::end(kKinds) ? kUnknownKind : *found;
}

void RefusalCounts::add(std::string_view reason) {
  ++total_;
  std::string name(reason.substr(0, kReasonBytes));
  if (!counts_.contains(name) && counts_.size() >= kReasonsMost) name = "other reasons";
  ++counts_[name];
}

std::string refusals_text(const std::map<std::string, std::uint64_t>& refusals) {
  std::vector<std::string> parts;
  std::uint64_t others = 0;
  for (const auto& [reason, count] : refusals) {
    if (parts.size() < kReasonsTold) {
      parts.push_back(fmt::format("{} x {}", count, reason));
    } else {
      others += count;
    }
  }
  if (others > 0) parts.push_back(fmt::format("{} x for more reasons", others));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string refusal_remedies(const std::map<std::string, std::uint64_t>& refusals) {
  std::vector<std::string_view> remedies;
  for (const auto& [reason, count] : refusals) {
    const std::string_view remedy = refusal_kind(reason).remedy;
    if (!remedy.empty() && std::find(remedies.begin(), remedies.end(), remedy) == remedies.end())
      remedies.push_back(remedy);
  }
  return fmt::format("{}", fmt::join(remedies, "; "));
}

bool refusals_void(const std::map<std::string, std::uint64_t>& refusals) {
  return std::any_of(refusals.begin(), refusals.end(),
                     [](const auto& item) { return refusal_kind(item.first).voids; });
}

}  // namespace tracetax
