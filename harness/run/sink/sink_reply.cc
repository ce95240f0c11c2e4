// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_reply.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "harness/run/sink/faults/sink_faults.h"
#include "harness/wire/protobuf_fields.h"

namespace tracetax {
namespace {

struct StatusRow {
  unsigned http;
  const char* phrase;
  int rpc;              // google.rpc.Code
  const char* headers;  // beyond the usual
};
constexpr StatusRow kStatuses[] = {
    {200, "OK", 0, ""},
    {400, "Bad Request", 3, ""},
    {401, "Unauthorized", 16, "WWW-Authenticate: Bearer\r\n"},
    {404, "Not Found", 5, ""},
    {405, "Method Not Allowed", 12, "Allow: POST\r\n"},
    {413, "Payload Too Large", 3, ""},
    {415, "Unsupported Media Type", 3, "Accept-Encoding: gzip, deflate, zstd, snappy\r\n"},
    {503, "Service Unavailable", 14, "Retry-After: 1\r\n"},
};
constexpr std::size_t kMessageMax = 1000;

/// google.rpc.Status: code = 1 int32, message = 2 string.
[[nodiscard]] std::string protobuf_status(int code, std::string_view message) {
  std::string out;
  append_protobuf_integer(1, code, out);
  append_protobuf_text(2, message, out);
  return out;
}

[[nodiscard]] std::string json_status(int code, std::string_view message) {
  const nlohmann::ordered_json json{{"code", code}, {"message", message}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

[[nodiscard]] std::string error_body(int code, std::string_view message, OtlpFormat format) {
  message = message.substr(0, kMessageMax);
  return format == OtlpFormat::json ? json_status(code, message) : protobuf_status(code, message);
}

[[nodiscard]] std::string whole_reply(unsigned status, std::string_view phrase,
                                      std::string_view headers, const std::string& body,
                                      OtlpFormat format, bool close) {
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}{}\r\n{}",
                     status, phrase,
                     format == OtlpFormat::json ? "application/json" : "application/x-protobuf",
                     body.size(), headers, close ? "Connection: close\r\n" : "", body);
}

}  // namespace

std::string http_reply(unsigned status, std::string_view message, OtlpFormat format, bool close) {
  const StatusRow* row = &kStatuses[1];
  for (const StatusRow& candidate : kStatuses) {
    if (candidate.http == status) row = &candidate;
  }
  std::string body;
  if (row->http != 200) {
    body = error_body(row->rpc, message, format);
  } else if (format == OtlpFormat::json) {
    body = "{}";
  }
  return whole_reply(row->http, row->phrase, row->headers, body, format, close);
}

std::string http_reply(const PayloadVerdict& verdict, OtlpFormat format, bool close) {
  switch (verdict.answer) {
    case PayloadAnswer::malformed:
      return http_reply(400, verdict.message, format, close);
    case PayloadAnswer::no_room:
      return http_reply(503, verdict.message, format, close);
    case PayloadAnswer::status: {
      std::string headers;
      if (verdict.retry_after) {
        const auto wait = std::chrono::duration_cast<std::chrono::seconds>(*verdict.retry_after);
        headers = fmt::format("Retry-After: {}\r\n", wait.count());
      }
      return whole_reply(static_cast<unsigned>(verdict.status), "On Purpose", headers,
                         error_body(grpc_code_of(verdict.status), verdict.message, format), format,
                         close);
    }
    default:  // accepted; the others get no answer
      return whole_reply(200, "OK", "",
                         format == OtlpFormat::json
                             ? partial_success_json(verdict.rejected_spans)
                             : partial_success_protobuf(verdict.rejected_spans),
                         format, close);
  }
}

GrpcStatus grpc_status_of(const PayloadVerdict& verdict) {
  switch (verdict.answer) {
    case PayloadAnswer::accepted:
      return {};
    case PayloadAnswer::malformed:
      return {GrpcCode::invalid_argument, verdict.message};
    case PayloadAnswer::no_room:
      return {GrpcCode::unavailable, verdict.message};
    case PayloadAnswer::status: {
      const int code = grpc_code_of(verdict.status);
      return {static_cast<GrpcCode>(code), verdict.message,
              verdict.retry_after ? retry_info_details(code, verdict.message, *verdict.retry_after)
                                  : ""};
    }
    case PayloadAnswer::reset:
    case PayloadAnswer::black_hole:
      break;  // no status
  }
  return {};
}

std::string grpc_message(const std::string& message) {
  std::string out(1, '\0');  // not packed
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(message.size() >> static_cast<unsigned>(shift) & 0xffU));
  return out + message;
}

}  // namespace tracetax
