// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/otlp_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

struct PartialSuccess {
  std::int64_t rejected = 0;
  std::string message{};
};

std::optional<PartialSuccess> read_protobuf(std::string_view body) {
  otlp::ExportTraceServiceResponse response;
  if (!response.ParseFromArray(body.data(), static_cast<int>(body.size()))) return std::nullopt;
  // Text that happens to be protobuf is full of fields that no answer has.
  if (!response.GetReflection()->GetUnknownFields(response).empty()) return std::nullopt;
  return PartialSuccess{response.partial_success().rejected_spans(),
                        response.partial_success().error_message()};
}

// 64-bit numbers are texts in OTLP/JSON, and numbers with some senders.
std::int64_t whole_number(const nlohmann::json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return 0;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<PartialSuccess> read_json(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  PartialSuccess partial;
  const auto found = json.find("partialSuccess");
  if (found == json.end() || !found->is_object()) return partial;
  if (const auto rejected = found->find("rejectedSpans"); rejected != found->end()) {
    partial.rejected = whole_number(*rejected);
  }
  const auto message = found->find("errorMessage");
  if (message != found->end() && message->is_string())
    partial.message = message->get<std::string>();
  return partial;
}

}  // namespace

OtlpAttempt attempt_of_body(std::string_view body, bool json) {
  using enum OtlpAttempt::Outcome;
  if (body.empty()) return {.outcome = accepted};
  auto partial = json ? read_json(body) : read_protobuf(body);
  if (!partial) {
    return {.outcome = refused,
            .problem = fmt::format("the receiver says success, but its answer of {} bytes is not "
                                   "OTLP; is an OTLP receiver at this address?",
                                   body.size()),
            .error = "not_otlp"};
  }
  return {.outcome = accepted,
          .rejected = static_cast<std::uint64_t>(std::max<std::int64_t>(partial->rejected, 0)),
          .problem = std::move(partial->message)};
}

}  // namespace tracetax
