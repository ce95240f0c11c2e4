// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/export_words.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/run/process/last_words.h"

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 14> kFailures{
    "fail",        "error",     "not exported", "refused",  "reject", "deadline", "timed out",
    "unavailable", "exception", "retry",        "reset by", "eof",    "timeout",  "exceeded"};
constexpr std::size_t kMost = 200;

bool tells_of_failure(std::string_view line) {
  std::string lower{line};
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  // What a target counts, and tells in lines of JSON, stands in numbers already.
  if (lower.find("export") == lower.npos || lower.starts_with(R"({"tracetax_)")) return false;
  return std::ranges::any_of(kFailures,
                             [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

}  // namespace

std::string export_words(std::string_view output) {
  while (!output.empty()) {
    const std::size_t end = output.find_last_of('\n', output.size() - 1);
    const std::string_view line = end == output.npos ? output : output.substr(end + 1);
    // Cleaned of control characters, and cut.
    if (tells_of_failure(line)) return last_words(line, kMost);
    output = end == output.npos ? std::string_view{} : output.substr(0, end);
  }
  return "";
}

}  // namespace tracetax
