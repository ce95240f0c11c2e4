// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/shell_words.h"

#include "harness/core/text/quote.h"

namespace tracetax {

Result<std::vector<std::string>> shell_words(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;  // '' is a word too
  char open = 0;         // the quote that is open
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    const bool escapes = c == '\\' && open != '\'' && i + 1 < command.size() &&
                         (open == 0 || command[i + 1] == '"' || command[i + 1] == '\\');
    if (open == 0 && blank) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
      continue;
    }
    in_word = true;
    if (escapes) {
      word += command[++i];
    } else if (open != 0 && c == open) {
      open = 0;
    } else if (open == 0 && (c == '\'' || c == '"')) {
      open = c;
    } else {
      word += c;
    }
  }
  if (open != 0)
    return failure(ExitCode::usage,
                   fmt::format("{}: the quote {} does not end", quote(command), open));
  if (in_word) words.push_back(std::move(word));
  if (words.empty()) return failure(ExitCode::usage, "names no program");
  return words;
}

}  // namespace tracetax
