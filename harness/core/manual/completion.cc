// SPDX-License-Identifier: Apache-2.0
#include "harness/core/manual/completion.h"

#include <algorithm>
#include <array>

#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

struct Kind {
  std::string_view place;  // a value as the help shows it, or a positional
  std::string_view names;
  bool files = false, folders = false;
};
constexpr std::array kKinds{
    Kind{"FILE", "", true},        Kind{"PROGRAM", "", true},     Kind{"RESULT.json", "", true},
    Kind{"result", "", true},      Kind{"before", "", true},      Kind{"after", "", true},
    Kind{"log", "", true},         Kind{"DIR", "", false, true},  Kind{"dir", "", false, true},
    Kind{"SUITE", "suites", true}, Kind{"suite", "suites", true}, Kind{"FORMAT", "formats"},
    Kind{"what", "listings"},      Kind{"shell", "shells"},       Kind{"command", "commands"},
};

Completion of_place(std::string_view place) {
  const auto kind = std::ranges::find(kKinds, place, &Kind::place);
  if (kind == kKinds.end()) return {};
  return {.words = {}, .names = kind->names, .files = kind->files, .folders = kind->folders};
}

Completion of_value(const OptionSpec& option) {
  if (option.value.words.empty()) return of_place(option.value.shown);
  Completion found;
  for (const std::string& word : option.value.words) found.words.push_back({word, ""});
  return found;
}

/// "--out" or "-o".
const OptionSpec* find_option(const CommandLine& line, std::string_view word) {
  for (const OptionGroup& group : line.groups) {
    for (const OptionSpec& option : group.options) {
      if (word == "--" + long_name(option)) return &option;
      const auto comma = option.names.find(',');
      if (comma != std::string::npos && word == "-" + option.names.substr(0, comma)) return &option;
    }
  }
  return nullptr;
}

bool takes_value(const OptionSpec* option) {
  return option != nullptr && option->value.count != OptionValue::Count::none;
}

/// Without the words "=" that bash makes.
std::vector<std::string> joined_words(std::span<const std::string> words) {
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "=" && i > 0 && words[i - 1].starts_with("--") && !joined.empty()) {
      joined.back() += "=" + (i + 1 < words.size() ? words[++i] : "");
    } else {
      joined.push_back(words[i]);
    }
  }
  return joined;
}

Completion of_options(const CommandLine& line) {
  Completion found;
  for (const OptionGroup& group : line.groups) {
    for (const OptionSpec& option : group.options)
      found.words.push_back({"--" + long_name(option), option.help});
  }
  return found;
}

Completion within(const CommandLine& line, std::span<const std::string> words) {
  std::size_t positionals = 0;
  const OptionSpec* waiting = nullptr;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (std::exchange(waiting, nullptr) != nullptr) continue;
    if (word == "--") {
      const bool is_program =
          i + 2 == words.size() && line.usage.find("COMMAND") != std::string::npos;
      Completion found{.words = {}, .names = {}, .files = true};
      found.programs = is_program;
      return found;
    }
    if (!word.starts_with('-') || word == "-") {
      ++positionals;
    } else if (const OptionSpec* option = find_option(line, word); takes_value(option)) {
      waiting = option;
    }
  }
  if (waiting != nullptr) return of_value(*waiting);
  const std::string& typed = words.back();
  if (const auto equals = typed.find('='); typed.starts_with("--") && equals != std::string::npos) {
    const OptionSpec* option = find_option(line, typed.substr(0, equals));
    return takes_value(option) ? of_value(*option) : Completion{};
  }
  if (typed.starts_with('-')) return of_options(line);
  if (line.positionals.empty()) return {};
  const bool repeats = line.usage.find("...") != std::string::npos;
  if (positionals >= line.positionals.size() && !repeats) return {};
  return of_place(line.positionals[std::min(positionals, line.positionals.size() - 1)]);
}

// The program says a word and its help with a tab between them, a line each, and @files, @folders
// or @programs for what the shell finds itself.
constexpr std::string_view kBash =
    R"(# bash completion for tracetax, written by: tracetax completion bash
_tracetax() {
  local typed=${COMP_WORDS[COMP_CWORD]} line
  [[ $typed == "=" ]] && typed=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      @files) compopt -o filenames; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$typed") ;;
      @folders) compopt -o filenames; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$typed") ;;
      @programs) mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -c -- "$typed") ;;
      "$typed"*) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" completion --words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tracetax tracetax
)";

constexpr std::string_view kZsh = R"(#compdef tracetax
# zsh completion for tracetax, written by: tracetax completion zsh
_tracetax() {
  local line files=0 folders=0 programs=0
  local -a offered
  for line in "${(@f)$(${words[1]} completion --words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      "") ;;
      @files) files=1 ;;
      @folders) folders=1 ;;
      @programs) programs=1 ;;
      *) offered+=("${${line%%$'\t'*}//:/\\:}${${line#*$'\t'}:+:${line#*$'\t'}}") ;;
    esac
  done
  compset -P '--*='
  (( $#offered )) && _describe 'tracetax' offered
  (( files )) && _files
  (( folders )) && _files -/
  (( programs )) && _command_names -e
}
if [[ $funcstack[1] == _tracetax ]]; then _tracetax "$@"; else compdef _tracetax tracetax; fi
)";

constexpr std::string_view kFish =
    R"(# fish completion for tracetax, written by: tracetax completion fish
function __tracetax_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l before (string match -r -- '^--[^=]*=' $typed)
    for line in ($words[1] completion --words -- $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case @files
                printf "$before%s\n" (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $typed))
            case @folders
                printf "$before%s\n" (__fish_complete_directories (string replace -r -- '^--[^=]*=' '' $typed) '')
            case @programs
                complete -C (string replace -r -- '^--[^=]*=' '' $typed)
            case '*'
                echo "$before$line"
        end
    end
end
complete -c tracetax -f -a '(__tracetax_complete)'
)";

}  // namespace

Completion complete(std::span<const CommandEntry> commands, std::span<const std::string> words) {
  const std::vector<std::string> all = joined_words(words);
  if (all.size() < 2) {
    Completion found;
    for (const CommandEntry& command : commands)
      found.words.push_back({std::string(command.name), std::string(command.help)});
    for (const char* option : {"--help", "--version"}) found.words.push_back({option, ""});
    return found;
  }
  const auto command = std::ranges::find(commands, all.front(), &CommandEntry::name);
  if (command == commands.end()) return {};
  return within(command->line, std::span(all).subspan(1));
}

const std::vector<std::string>& completion_shells() {
  static const std::vector<std::string> kShells{"bash", "zsh", "fish"};
  return kShells;
}

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return std::string(kBash);
  if (shell == "zsh") return std::string(kZsh);
  if (shell == "fish") return std::string(kFish);
  return failure(ExitCode::usage, unknown_name("shell", shell, completion_shells()));
}

}  // namespace tracetax
