// Calls over HTTP/1.1: the request written by hand, the answer read by Boost.Beast.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/beast/http.hpp>

#include "targets/request/rejection.h"
#include "targets/stages/client/call_wire.h"

namespace tracetax {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kAnswerLimit = 2 * 1024 * 1024;

class HttpCall final : public CallFormat {
 public:
  explicit HttpCall(const CallSpec& spec) : spec_(spec) {}

  void write(const Exchange& exchange, std::string_view to, std::string& out) const override {
    out.append(exchange.method.empty() ? "POST" : exchange.method).append(" ");
    out.append(spec_.path_prefix).append(exchange.path);
    if (!exchange.query.empty()) out.append("?").append(exchange.query);
    out.append(" HTTP/1.1\r\nHost: ").append(to);
    const auto add = [&out](std::string_view name, std::string_view value) {
      if (!value.empty()) out.append("\r\n").append(name).append(": ").append(value);
    };
    add("User-Agent", exchange.header(http::field::user_agent));
    add("Content-Type", exchange.header(http::field::content_type));
    for (const std::string_view name : spec_.forwards_headers) add(name, exchange.header(name));
    for (const AnswerHeader& header : exchange.call_headers) add(header.name, header.value);
    if (!exchange.body.empty()) {
      out.append("\r\nContent-Length: ").append(fmt::format_int(exchange.body.size()).str());
    }
    out.append("\r\n\r\n").append(exchange.body);
  }

  Read read(std::string_view bytes, Exchange& exchange, std::size_t& least) const override {
    return read_http_answer(bytes, exchange.method == "HEAD", exchange, least);
  }

  std::string_view name() const override { return "HTTP/1.1"; }

 private:
  const CallSpec spec_;
};

/// The exchange keeps a view, so this is one of what services here say.
std::string_view content_type_of(boost::beast::string_view type) {
  for (const std::string_view known :
       {"application/json", "application/json; charset=utf-8", "application/protobuf"}) {
    if (type == boost::beast::string_view(known.data(), known.size())) return known;
  }
  return kPlainText;
}

}  // namespace

CallFormat::Read read_http_answer(std::string_view bytes, bool to_head, Exchange& exchange,
                                  std::size_t& least) {
  using Read = CallFormat::Read;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerLimit);
  parser.eager(true);
  parser.skip(to_head);
  boost::system::error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error == http::error::need_more || (!error && !parser.is_done())) {
    if (const auto rest = parser.content_length_remaining(); parser.is_header_done() && rest) {
      least = bytes.size() + static_cast<std::size_t>(*rest);
    }
    return Read::need_more;
  }
  if (error || used != bytes.size()) return Read::broken;
  auto& answer = parser.get();
  exchange.status = answer.result_int();
  exchange.content_type = content_type_of(answer[http::field::content_type]);
  exchange.answer = std::move(answer.body());
  if (const auto outcome = answer["X-Outcome"]; !outcome.empty()) {  // of a service of a topology
    exchange.answer_headers.push_back({"X-Outcome", std::string(outcome.data(), outcome.size())});
  }
  if (const auto micro = answer["Micro-Error"]; !micro.empty()) {  // go-micro's errors are 200s
    exchange.status = 500;
    exchange.answer.assign(micro.data(), micro.size());
  }
  return Read::whole;
}

std::unique_ptr<const CallFormat> make_http_call(const CallSpec& spec) {
  return std::make_unique<HttpCall>(spec);
}

}  // namespace tracetax
