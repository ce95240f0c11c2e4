// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/logs/json_log.h"

#include <fmt/format.h>

#include <chrono>

#include "targets/stages/logs/json_line.h"

namespace tracetax {
namespace {

constexpr std::size_t kBodyLimit = 1024;
constexpr std::chrono::milliseconds kSlow{500};
// The lines that log in v1.10.3.
constexpr std::string_view kSlowCaller = "handler/loghandler.go:151";
constexpr std::string_view kInfoCaller = "handler/loghandler.go:167";
constexpr std::string_view kErrorCaller = "handler/loghandler.go:169";

void append_target(const Exchange& exchange, std::string& out) {
  out += exchange.path;
  if (!exchange.query.empty()) out.append("?").append(exchange.query);
}

/// "[HTTP] 200 - GET /users/42 - 127.0.0.1:54321 - loadgen/1.0"
std::string brief_of(const Exchange& exchange) {
  std::string text = fmt::format("[HTTP] {} - {} ", exchange.status, exchange.method);
  append_target(exchange, text);
  const std::string_view forwarded = exchange.header("X-Forwarded-For");
  if (forwarded.empty()) {
    fmt::format_to(std::back_inserter(text), " - {}:{}", exchange.peer_address, exchange.peer_port);
  } else {
    text.append(" - ").append(forwarded);
  }
  text.append(" - ").append(exchange.header(boost::beast::http::field::user_agent));
  return text;
}

/// The request as it came, like httputil.DumpRequest; the body as far as it was copied.
std::string dump_of(const Exchange& exchange, std::string_view body) {
  std::string text(exchange.method);
  text += ' ';
  append_target(exchange, text);
  text += " HTTP/1.1\r\n";
  for (const auto& field : *exchange.headers) {
    text.append(field.name_string().data(), field.name_string().size()).append(": ");
    text.append(field.value().data(), field.value().size()).append("\r\n");
  }
  text.append("\r\n").append(body);
  if (text.size() > kBodyLimit) text.resize(kBodyLimit);
  return text;
}

class JsonLogStage final : public Stage {
 public:
  explicit JsonLogStage(const JsonLogSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    const std::string body(exchange.body.substr(0, kBodyLimit));
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    std::string content = brief_of(exchange);
    if (took > kSlow) {
      log(exchange, fmt::format("{} - slowcall({})", content, format_millis(took)), took, "slow",
          kSlowCaller);
    }
    const bool failed = exchange.status >= 500;
    if (failed) content.append("\n").append(dump_of(exchange, body));
    log(exchange, content, took, failed ? "error" : "info", failed ? kErrorCaller : kInfoCaller);
  }

  std::string describe() const override {
    return fmt::format(
        "log: go-zero's JSON line with duration and ids, body copied up to {} bytes, one write(2) "
        "to fd {}",
        kBodyLimit, spec_.fd);
  }

 private:
  void log(const Exchange& exchange, std::string_view content, std::chrono::nanoseconds took,
           std::string_view level, std::string_view caller) const {
    std::string line;
    append_json_line({.time = std::chrono::system_clock::now(),
                      .caller = caller,
                      .content = content,
                      .duration = took,
                      .level = level,
                      .trace = exchange.trace},
                     line);
    write_line(spec_.fd, line);
  }

  JsonLogSpec spec_;
};

}  // namespace

StagePointer make_stage(const JsonLogSpec& spec) { return std::make_unique<JsonLogStage>(spec); }

}  // namespace tracetax
