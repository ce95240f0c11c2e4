// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/context/trace_state.h"

#include <algorithm>
#include <array>

namespace tracetax {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Part of a key after its first character, of at most `most` characters.
bool is_key_rest(std::string_view text, std::size_t most) {
  return text.size() <= most && std::ranges::all_of(text, [](char c) {
           return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
         });
}

bool is_key(std::string_view key) {
  const auto at = key.find('@');
  const std::string_view last = at == std::string_view::npos ? key : key.substr(at + 1);
  if (last.empty() || !is_lower(last.front())) return false;
  if (at == std::string_view::npos) return is_key_rest(key.substr(1), 255);
  const std::string_view tenant = key.substr(0, at);
  return !tenant.empty() && (is_lower(tenant.front()) || is_digit(tenant.front())) &&
         is_key_rest(tenant.substr(1), 240) && is_key_rest(last.substr(1), 13);
}

bool is_value(std::string_view value) {
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::ranges::all_of(value,
                             [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

struct Member {
  std::string_view key;
  std::string_view value;
};

/// Members of a header; `whole` is false where it must be dropped.
struct Members {
  std::array<Member, kTraceStateMembers> all;
  std::size_t count = 0;
  bool whole = true;

  explicit Members(std::string_view header) {
    while (whole && !header.empty()) {
      const auto comma = header.find(',');
      const std::string_view text = header.substr(0, comma);
      header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
      if (!text.empty()) add(text);
    }
  }

 private:
  void add(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || count == all.size()) {
      whole = false;
      return;
    }
    Member member{text.substr(0, equals), text.substr(equals + 1)};
    member.key.remove_prefix(std::min(member.key.find_first_not_of(" \t"), member.key.size()));
    member.value = member.value.substr(0, member.value.find_last_not_of(" \t") + 1);
    whole = is_key(member.key) && is_value(member.value) &&
            std::none_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count),
                         [&](const Member& one) { return one.key == member.key; });
    all[count++] = member;
  }
};

void append(const Member& member, std::string& out) {
  if (!out.empty()) out += ',';
  out.append(member.key).append(1, '=').append(member.value);
}

}  // namespace

std::string parse_trace_state(std::string_view header) {
  std::string text;
  if (header.empty()) return text;
  const Members members(header);
  if (!members.whole) return text;
  text.reserve(header.size());
  for (std::size_t i = 0; i < members.count; ++i) append(members.all[i], text);
  return text;
}

std::string_view trace_state_member(std::string_view state, std::string_view key) noexcept {
  while (!state.empty()) {
    const auto comma = state.find(',');
    const std::string_view member = state.substr(0, comma);
    if (member.size() > key.size() && member.starts_with(key) && member[key.size()] == '=') {
      return member.substr(key.size() + 1);
    }
    state = comma == std::string_view::npos ? std::string_view{} : state.substr(comma + 1);
  }
  return {};
}

std::string without_trace_state_member(std::string_view state, std::string_view key) {
  std::string text;
  const Members members(state);
  for (std::size_t i = 0; i < members.count; ++i) {
    if (members.all[i].key != key) append(members.all[i], text);
  }
  return text;
}

std::string with_trace_state_member(std::string_view state, std::string_view key,
                                    std::string_view value) {
  if (!is_key(key) || !is_value(value)) return std::string(state);
  std::string text;
  append({key, value}, text);
  const Members members(state);
  std::size_t kept = 1;
  for (std::size_t i = 0; i < members.count && kept < kTraceStateMembers; ++i) {
    if (members.all[i].key == key) continue;
    append(members.all[i], text);
    ++kept;
  }
  return text;
}

}  // namespace tracetax
