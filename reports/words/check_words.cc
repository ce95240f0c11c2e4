// SPDX-License-Identifier: Apache-2.0
#include "reports/words/check_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text/wrap.h"

namespace tracetax {
namespace {

constexpr std::size_t kIndent = 10;

std::string_view escape_for(CheckWord word) {
  switch (word) {
    case CheckWord::ok:
      return "\x1b[32m";
    case CheckWord::note:
      return "\x1b[2m";
    case CheckWord::warning:
      return "\x1b[33m";
    case CheckWord::refused:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

std::string write_checks(std::span<const CheckLine> lines, CheckView view, int width, bool color) {
  std::string text;
  const auto columns = static_cast<std::size_t>(std::max(width, 40));
  const std::string indent(kIndent, ' ');
  for (const CheckLine& line : lines) {
    const bool wrong = line.word == CheckWord::warning || line.word == CheckWord::refused;
    if (view == CheckView::what_is_wrong && !wrong) continue;
    const std::string about =
        line.arm.empty() ? line.check : fmt::format("{} ({})", line.check, line.arm);
    std::string said = wrapped(fmt::format("{}: {}", about, one_line(line.seen)), columns,
                               fmt::format("{:<{}}", name_of(line.word), kIndent), indent);
    if (color)
      said = fmt::format("{}{}\x1b[0m{}", escape_for(line.word), name_of(line.word),
                         said.substr(name_of(line.word).size()));
    text += said;
    if (!line.remedy.empty())
      text += wrapped(one_line(line.remedy), columns, indent + "-> ", indent + "   ");
  }
  return text;
}

}  // namespace tracetax
