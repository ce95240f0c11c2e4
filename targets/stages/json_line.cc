// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/json_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "targets/stages/json_text.h"

namespace tracetax {
namespace {

// "2026-08-01T12:34:56" and "+02:00", made once per second and thread: the zone rules behind
// localtime_r take a lock of the C library. UTC is "Z", as Go has it.
struct LocalStamp {
  std::time_t second = -1;
  std::array<char, 24> date{};
  std::array<char, 8> zone{};
};

const LocalStamp& local_stamp(std::time_t now) {
  thread_local LocalStamp stamp;
  if (now == stamp.second) return stamp;
  std::tm local{};
  localtime_r(&now, &local);
  std::strftime(stamp.date.data(), stamp.date.size(), "%Y-%m-%dT%H:%M:%S", &local);
  if (local.tm_gmtoff == 0) {
    stamp.zone = {'Z'};
  } else {
    std::array<char, 8> digits{};  // "+0200"
    std::strftime(digits.data(), digits.size(), "%z", &local);
    stamp.zone = {digits[0], digits[1], digits[2], ':', digits[3], digits[4]};
  }
  stamp.second = now;
  return stamp;
}

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
  if (write(fd, line.data(), line.size()) < 0) return;
}

}  // namespace tracetax
