// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/logs/key_value_log.h"

#include <fmt/format.h>

#include <cctype>
#include <iterator>
#include <mutex>

#include "targets/stages/logs/json_line.h"
#include "targets/stages/logs/local_stamp.h"

namespace tracetax {
namespace {

std::string_view reason_of(unsigned status) {
  if (status < 400) return "";
  return status == 404 ? "NOT_FOUND" : status < 500 ? "BAD_REQUEST" : "INTERNAL";
}

/// prototext: printable ASCII and UTF-8 as they are, the rest as \n, \", \\ or three octal digits.
void append_text(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_field(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  if (!out.ends_with('=')) out += ' ';
  out.append(name).append(":");
  append_text(value, out);
}

void append_arguments(const Message& request, std::string& out) {
  if (const auto* user = std::get_if<User>(&request)) {
    if (user->id != 0) fmt::format_to(std::back_inserter(out), "id:{}", user->id);
    append_field("name", user->name, out);
    append_field("email", user->email, out);
    append_field("created_at", user->created_at, out);
  } else if (const auto* echo = std::get_if<Echo>(&request)) {
    append_field("text", echo->text, out);
  }
}

/// Values of a client's making must not forge a line; Go's logger would let them.
void append_line_safe(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
}

class KeyValueLogStage final : public Stage {
 public:
  explicit KeyValueLogStage(const KeyValueLogSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    const std::string line =
        format_key_value_line(exchange, spec_, std::chrono::system_clock::now(), took);
    const std::scoped_lock lock(mutex_);
    write_line(spec_.fd, line);
  }

  std::string describe() const override {
    return fmt::format(
        "log: kratos' key=value line with the request as text, one write(2) to fd {}", spec_.fd);
  }

 private:
  KeyValueLogSpec spec_;
  mutable std::mutex mutex_;
};

}  // namespace

std::string format_key_value_line(const Exchange& exchange, const KeyValueLogSpec& spec,
                                  std::chrono::system_clock::time_point now,
                                  std::chrono::nanoseconds took) {
  const bool failed = exchange.status >= 400;
  const bool traced = exchange.trace.trace_id.valid();
  const LocalStamp& stamp = local_stamp(std::chrono::system_clock::to_time_t(now));
  std::string line = fmt::format(
      "{} ts={}{} caller=logging/logging.go:47 service.id= service.name={} service.version= "
      "trace.id={} "
      "span.id={} kind=server component={} operation=",
      failed ? "ERROR" : "INFO", stamp.date.data(), stamp.zone.data(), spec.service_name,
      traced ? to_hex(exchange.trace.trace_id) : "", traced ? to_hex(exchange.trace.span_id) : "",
      spec.component);
  append_line_safe(exchange.operation.empty() ? exchange.path : exchange.operation, line);
  line += " args=";
  append_arguments(exchange.request, line);
  fmt::format_to(std::back_inserter(line),
                 " code={} reason={} stack=", failed ? exchange.status : 200,
                 reason_of(exchange.status));
  if (failed) append_line_safe(exchange.answer, line);
  fmt::format_to(std::back_inserter(line), " latency={}\n",
                 std::chrono::duration<double>(took).count());
  return line;
}

StagePointer make_stage(const KeyValueLogSpec& spec) {
  return std::make_unique<KeyValueLogStage>(spec);
}

}  // namespace tracetax
