// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/programs.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>

namespace tracetax {

std::string tracetax_program() {
  std::error_code code;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", code);
  return code ? "tracetax" : path.string();
}

Result<std::string> target_program() {
  constexpr const char* kName = "tracetax-target";
  if (const char* given = std::getenv("TRACETAX_TARGET")) {
    // Targets start in the folder of their suite, so a path from here must not depend on where one
    // is.
    const std::string_view path = given;
    if (path.find('/') == std::string_view::npos) return std::string{path};
    std::error_code code;
    return std::filesystem::absolute(path, code).string();
  }
  const auto beside = std::filesystem::path(tracetax_program()).parent_path() / kName;
  if (access(beside.c_str(), X_OK) == 0) return beside.string();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto candidate = std::filesystem::path(folder) / kName;
    if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
  }
  return failure(
      ExitCode::usage,
      fmt::format("{} was not found beside {} nor on PATH; build it, or name it in TRACETAX_TARGET",
                  kName, tracetax_program()));
}

Result<std::string> ask_target_program(const char* flag) {
  const auto program = target_program();
  if (!program) return failure(program.error());
  std::string quoted;
  for (const char c : *program) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  std::FILE* pipe = popen(fmt::format("'{}' {}", quoted, flag).c_str(), "re");
  if (pipe == nullptr)
    return failure(ExitCode::internal, fmt::format("{} cannot be started", *program));
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), n);
  if (pclose(pipe) != 0)
    return failure(ExitCode::internal, fmt::format("{} {} failed", *program, flag));
  return text;
}

}  // namespace tracetax
