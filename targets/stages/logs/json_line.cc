// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/logs/json_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iterator>

#include "targets/request/json_text.h"
#include "targets/stages/logs/local_stamp.h"

namespace tracetax {
namespace {

void append_member(std::string_view key, std::string_view value, std::string& out) {
  out.append(",\"").append(key).append("\":");
  append_json_string(value, out, JsonEscapes::separators);
}

}  // namespace

void append_json_line(const JsonLine& line, std::string& out) {
  const auto since_epoch = line.time.time_since_epoch();
  const auto second = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(since_epoch - second);
  const LocalStamp& stamp = local_stamp(static_cast<std::time_t>(second.count()));
  fmt::format_to(std::back_inserter(out), R"({{"@timestamp":"{}.{:03}{}")", stamp.date.data(),
                 millis.count(), stamp.zone.data());
  append_member("caller", line.caller, out);
  append_member("content", line.content, out);
  if (line.duration) append_member("duration", format_millis(*line.duration), out);
  append_member("level", line.level, out);
  if (line.trace.trace_id.valid()) {
    append_member("span", to_hex(line.trace.span_id), out);
    append_member("trace", to_hex(line.trace.trace_id), out);
  }
  out += "}\n";
}

std::string format_millis(std::chrono::nanoseconds value) {
  return fmt::format("{:.1f}ms", static_cast<double>(value.count()) / 1e6);
}

void write_line(int fd, std::string_view line) {
  if (::write(fd, line.data(), line.size()) < 0) return;
}

}  // namespace tracetax
