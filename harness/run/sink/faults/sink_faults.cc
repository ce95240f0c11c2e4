// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/faults/sink_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/wire/protobuf_fields.h"

namespace tracetax {
namespace {

constexpr const char* kRejected = "rejected on purpose, as the sink was told to";

/// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md, and of the OTLP
/// specification the codes that it wants for too much and too many.
constexpr std::pair<int, int> kCodes[] = {
    {400, 3},              // INVALID_ARGUMENT: OTLP's for data that can never be taken
    {401, 16},             // UNAUTHENTICATED
    {403, 7},              // PERMISSION_DENIED
    {404, 12},             // UNIMPLEMENTED
    {408, 4},              // DEADLINE_EXCEEDED
    {413, 8},              // RESOURCE_EXHAUSTED
    {429, 8},  {500, 13},  // INTERNAL
    {501, 12}, {502, 14},  // UNAVAILABLE
    {503, 14}, {504, 14},
};
constexpr int kUnknown = 2;

}  // namespace

bool FaultPlan::fails(Nanos since) const {
  SinkFaults answers = faults_;
  answers.restart_after.reset();
  answers.fails_for.reset();
  answers.closed_for = SinkFaults{}.closed_for;
  return answers.any() && (!faults_.fails_for || since < *faults_.fails_for);
}

FaultAnswer FaultPlan::next(Nanos since, std::uint64_t spans) {
  FaultAnswer answer;
  if (!fails(since)) return answer;
  answer.delay = faults_.delay;
  if (faults_.status != 0) answer.kind = FaultAnswer::Kind::status;
  if (faults_.reset) answer.kind = FaultAnswer::Kind::reset;
  if (faults_.black_hole) answer.kind = FaultAnswer::Kind::black_hole;
  if (answer.kind != FaultAnswer::Kind::taken) return answer;
  spans_ += spans;
  // 30 % of 10 is 3, though 0.3 is a little less.
  const double exact = faults_.reject.share() * static_cast<double>(spans_);
  const auto due = static_cast<std::uint64_t>(std::floor(exact + 1e-6));
  answer.rejected_spans = std::min(spans, due - rejected_);
  rejected_ += answer.rejected_spans;
  return answer;
}

std::string FaultPlan::reason(const FaultAnswer& answer) const {
  switch (answer.kind) {
    case FaultAnswer::Kind::taken:
      return "";
    case FaultAnswer::Kind::status:
      return fmt::format("fault: status {}", faults_.status);
    case FaultAnswer::Kind::reset:
      return "fault: reset";
    case FaultAnswer::Kind::black_hole:
      return "fault: black hole";
  }
  return "";
}

int grpc_code_of(int http_status) {
  for (const auto& [status, code] : kCodes) {
    if (status == http_status) return code;
  }
  return kUnknown;
}

std::string retry_info_details(int code, const std::string& message, Nanos delay) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(delay);
  std::string duration, info, any, status;
  append_protobuf_integer(1, whole.count(), duration);
  append_protobuf_integer(2, (delay - whole).count(), duration);
  append_protobuf_text(1, duration, info);
  append_protobuf_text(1, "type.googleapis.com/google.rpc.RetryInfo", any);
  append_protobuf_text(2, info, any);
  append_protobuf_integer(1, code, status);
  append_protobuf_text(2, message, status);
  append_protobuf_text(3, any, status);
  return status;
}

std::string partial_success_protobuf(std::uint64_t rejected_spans) {
  std::string partial, response;
  if (rejected_spans == 0) return response;
  append_protobuf_integer(1, static_cast<std::int64_t>(rejected_spans), partial);
  append_protobuf_text(2, kRejected, partial);
  append_protobuf_text(1, partial, response);
  return response;
}

std::string partial_success_json(std::uint64_t rejected_spans) {
  if (rejected_spans == 0) return "{}";
  // As protobuf's JSON has it, a number of 64 bits is a text.
  return fmt::format(R"({{"partialSuccess":{{"rejectedSpans":"{}","errorMessage":"{}"}}}})",
                     rejected_spans, kRejected);
}

}  // namespace tracetax
