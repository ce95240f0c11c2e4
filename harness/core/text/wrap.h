// Text laid out for a terminal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tracetax {

/// Line breaks and tabs as spaces, other control characters and broken UTF-8 as \xNN.
[[nodiscard]] std::string one_line(std::string_view text);
/// Characters on a terminal, one per code point.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// Its first characters, so that they fit; whole if `width` is 0.
[[nodiscard]] std::string_view cut_to_width(std::string_view text, std::size_t width);
/// Columns of the terminal on `fd`; 0: there is none, or it does not say.
[[nodiscard]] std::size_t terminal_columns(int fd);
/// Breaks at spaces so that no line is longer than `width`; every line starts with `indent`, the
/// first with `first`.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view first,
                                  std::string_view indent);

}  // namespace tracetax
