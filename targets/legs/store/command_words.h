// Commands as words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "targets/legs/leg.h"

namespace tracetax {

[[nodiscard]] inline std::vector<std::string> filled_words(std::span<const std::string> words,
                                                           const Values& values) {
  std::vector<std::string> filled;
  filled.reserve(words.size());
  for (const std::string& word : words) filled.push_back(filled_in(word, values));
  return filled;
}

/// What a command came to.
struct CommandAnswer {
  bool none = false;
  std::optional<std::string> value;  // what the step's `as` becomes
};

/// Keeps the value and tells the step's end.
[[nodiscard]] inline LegResult end_command(const StoreStep& step, CommandAnswer&& answer,
                                           Values& values) {
  if (!step.as.empty() && answer.value) values.set(step.as, std::move(*answer.value));
  return {answer.none ? LegEnd::none : LegEnd::done, {}};
}

}  // namespace tracetax
