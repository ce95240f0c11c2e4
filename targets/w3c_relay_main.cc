// What W3C's trace-context harness asks of a service, made of an emulated service's own parts: it
// answers POSTs whose body is a JSON list of {"url", "arguments"} by a POST of the arguments to
// each url, each with a CLIENT span under that of its request, as a Go program with otelhttp does.
//
//     w3c_relay PORT    PORT: the harness', at 127.0.0.1, to which all urls lead. Prints its own.
//
// Tracing is set up by OTEL_* variables; the state is record. For test_w3c_trace_context.py only.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/text/url_parts.h"
#include "targets/engine/http_connection.h"
#include "targets/request/rejection.h"
#include "targets/stages/client/call.h"
#include "targets/stages/trace/trace.h"
#include "targets/tracing/config.h"

namespace tracetax {
namespace {

TraceRecord record_of(SpanKind kind) {
  return {.scope_name = "w3c_relay", .scope_version = "", .kind = kind};
}

Chain client_chain(Tracer& tracer, std::uint16_t harness) {
  std::vector<StagePointer> stages;
  stages.push_back(make_stage(TraceSpec{record_of(SpanKind::client)}, tracer));
  stages.push_back(make_stage(CallSpec{.wire = CallWire::http}, {"127.0.0.1", harness}));
  return Chain(std::move(stages));
}

class RelayStage final : public Stage {
 public:
  RelayStage(Tracer& tracer, std::uint16_t harness) : client_(client_chain(tracer, harness)) {}

  void handle(Exchange& exchange, Next) const override {
    const auto steps = nlohmann::json::parse(exchange.body, nullptr, /*allow_exceptions=*/false);
    if (!steps.is_array()) return reject(exchange, {400, kPlainText, "no list of calls"});
    for (const auto& step : steps) call(step, exchange);
    exchange.content_type = "application/json";
    exchange.answer = "{}";
  }
  std::string describe() const override { return "relay"; }

 private:
  void call(const nlohmann::json& step, const Exchange& from) const {
    const std::string url = step.value("url", "");
    const std::string body = step.value("arguments", nlohmann::json::array()).dump();
    Exchange::Headers headers;
    headers.set(boost::beast::http::field::content_type, "application/json");
    Exchange to;
    to.method = "POST";
    to.path = split_url(url).path;
    to.headers = &headers;
    to.body = body;
    to.span = from.span;
    client_.handle(to);
  }

  const Chain client_;
};

int run(std::uint16_t harness) {
  auto variables = process_environment();
  variables["TRACETAX_STATE"] = "record";
  const auto config = read_tracing_config(variables);
  if (!config) {
    fmt::print(stderr, "w3c_relay: {}\n", config.error().message);
    return static_cast<int>(config.error().code);
  }
  const auto tracer = Tracer::make(*config, nullptr).value();
  std::vector<StagePointer> stages;
  stages.push_back(make_stage(TraceSpec{record_of(SpanKind::server)}, *tracer));
  stages.push_back(std::make_unique<RelayStage>(*tracer, harness));
  const Chain chain(std::move(stages));
  const auto server =
      TcpServer::listen({.host = "127.0.0.1", .port = 0, .threads = 2}, [&](ConnectionSocket s) {
        return serve_http(std::move(s), chain);
      }).value();
  fmt::print("{}\n", server->port());
  std::fflush(stdout);
  server->run();
  return 0;
}

}  // namespace
}  // namespace tracetax

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  const std::string_view text = argc == 2 ? argv[1] : "";
  std::from_chars(text.data(), text.data() + text.size(), port);
  if (port == 0) {
    fmt::print(stderr, "usage: w3c_relay PORT\n");
    return 2;
  }
  return tracetax::run(port);
}
