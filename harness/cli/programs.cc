// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/programs.h"

#include <unistd.h>

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

}  // namespace tracetax
