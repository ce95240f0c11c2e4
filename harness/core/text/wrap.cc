// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/wrap.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <limits>

#include "harness/core/text/quote.h"

namespace tracetax {

std::string one_line(std::string_view text) {
  std::string flat(text);
  std::replace_if(
      flat.begin(), flat.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return printable(flat, std::numeric_limits<std::size_t>::max() / 2);
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string_view cut_to_width(std::string_view text, std::size_t width) {
  if (width == 0) return text;
  std::size_t at = 0;
  for (std::size_t shown = 0; at < text.size(); ++at) {
    const bool begins_a_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins_a_character && shown++ == width) break;
  }
  return text.substr(0, at);
}

std::size_t terminal_columns(int fd) {
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view first,
                    std::string_view indent) {
  const std::string flat = one_line(text);
  std::string out(first), line;
  std::size_t room = width - std::min(width, display_width(first));
  for (std::size_t at = 0; at <= flat.size();) {
    const std::size_t end = std::min(flat.find(' ', at), flat.size());
    const std::string word = flat.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (!line.empty() && display_width(line) + 1 + display_width(word) > room) {
      out += line + "\n" + std::string(indent);
      line.clear();
      room = width - std::min(width, display_width(indent));
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return out + line + "\n";
}

}  // namespace tracetax
