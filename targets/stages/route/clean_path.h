// Paths of URLs made lexically simple: what Go's path.Clean does, and the way of HTTP routers that
// keep a slash at the end. Works on decoded paths; knows no file system.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tracetax {

/// Go's path.Clean: no empty, "." or inner ".." segments, no slash at the end, "." instead of
/// nothing. Refers to `path` if that is clean already, else to `scratch`.
[[nodiscard]] std::string_view clean_path(std::string_view path, std::string& scratch);

/// gorilla/mux's and net/http's: the same for a path that starts with a slash (one is added),
/// keeping a slash at the end.
[[nodiscard]] std::string_view clean_request_path(std::string_view path, std::string& scratch);

/// Appends `path` with everything percent-encoded that may not stand in the path of a URL.
void append_escaped_path(std::string_view path, std::string& out);

}  // namespace tracetax
