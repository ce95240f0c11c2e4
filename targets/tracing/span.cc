// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/span.h"

#include "targets/tracing/context/utf8.h"

namespace tracetax {

void truncate_text(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return;  // no character is shorter than a byte
  std::string kept;
  bool leaves_out = false;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_length(std::string_view(text).substr(at));
    if (size == 0) {
      if (!leaves_out) kept.assign(text, 0, at);
      leaves_out = true;
      ++at;
      continue;
    }
    if (count == limit) {
      if (!leaves_out) text.resize(at);
      break;
    }
    if (leaves_out) kept.append(text, at, size);
    at += size;
    ++count;
  }
  if (leaves_out) text = std::move(kept);
}

}  // namespace tracetax
