// SPDX-License-Identifier: Apache-2.0
#include "harness/load/http/cookie_jar.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <utility>

namespace tracetax {
namespace {

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Cuts "name=value" off `text`, up to the next semicolon.
std::pair<std::string_view, std::string_view> cut_pair(std::string_view& text) {
  const std::string_view pair = text.substr(0, text.find(';'));
  text.remove_prefix(std::min(pair.size() + 1, text.size()));
  const std::size_t equals = std::min(pair.find('='), pair.size());
  return {without_blanks(pair.substr(0, equals)),
          without_blanks(pair.substr(std::min(equals + 1, pair.size())))};
}

bool is_called(std::string_view name, std::string_view lower_case) {
  return std::ranges::equal(name, lower_case, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
}

/// Seconds from now; none if it is no time.
std::optional<double> seconds_to(const std::string& date) {
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%Y %H:%M:%S GMT"}) {
    std::tm parts{};
    const char* end = strptime(date.c_str(), form, &parts);
    if (end != nullptr && *end == '\0') return std::difftime(timegm(&parts), std::time(nullptr));
  }
  return std::nullopt;
}

std::optional<double> seconds_of(std::string_view max_age) {
  long long seconds = 0;
  const auto [end, error] =
      std::from_chars(max_age.data(), max_age.data() + max_age.size(), seconds);
  if (end != max_age.data() + max_age.size() || max_age.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return max_age.front() == '-' ? -1 : 1;
  return error == std::errc{} ? std::optional(static_cast<double>(seconds)) : std::nullopt;
}

bool is_below(std::string_view path, std::string_view folder) {
  path = path.substr(0, path.find('?'));
  return path.starts_with(folder) &&
         (path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/');
}

}  // namespace

void CookieJar::take(std::string_view set_cookie) {
  if (set_cookie.size() > kCookieSizeMax) return;
  if (set_cookie.substr(0, set_cookie.find(';')).find('=') == std::string_view::npos) return;
  const auto [name, value] = cut_pair(set_cookie);
  if (name.empty()) return;
  std::string_view path = "/";
  std::optional<double> expires, max_age;
  while (!set_cookie.empty()) {
    const auto [key, said] = cut_pair(set_cookie);
    if (is_called(key, "path") && said.starts_with('/')) path = said;
    if (is_called(key, "expires")) expires = seconds_to(std::string(said));
    if (is_called(key, "max-age")) max_age = seconds_of(said);
  }
  const auto left = max_age ? max_age : expires;  // RFC 6265, 4.1.2.2
  const auto same = std::ranges::find_if(
      cookies_, [&](const Cookie& cookie) { return cookie.name == name && cookie.path == path; });
  if (left && *left <= 0) {
    if (same != cookies_.end()) cookies_.erase(same);
  } else if (same != cookies_.end()) {
    same->value = value;
  } else if (cookies_.size() < kCookiesMax) {
    cookies_.push_back({std::string(name), std::string(value), std::string(path)});
  }
}

std::string CookieJar::header_for(std::string_view path) const {
  std::string header;
  for (const Cookie& cookie : cookies_) {
    if (!is_below(path, cookie.path)) continue;
    if (!header.empty()) header += "; ";
    header += cookie.name;
    header += '=';
    header += cookie.value;
  }
  return header;
}

}  // namespace tracetax
