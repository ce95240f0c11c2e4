// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/last_words.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

namespace tracetax {
namespace {

/// Without control characters and blanks at the end; empty lines are left out.
std::vector<std::string> clean_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    std::string line{text.substr(0, size)};
    text.remove_prefix(std::min(size + 1, text.size()));
    for (char& c : line) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

/// "ModuleNotFoundError: ...", "java.net.BindException: ...", "Error: Cannot find module ...".
bool begins_with_error_name(std::string_view line) {
  const auto name_ends = std::ranges::find_if(line, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_';
  });
  const std::string_view name{line.begin(), name_ends};
  return (name_ends == line.end() || *name_ends == ':') &&
         (name.ends_with("Error") || name.ends_with("Exception"));
}

/// "2026-12-01 15:00:00 UTC [7] ERROR:  could not extend file ...", which hints and statements
/// follow, and then those that try to connect to what has failed.
bool is_of_postgresql(std::string_view line) {
  const bool error = line.find(" ERROR:  ") != line.npos || line.find(" FATAL:  ") != line.npos ||
                     line.find(" PANIC:  ") != line.npos;
  return error && line.find(" FATAL:  the database system is ") == line.npos;
}

bool is_reason(std::string_view line) {
  return is_of_postgresql(line) || line.starts_with("panic: ") ||
         line.starts_with("fatal error: ") || line.starts_with("Exception in thread ") ||
         line.starts_with("Caused by: ") || begins_with_error_name(line);
}

/// The first line after the frames of the last traceback, which are indented.
std::optional<std::string> python_exception(const std::vector<std::string>& lines) {
  const auto last = std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) {
    return line.find("Traceback (most recent call last):") != line.npos;
  });
  if (last == lines.rend()) return std::nullopt;
  const auto exception = std::find_if(last.base(), lines.end(),
                                      [](const std::string& line) { return line[0] != ' '; });
  return exception == lines.end() ? std::nullopt : std::optional{*exception};
}

std::optional<std::string> reason_in(const std::vector<std::string>& lines) {
  if (auto exception = python_exception(lines)) return exception;
  const auto line = std::find_if(lines.rbegin(), lines.rend(), is_reason);
  return line == lines.rend() ? std::nullopt : std::optional{*line};
}

}  // namespace

std::string last_words(std::string_view output, std::size_t bytes) {
  const std::vector<std::string> lines = clean_lines(output);
  if (const auto reason = reason_in(lines))
    return reason->size() > bytes ? reason->substr(0, bytes) + "..." : *reason;
  std::string words;
  for (auto line = lines.rbegin(); line != lines.rend() && words.size() < bytes; ++line)
    words = words.empty() ? *line : *line + " | " + words;
  if (words.size() > bytes) words = "..." + words.substr(words.size() - bytes);
  return words.empty() ? "nothing" : words;
}

}  // namespace tracetax
