// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/error_tally.h"

#include <string_view>

namespace tracetax {
namespace {

// https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
constexpr std::array<std::string_view, 17> kGrpcNames{
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// RFC 9113, 7: the last one stands for any other code.
constexpr std::array<std::string_view, 15> kHttp2Names{"NO_ERROR",
                                                       "PROTOCOL_ERROR",
                                                       "INTERNAL_ERROR",
                                                       "FLOW_CONTROL_ERROR",
                                                       "SETTINGS_TIMEOUT",
                                                       "STREAM_CLOSED",
                                                       "FRAME_SIZE_ERROR",
                                                       "REFUSED_STREAM",
                                                       "CANCEL",
                                                       "COMPRESSION_ERROR",
                                                       "CONNECT_ERROR",
                                                       "ENHANCE_YOUR_CALM",
                                                       "INADEQUATE_SECURITY",
                                                       "HTTP_1_1_REQUIRED",
                                                       "OTHER"};

// TApplicationException; kitex uses the same numbers.
constexpr std::array<std::string_view, 11> kExceptionNames{
    "UNKNOWN",           "UNKNOWN_METHOD",   "INVALID_MESSAGE_TYPE",   "WRONG_METHOD_NAME",
    "BAD_SEQUENCE_ID",   "MISSING_RESULT",   "INTERNAL_ERROR",         "PROTOCOL_ERROR",
    "INVALID_TRANSFORM", "INVALID_PROTOCOL", "UNSUPPORTED_CLIENT_TYPE"};

// By the negative of the code; the last is -99.
constexpr std::array<std::string_view, 14> kTarsNames{"SUCCESS",
                                                      "DECODE_ERROR",
                                                      "ENCODE_ERROR",
                                                      "NO_FUNC",
                                                      "NO_SERVANT",
                                                      "RESET_GRID",
                                                      "QUEUE_TIMEOUT",
                                                      "TIMEOUT",
                                                      "PROXY_CONNECT",
                                                      "OVERLOAD",
                                                      "ADAPTER_NULL",
                                                      "INVOKE_BY_INVALID_SET",
                                                      "CLIENT_DECODE_ERROR",
                                                      "UNKNOWN"};

}  // namespace

Ending::Kind right_ending(Protocol protocol) {
  switch (protocol) {
    case Protocol::http1:
    case Protocol::http2:
      return Ending::Kind::status;
    case Protocol::grpc:
      return Ending::Kind::grpc;
    case Protocol::rpc:
      return Ending::Kind::reply;
  }
  return Ending::Kind::status;
}

std::string exception_name(std::uint32_t code) {
  if (code < kExceptionNames.size()) return std::string(kExceptionNames[code]);
  return fmt::format("code_{}", static_cast<std::int32_t>(code));
}

std::string tars_code_name(std::uint32_t code) {
  constexpr std::uint32_t kUnknown = 99;
  const std::uint32_t place = 0 - code;
  if (place == kUnknown) return std::string(kTarsNames.back());
  if (place < kTarsNames.size() - 1) return std::string(kTarsNames[place]);
  return fmt::format("ret_{}", static_cast<std::int32_t>(code));
}

std::string_view http2_code_name(std::uint32_t code) {
  return kHttp2Names[std::min<std::size_t>(code, kHttp2Names.size() - 1)];
}

std::string grpc_code_name(std::uint32_t code) {
  return code < kGrpcNames.size() ? std::string(kGrpcNames[code]) : fmt::format("code_{}", code);
}

void ErrorTally::merge(const ErrorTally& other) noexcept {
  if (other.total_ == 0) return;
  const auto add = [](auto& counts, const auto& more) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more[i];
  };
  add(kinds_, other.kinds_);
  add(statuses_, other.statuses_);
  add(grpc_, other.grpc_);
  add(resets_, other.resets_);
  add(exceptions_, other.exceptions_);
  add(tars_, other.tars_);
  total_ += other.total_;
}

ErrorCounts ErrorTally::named() const {
  static constexpr std::array<const char*, kKinds> kNames{
      "connect",    "tls",          "reset",        "closed",  "goaway",     "malformed",
      "compressed", "not_protobuf", "wrong_answer", "timeout", "unfinished", "too_many_outcomes"};
  ErrorCounts counts;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    if (kinds_[kind] != 0) counts[kNames[kind]] = kinds_[kind];
  }
  for (std::size_t status = 0; status < kStatuses; ++status) {
    if (statuses_[status] != 0) counts[fmt::format("status_{}", status)] = statuses_[status];
  }
  for (std::size_t code = 0; code < kGrpcCodes; ++code) {
    const bool defined = code < kGrpcNames.size();
    if (grpc_[code] != 0)
      counts[defined ? std::string(kGrpcNames[code]) : "grpc_other"] = grpc_[code];
  }
  for (std::size_t code = 0; code < kHttp2Codes; ++code) {
    if (resets_[code] != 0) counts[fmt::format("rst_stream_{}", kHttp2Names[code])] = resets_[code];
  }
  for (std::size_t code = 0; code < kExceptions; ++code) {
    const std::string_view name = code < kExceptionNames.size() ? kExceptionNames[code] : "OTHER";
    if (exceptions_[code] != 0) counts[fmt::format("exception_{}", name)] = exceptions_[code];
  }
  for (std::size_t place = 0; place < kTarsCodes; ++place) {
    const std::string_view name = place < kTarsNames.size() ? kTarsNames[place] : "OTHER";
    if (tars_[place] != 0) counts[fmt::format("tars_{}", name)] = tars_[place];
  }
  return counts;
}

}  // namespace tracetax
