// A URL taken apart and put together. What it may hold is its reader's to say: a target, an
// exporter and a readiness probe allow different things.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tracetax {

/// Views into the text, as written: nothing is decoded or checked.
struct UrlParts {
  std::string_view scheme;      // empty: there is no "://", and the rest is empty too
  std::string_view authority;   // all from there up to the path
  std::string_view host;        // IPv6 without its brackets; begins with one that is not closed
  std::string_view after_host;  // ":8080", or what stands in its place
  std::string_view path;        // with query and fragment; empty if there is none
};
[[nodiscard]] UrlParts split_url(std::string_view url);

/// 1 to 65535, and nothing else.
[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text);

/// "127.0.0.1:4317", with brackets around IPv6: as URLs and Host headers have it.
[[nodiscard]] std::string authority_text(std::string_view host, int port);

/// `text` with "***" for every user name and password of a URL in it, "http://user:secret@host",
/// and else as it is. A "/" in a password, which its URL should not have, ends it as little as "@"
/// does.
[[nodiscard]] std::string without_userinfo(std::string_view text);

/// Replaces `out` by the text with its %XX decoded. False if one of them is malformed.
[[nodiscard]] bool decode_percent(std::string_view text, std::string& out);

}  // namespace tracetax
