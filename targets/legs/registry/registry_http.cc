// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/registry/registry_http.h"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <utility>

namespace tracetax {
namespace {

namespace beast_http = boost::beast::http;
constexpr auto kSlice = std::chrono::milliseconds(20);

tl::unexpected<Error> registry_failure(const LegAddress& address, std::string_view why) {
  return failure(ExitCode::fail,
                 fmt::format("registry at {}:{}: {}", address.host, address.port, why));
}

}  // namespace

Result<RegistryReply> ask_registry(const LegAddress& address, std::string_view method,
                                   const std::string& target, std::string body, Nanos within,
                                   const std::function<bool()>& gives_up, std::string_view enough) {
  boost::system::error_code bad;
  const auto ip = boost::asio::ip::make_address(address.host, bad);
  if (bad) return registry_failure(address, bad.message());
  boost::asio::io_context loop;
  boost::beast::tcp_stream stream(loop);
  beast_http::request<beast_http::string_body> request;
  request.method_string(method);
  request.target(target);
  request.set(beast_http::field::host, fmt::format("{}:{}", address.host, address.port));
  request.set(beast_http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = std::move(body);
  request.prepare_payload();
  boost::beast::flat_buffer buffer;
  beast_http::response_parser<beast_http::string_body> parser;
  std::optional<boost::system::error_code> ended;
  std::function<void()> read = [&] {
    beast_http::async_read_some(
        stream, buffer, parser, [&](boost::system::error_code result, std::size_t) {
          const std::string& so_far = parser.get().body();
          const bool is_enough = !enough.empty() && so_far.find(enough) != so_far.npos;
          if (result || is_enough || parser.is_done()) return static_cast<void>(ended = result);
          read();
        });
  };
  stream.async_connect({ip, address.port}, [&](boost::system::error_code error) {
    if (error) return static_cast<void>(ended = error);
    beast_http::async_write(stream, request, [&](boost::system::error_code failed, std::size_t) {
      if (failed) return static_cast<void>(ended = failed);
      read();
    });
  });
  const auto until = std::chrono::steady_clock::now() + within;
  while (!ended && std::chrono::steady_clock::now() < until && !(gives_up && gives_up())) {
    loop.run_for(kSlice);
  }
  if (!ended) {
    stream.cancel();
    loop.run();  // the handlers see that it was cancelled
    return registry_failure(address, "no answer in time");
  }
  if (*ended) return registry_failure(address, ended->message());
  auto response = parser.release();
  return RegistryReply{response.result_int(), std::move(response.body()),
                       std::string(response["X-Consul-Index"])};
}

Result<RegistryReply> tell_registry(const LegAddress& address, std::string_view method,
                                    const std::string& target, std::string body) {
  auto reply = ask_registry(address, method, target, std::move(body), kRegistryTime);
  if (!reply || reply->status / 100 == 2) return reply;
  return registry_failure(address, fmt::format("{} {}: {}: {}", method, target, reply->status,
                                               reply->body.substr(0, 100)));
}

}  // namespace tracetax
