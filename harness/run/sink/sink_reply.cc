// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_reply.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

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

[[nodiscard]] std::string body_of(const StatusRow& row, std::string_view message,
                                  OtlpFormat format) {
  const bool json = format == OtlpFormat::json;
  if (row.http == 200) return json ? "{}" : "";
  message = message.substr(0, kMessageMax);
  return json ? json_status(row.rpc, message) : protobuf_status(row.rpc, message);
}

}  // namespace

std::string http_reply(unsigned status, std::string_view message, OtlpFormat format, bool close) {
  const StatusRow* row = &kStatuses[1];
  for (const StatusRow& candidate : kStatuses) {
    if (candidate.http == status) row = &candidate;
  }
  const std::string body = body_of(*row, message, format);
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}{}\r\n{}",
                     row->http, row->phrase,
                     format == OtlpFormat::json ? "application/json" : "application/x-protobuf",
                     body.size(), row->headers, close ? "Connection: close\r\n" : "", body);
}

}  // namespace tracetax
