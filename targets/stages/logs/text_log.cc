// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/logs/text_log.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "targets/request/client_ip.h"

namespace tracetax {
namespace {

// "2026/08/01 - 12:34:56", made once per second and thread: the zone rules behind localtime_r take
// a lock of the C library.
std::string_view local_stamp(std::time_t now) {
  thread_local std::time_t stamped = -1;
  thread_local std::array<char, 32> text;
  thread_local std::size_t size = 0;
  if (now != stamped) {
    std::tm local{};
    localtime_r(&now, &local);
    size = std::strftime(text.data(), text.size(), "%Y/%m/%d - %H:%M:%S", &local);
    stamped = now;
  }
  return {text.data(), size};
}

void append_quoted(std::string_view text, fmt::memory_buffer& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out.push_back(c);
    }
  }
}

void append_duration(std::chrono::nanoseconds value, fmt::memory_buffer& out) {
  const auto ns = value.count();
  const auto to = std::back_inserter(out);
  if (ns < 1000) {
    fmt::format_to(to, "{}ns", ns);
    return;
  }
  const bool micro = ns < 1'000'000;
  const bool milli = !micro && ns < 1'000'000'000;
  const std::int64_t unit = micro ? 1'000 : milli ? 1'000'000 : 1'000'000'000;
  fmt::format_to(to, "{}", ns / unit);
  if (std::int64_t fraction = ns % unit; fraction > 0) {
    int digits = micro ? 3 : milli ? 6 : 9;
    for (; fraction % 10 == 0; fraction /= 10) --digits;
    fmt::format_to(to, ".{:0{}}", fraction, digits);
  }
  fmt::format_to(to, "{}", micro ? "µs" : milli ? "ms" : "s");
}

void append_line(const Exchange& exchange, std::time_t now, std::chrono::nanoseconds took,
                 fmt::memory_buffer& out) {
  fmt::memory_buffer duration;
  append_duration(took, duration);
  fmt::format_to(std::back_inserter(out), "[GIN] {} | {:3} | {:>13} | {:>15} | {:<7}  \"",
                 local_stamp(now), exchange.status,
                 std::string_view(duration.data(), duration.size()), trusted_client_ip(exchange),
                 exchange.method);
  append_quoted(exchange.path, out);
  if (!exchange.query.empty()) {
    out.push_back('?');
    append_quoted(exchange.query, out);
  }
  out.push_back('"');
  out.push_back('\n');
}

class TextLogStage final : public Stage {
 public:
  explicit TextLogStage(const TextLogSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const auto took = std::chrono::steady_clock::now() - start;
    fmt::memory_buffer line;
    append_line(exchange, std::time(nullptr), took, line);
    if (write(spec_.fd, line.data(), line.size()) < 0) return;
  }

  std::string describe() const override {
    return fmt::format("log: gin's text line, one write(2) to fd {}", spec_.fd);
  }

 private:
  TextLogSpec spec_;
};

}  // namespace

StagePointer make_stage(const TextLogSpec& spec) { return std::make_unique<TextLogStage>(spec); }

std::string format_go_duration(std::chrono::nanoseconds value) {
  fmt::memory_buffer out;
  append_duration(value, out);
  return fmt::to_string(out);
}

std::string format_gin_line(const Exchange& exchange, std::time_t now,
                            std::chrono::nanoseconds took) {
  fmt::memory_buffer out;
  append_line(exchange, now, took, out);
  return fmt::to_string(out);
}

}  // namespace tracetax
