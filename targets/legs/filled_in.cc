// Values in the texts of steps.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>

#include "targets/legs/leg.h"
#include "targets/tracing/ids.h"

namespace tracetax {
namespace {

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

std::atomic<std::uint64_t> numbers_given = 0;

/// Version 4 of RFC 9562: 122 random bits.
std::string fresh_uuid() {
  std::array<std::uint8_t, 16> bytes = random_trace_id().bytes;
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    fmt::format_to(std::back_inserter(text), "{:02x}", bytes[i]);
  }
  return text;
}

void append_value(std::string_view name, const Values& values, std::string& into) {
  if (name == "uuid") {
    into += fresh_uuid();
  } else if (name == "n") {
    into += std::to_string(++numbers_given);
  } else {
    into += values.get(name);
  }
}

}  // namespace

std::string filled_in(std::string_view text, const Values& values) {
  std::string filled;
  for (;;) {
    const std::size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == text.npos) return filled;
    text.remove_prefix(open + 1);
    const std::size_t end = text.find_first_not_of(kNameCharacters);
    if (end == 0 || end == text.npos || text[end] != '}') {
      filled += '{';  // of JSON or Lua
      continue;
    }
    append_value(text.substr(0, end), values, filled);
    text.remove_prefix(end + 1);
  }
}

}  // namespace tracetax
