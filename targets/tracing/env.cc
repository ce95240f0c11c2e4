// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/env.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <system_error>

#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

EnvironmentMap process_environment() {
  EnvironmentMap variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line(*entry);
    const auto equals = line.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  return variables;
}

Result<KeyValueList> parse_key_value_list(std::string_view text) {
  KeyValueList list;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view member = trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    if (member.empty()) continue;
    const auto equals = member.find('=');
    const std::string_view key = trimmed(member.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      return failure(ExitCode::usage, fmt::format("'{}' is not key=value", member));
    }
    std::string value;
    if (!decode_percent(trimmed(member.substr(equals + 1)), value)) {
      return failure(ExitCode::usage, fmt::format("'{}' has a bad percent-encoding", member));
    }
    list.emplace_back(key, std::move(value));
  }
  return list;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> members;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view member = trimmed(text.substr(0, comma));
    if (!member.empty()) members.emplace_back(member);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return members;
}

std::optional<std::string> EnvReader::text(std::string_view name) const {
  asked_.emplace(name);
  const auto found = variables_.find(name);
  if (found == variables_.end()) return std::nullopt;
  const std::string_view value = trimmed(found->second);
  if (value.empty()) return std::nullopt;
  return std::string(value);
}

std::string EnvReader::text_or(std::string_view name, std::string_view fallback) const {
  auto value = text(name);
  return value ? std::move(*value) : std::string(fallback);
}

bool EnvReader::flag(std::string_view name) {
  const auto value = text(name);
  if (!value) return false;
  const std::string folded = lower(*value);
  if (folded != "true" && folded != "false") {
    warn(fmt::format("{}: '{}' is neither true nor false; using false", name, *value));
  }
  return folded == "true";
}

std::int64_t EnvReader::number(std::string_view name, std::int64_t fallback, std::int64_t least,
                               std::int64_t greatest) {
  const auto value = text(name);
  if (!value) return fallback;
  const auto parsed = whole(*value);
  if (!parsed || *parsed < least || *parsed > greatest) {
    warn(fmt::format("{}: '{}' is not a whole number from {} to {}; using {}", name, *value, least,
                     greatest, fallback));
    return fallback;
  }
  return *parsed;
}

std::chrono::milliseconds EnvReader::milliseconds(std::string_view name,
                                                  std::chrono::milliseconds fallback) {
  return std::chrono::milliseconds(number(name, fallback.count(), 1, 3'600'000));
}

KeyValueList EnvReader::key_values(std::string_view name) {
  const auto value = text(name);
  if (!value) return {};
  auto list = parse_key_value_list(*value);
  if (!list) {
    warn(fmt::format("{}: {}; the whole list is ignored", name, list.error().message));
    return {};
  }
  return std::move(*list);
}

}  // namespace tracetax
