// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/clean_path.h"

#include <fmt/format.h>

#include <cctype>
#include <iterator>

namespace tracetax {
namespace {

/// True if Clean would change nothing: the usual case, which must cost one pass and no memory.
bool is_clean(std::string_view path) {
  if (path.empty() || (path.size() > 1 && path.back() == '/')) return false;
  std::size_t start = path.front() == '/' ? 1 : 0;
  if (start == path.size()) return true;
  while (start <= path.size()) {
    const std::size_t slash = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, slash - start);
    if (segment.empty() || segment == ".." || (segment == "." && path != ".")) return false;
    start = slash + 1;
  }
  return true;
}

/// Takes the last segment off; false if there is none to take, or if it is a ".." that has to stay.
bool drop_last(std::string& out, std::size_t root) {
  if (out.size() <= root) return false;
  const std::size_t slash = out.rfind('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  if (out.compare(start, std::string::npos, "..") == 0) return false;
  out.resize(start > root ? start - 1 : root);
  return true;
}

}  // namespace

std::string_view clean_path(std::string_view path, std::string& scratch) {
  if (is_clean(path)) return path;
  const bool rooted = path.starts_with('/');
  const std::size_t root = rooted ? 1 : 0;
  scratch.assign(root, '/');
  for (std::size_t start = root; start < path.size();) {
    const std::size_t slash = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, slash - start);
    start = slash + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment == ".." && (drop_last(scratch, root) || rooted)) continue;
    if (scratch.size() > root) scratch += '/';
    scratch += segment;
  }
  if (scratch.empty()) scratch = ".";
  return scratch;
}

std::string_view clean_request_path(std::string_view path, std::string& scratch) {
  std::string rooted;
  if (!path.starts_with('/')) {
    rooted.append("/").append(path);
    path = rooted;
  }
  const bool keeps_slash = path.size() > 1 && path.ends_with('/');
  const std::string_view bare = keeps_slash ? path.substr(0, path.size() - 1) : path;
  if (is_clean(bare) && rooted.empty() && !(keeps_slash && bare == "/")) return path;
  if (const std::string_view clean = clean_path(bare, scratch); clean.data() != scratch.data()) {
    scratch = clean;
  }
  if (keeps_slash && scratch != "/") scratch += '/';
  return scratch;
}

void append_escaped_path(std::string_view path, std::string& out) {
  constexpr std::string_view kAllowed = "/-_.~!$&'()*+,;=:@";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || kAllowed.find(c) != std::string_view::npos)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", byte);
    }
  }
}

}  // namespace tracetax
