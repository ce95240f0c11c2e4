// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/own_program.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace tracetax {
namespace fs = std::filesystem;

std::string tracetax_program() {
  std::error_code code;
  const auto path = fs::read_symlink("/proc/self/exe", code);
  return code ? "tracetax" : path.string();
}

std::string real_folder() {
  std::error_code code;
  if (const char* given = std::getenv("TRACETAX_REAL"); given != nullptr && *given != '\0')
    return fs::absolute(given, code).lexically_normal().string();
  return (fs::path(tracetax_program()).parent_path().parent_path().parent_path() / "real").string();
}

}  // namespace tracetax
