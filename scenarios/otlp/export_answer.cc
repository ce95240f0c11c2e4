// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/export_answer.h"

#include <charconv>
#include <limits>

#include "harness/load/session/grpc_frame.h"
#include "harness/wire/protobuf_fields.h"

namespace tracetax {
namespace {

constexpr std::size_t kLongestJson = 64 * 1024;  // of an answer: longer is no answer
constexpr std::uint64_t kMostRejected = std::numeric_limits<std::int64_t>::max();

// It would say nothing of the spans.
ExportAnswer unreadable() { return {.readable = false, .rejected = 0, .message = {}}; }

bool read_partial_success(std::string_view bytes, ExportAnswer& answer) {
  constexpr std::uint32_t kRejected = 1, kMessage = 2;
  ProtobufReader reader(bytes);
  ProtobufField field;
  while (!reader.at_end()) {
    if (!reader.next(field)) return false;
    if (field.number == kRejected && field.is_integer) answer.rejected = field.integer;
    if (field.number == kMessage && field.is_text) answer.message = field.text;
  }
  return answer.rejected <= kMostRejected;
}

ExportAnswer read_protobuf(std::string_view body) {
  constexpr std::uint32_t kPartialSuccess = 1;
  ExportAnswer answer;
  ProtobufReader reader(body);
  ProtobufField field;
  while (!reader.at_end()) {
    if (!reader.next(field)) return unreadable();
    if (field.number == kPartialSuccess && field.is_text &&
        !read_partial_success(field.text, answer)) {
      return unreadable();
    }
  }
  return answer;
}

ExportAnswer read_grpc(std::string_view body) {
  const auto message = take_grpc_message(body);
  return message && body.empty() ? read_protobuf(*message) : unreadable();
}

// OTLP's JSON has 64-bit numbers as texts, and takes numbers too.
bool read_rejected(const Json& value, std::uint64_t& rejected) {
  if (value.is_null()) return true;
  if (value.is_number_unsigned()) {
    rejected = value.get<std::uint64_t>();
    return rejected <= kMostRejected;
  }
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rejected);
  return error == std::errc{} && end == text.data() + text.size() && rejected <= kMostRejected;
}

ExportAnswer read_json(std::string_view body) {
  if (body.empty() || body == "{}" || body == R"({"partialSuccess":{}})") return {};
  if (body.size() > kLongestJson) return unreadable();
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return unreadable();
  const auto partial = json.find("partialSuccess");
  if (partial == json.end() || partial->is_null()) return {};
  if (!partial->is_object()) return unreadable();
  ExportAnswer answer;
  if (const auto rejected = partial->find("rejectedSpans");
      rejected != partial->end() && !read_rejected(*rejected, answer.rejected)) {
    return unreadable();
  }
  if (const auto message = partial->find("errorMessage");
      message != partial->end() && message->is_string()) {
    answer.message = message->get<std::string>();
  }
  return answer;
}

}  // namespace

auto answer_reader(OtlpProtocol protocol) -> ExportAnswer (*)(std::string_view body) {
  switch (protocol) {
    case OtlpProtocol::grpc:
      return read_grpc;
    case OtlpProtocol::http_protobuf:
      return read_protobuf;
    case OtlpProtocol::http_json:
      return read_json;
  }
  return read_protobuf;
}

}  // namespace tracetax
