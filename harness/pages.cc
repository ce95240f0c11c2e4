// SPDX-License-Identifier: Apache-2.0
#include "harness/pages.h"

#include <algorithm>
#include <filesystem>

#include "harness/cli/list_command.h"
#include "harness/commands.h"
#include "harness/core/manual/completion.h"
#include "harness/core/manual/manual_page.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"
#include "harness/program_facts.h"

namespace tracetax {
namespace {

struct HelpOptions {
  std::string command;  // empty: all of them
  std::string folder;   // --pages
  bool manual = false;
};

HelpOptions read_help(OptionReader& reader) {
  if (reader.given("rest")) reader.mistake("COMMAND", "one at a time");
  return {reader.text("command"), reader.text("pages"), reader.given("man")};
}

std::vector<CommandEntry> entries() {
  std::vector<CommandEntry> all;
  for (const Command& command : commands())
    all.push_back({command.name, command.help, command.describe()});
  all.push_back({"help", "the help of a command", declare_help()});
  return all;
}

std::string page_name(std::string_view command) { return fmt::format("tracetax-{}", command); }

std::string page_of(const Command& command) {
  ManualPage page{.name = page_name(command.name),
                  .summary = std::string(command.help),
                  .version = TRACETAX_VERSION,
                  .line = command.describe(),
                  .sections = {exit_status_section()},
                  .see_also = {"tracetax"}};
  return write_manual_page(page);
}

std::string page_of_all() {
  std::vector<ManualEntry> listed;
  ManualPage page{.name = "tracetax",
                  .summary = "what distributed tracing costs a service",
                  .version = TRACETAX_VERSION,
                  .line = program_line(),
                  .see_also = {"tracetax-target"}};
  for (const Command& command : commands()) {
    listed.push_back({command.name, command.help});
    page.see_also.push_back(page_name(command.name));
  }
  page.sections.push_back({"commands", listed});
  for (const ManualSection& section : program_sections()) page.sections.push_back(section);
  return write_manual_page(page);
}

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, &Command::name);
  return found == commands().end() ? nullptr : &*found;
}

Status write_pages(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder / "man1", code);
  std::vector<std::pair<std::string, std::string>> files{{"man1/tracetax.1", page_of_all()}};
  for (const Command& command : commands())
    files.emplace_back(fmt::format("man1/{}.1", page_name(command.name)), page_of(command));
  for (const std::string& shell : completion_shells())
    files.emplace_back("tracetax." + shell, completion_script(shell).value());
  for (const auto& [name, text] : files) {
    if (Status written = write_file((folder / name).string(), text); !written) return written;
  }
  return {};
}

/// What is listed by name, in words.
std::vector<std::string> names_of(std::string_view what) {
  if (what == "shells") return completion_shells();
  if (what == "commands") return command_names();
  if (what == "listings") return listing_names();
  return what.empty() ? std::vector<std::string>{} : listed_names(what);
}

void print_words(std::span<char* const> words) {
  const Completion found =
      complete(entries(), std::vector<std::string>(words.begin(), words.end()));
  for (const auto& [word, help] : found.words) fmt::print("{}\t{}\n", word, help);
  for (const std::string& name : names_of(found.names)) fmt::print("{}\t\n", name);
  if (found.files) fmt::print("@files\n");
  if (found.folders) fmt::print("@folders\n");
  if (found.programs) fmt::print("@programs\n");
}

std::string read_shell(OptionReader& reader) {
  if (!reader.given("shell"))
    reader.mistake("SHELL", "is missing; right is: tracetax completion bash");
  if (reader.given("rest")) reader.mistake("SHELL", "one at a time");
  return reader.text("shell");
}

}  // namespace

CommandLine declare_completion() {
  return {.program = "tracetax completion",
          .purpose =
              "Prints what SHELL (bash, zsh or fish) needs to complete commands, options and "
              "names. An installed tracetax has it in place already.",
          .usage = "SHELL",
          .positionals = {"shell"},
          .groups = {{"Options", {{"h,help", "this text"}}}},
          .examples = {{"source <(tracetax completion bash)", "for this shell, bash or zsh"},
                       {"tracetax completion fish | source", "the same in fish"}}};
}

Result<ExitCode> completion_command(int argc, char** argv) {
  if (argc > 2 && std::string_view{argv[1]} == "--words") {
    print_words(std::span(argv + 3, static_cast<std::size_t>(std::max(argc - 3, 0))));
    return ExitCode::pass;
  }
  const auto shell = parse_options(declare_completion(), argc, argv, read_shell);
  if (!shell) return failure(shell.error());
  if (!*shell) return ExitCode::pass;
  const auto script = completion_script(**shell);
  if (!script) return failure(script.error());
  fmt::print("{}", *script);
  return ExitCode::pass;
}

CommandLine declare_help() {
  return {.program = "tracetax help",
          .purpose = "Shows the help of COMMAND, or the list of all.",
          .usage = "[COMMAND]",
          .positionals = {"command"},
          .groups = {{"Options",
                      {{"man", "as a manual page: tracetax help run --man | man -l -"},
                       {"pages", "write all manual pages and completions there", one_value("DIR")},
                       {"h,help", "this text"}}}}};
}

Result<ExitCode> help_command(int argc, char** argv) {
  const auto options = parse_options(declare_help(), argc, argv, read_help);
  if (!options) return failure(options.error());
  if (!*options) return ExitCode::pass;
  const auto& [name, folder, manual] = **options;
  const Command* command = find_command(name);
  if (!name.empty() && command == nullptr)
    return failure(ExitCode::usage, unknown_name("command", name, command_names()));
  if (!folder.empty()) {
    if (Status written = write_pages(folder); !written)
      return failure(written.error().within("--pages"));
  } else if (manual) {
    fmt::print("{}", command != nullptr ? page_of(*command) : page_of_all());
  } else if (command != nullptr) {
    fmt::print("{}", help_text(command->describe()));
  } else {
    return print_help();
  }
  return ExitCode::pass;
}

}  // namespace tracetax
