// What a shell may offer for the word under the cursor, found from the declared options. The
// shells' own scripts (completion_script) only ask the program and show what it says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/option_reader.h"

namespace tracetax {

struct CommandEntry {
  std::string_view name;
  std::string_view help;
  CommandLine line;
};

struct CompletionWord {
  std::string word;
  std::string help;
};

/// Files, folders and programs are the shell's to find. `names` is what the caller lists:
/// "suites", "formats" or the like; empty: none.
struct Completion {
  std::vector<CompletionWord> words;
  std::string_view names;
  bool files = false, folders = false, programs = false;
};

/// `words` are those behind the program's name; the last one is being typed, and what is offered
/// may not begin with it. A word "--name=" is completed by its value alone. bash takes words apart
/// at "=", others do not; both is understood.
[[nodiscard]] Completion complete(std::span<const CommandEntry> commands,
                                  std::span<const std::string> words);

/// "bash", "zsh", "fish".
[[nodiscard]] const std::vector<std::string>& completion_shells();
/// The script for "bash", "zsh" or "fish"; usage error for another.
[[nodiscard]] Result<std::string> completion_script(std::string_view shell);

}  // namespace tracetax
