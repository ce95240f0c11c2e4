// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/codec/dapr_messages.h"

#include <algorithm>
#include <array>

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 10> kVerbs{"",       "GET",     "HEAD",    "POST",  "PUT",
                                                  "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

int verb_number(std::string_view method) {
  const auto found = std::ranges::find(kVerbs, method);
  return found == kVerbs.end() ? 0 : static_cast<int>(found - kVerbs.begin());
}

/// Puts the body into the messages, the first of which is there already.
template <typename Message>
void append_pieces(std::string_view body, std::vector<Message>& messages) {
  std::uint64_t number = 0;
  while (!body.empty()) {
    if (number > 0) messages.emplace_back();
    auto& payload = *messages.back().mutable_payload();
    const std::string_view piece = body.substr(0, kDaprPiece);
    payload.set_data(piece.data(), piece.size());
    payload.set_seq(number++);
    body.remove_prefix(piece.size());
  }
}

}  // namespace

bool parse_invocation(std::string_view path, DaprInvocation& invocation) {
  constexpr std::string_view kStart = "/v1.0/invoke/";
  constexpr std::string_view kMethod = "/method/";
  if (!path.starts_with(kStart)) return false;
  path.remove_prefix(kStart.size());
  const auto end = path.find(kMethod);
  if (end == std::string_view::npos || end == 0) return false;
  invocation.app = path.substr(0, end);
  invocation.path = path.substr(end + kMethod.size() - 1);
  return true;
}

std::vector<DaprRequest> make_dapr_request(const Exchange& exchange, std::string_view path) {
  std::vector<DaprRequest> messages(1);
  auto& request = *messages[0].mutable_request();
  request.set_ver(1);
  for (const auto& field : *exchange.headers) {
    const auto name = field.name_string();
    (*request.mutable_metadata())[std::string(name.data(), name.size())].add_values(
        field.value().data(), field.value().size());
  }
  auto& message = *request.mutable_message();
  message.set_method(path.data(), path.size());
  const std::string_view type = exchange.header(boost::beast::http::field::content_type);
  message.set_content_type(type.data(), type.size());
  message.mutable_http_extension()->set_verb(verb_number(exchange.method));
  message.mutable_http_extension()->set_querystring(exchange.query.data(), exchange.query.size());
  append_pieces(exchange.body, messages);
  return messages;
}

std::vector<DaprResponse> make_dapr_response(const Exchange& exchange) {
  std::vector<DaprResponse> messages(1);
  auto& response = *messages[0].mutable_response();
  response.mutable_status()->set_code(static_cast<std::int32_t>(exchange.status));
  for (const AnswerHeader& header : exchange.answer_headers) {
    (*response.mutable_headers())[header.name].add_values(header.value);
  }
  response.mutable_message()->set_content_type(exchange.content_type.data(),
                                               exchange.content_type.size());
  append_pieces(exchange.answer, messages);
  return messages;
}

std::string_view dapr_verb(int number) {
  if (number <= 0 || static_cast<std::size_t>(number) >= kVerbs.size()) return kVerbs[1];
  return kVerbs[static_cast<std::size_t>(number)];
}

}  // namespace tracetax
