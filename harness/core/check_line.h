// What one check of the look before a run saw, and what would mend it. See tracetax doctor.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tracetax {

/// How bad it is.
enum class CheckWord {
  ok,
  note,     // worth knowing; nothing suffers
  warning,  // the numbers are to be read with care, or may become void
  refused,  // every segment would be void, or show something else than was asked
};
[[nodiscard]] std::string_view name_of(CheckWord word);  // "ok" "note" "warning" "refused"

struct CheckLine {
  std::string check{};  // "ready", "keep-alive", "off is off", ...
  std::string arm{};    // empty: all of them
  CheckWord word = CheckWord::ok;
  std::string seen{};    // one sentence
  std::string remedy{};  // what to change; empty: nothing
};

/// Whether any of them is refused.
[[nodiscard]] bool refuses(std::span<const CheckLine> lines);

}  // namespace tracetax
