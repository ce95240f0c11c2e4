// Bytes as people write them down, for tests: "80 01 00 01 'Echo'".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cctype>
#include <string>
#include <string_view>

namespace tracetax::testing {

/// Pairs of hex digits, and text in single quotes; blanks between them are nothing.
inline std::string bytes_of(std::string_view written) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (std::isspace(static_cast<unsigned char>(written[i])) != 0) continue;
    if (written[i] == '\'') {
      const std::size_t end = written.find('\'', i + 1);
      bytes += written.substr(i + 1, end - i - 1);
      i = end;
      continue;
    }
    bytes.push_back(static_cast<char>(digit(written[i]) << 4 | digit(written.at(i + 1))));
    ++i;
  }
  return bytes;
}

}  // namespace tracetax::testing
