// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/placeholders.h"

#include <algorithm>
#include <cctype>

#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

bool may_be_in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("@%._+-").find(c) != std::string_view::npos;
}

/// The name that stands in braces at `at`; empty if none does, or a shell's variable.
std::string_view name_at(std::string_view text, std::size_t at) {
  if (text[at] != '{' || (at > 0 && text[at - 1] == '$')) return {};
  std::size_t end = at + 1;
  while (end < text.size() && may_be_in_name(text[end])) ++end;
  return end < text.size() && text[end] == '}' ? text.substr(at + 1, end - at - 1)
                                               : std::string_view{};
}

std::string sorted(std::string text) {
  std::ranges::sort(text);
  return text;
}

/// A letter too many, one too few, or two that changed places. Another letter makes another word:
/// {sort} and {post} may be what they say.
bool is_slip_for(const std::string& name, const std::string& known) {
  return name.size() != known.size() || sorted(name) == sorted(known);
}

bool is_meant(std::string_view name, std::span<const std::string> known) {
  for (const std::string_view family : {"port.", "dir.", "sink_"}) {
    if (name.starts_with(family)) return true;
  }
  std::string lower{name};
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto nearest = nearest_name(lower, known);
  return nearest && is_slip_for(lower, *nearest);
}

}  // namespace

std::string filled(std::string_view text, const Placeholders& values) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view name = name_at(text, at);
    const auto found = name.empty() ? values.end() : values.find(name);
    if (found == values.end()) {
      out += text[at++];
    } else {
      out += found->second;
      at += name.size() + 2;
    }
  }
  return out;
}

std::vector<std::string> misspelt_placeholders(std::string_view text,
                                               std::span<const std::string> known) {
  std::vector<std::string> wrong;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string name{name_at(text, at)};
    if (name.empty() || std::ranges::find(known, name) != known.end()) continue;
    if (std::ranges::find(wrong, name) == wrong.end() && is_meant(name, known))
      wrong.push_back(name);
  }
  return wrong;
}

}  // namespace tracetax
