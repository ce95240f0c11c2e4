// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/program_choice.h"

#include <fmt/ranges.h>
#include <glob.h>

#include <cstdlib>
#include <string_view>

#include "harness/run/process/own_program.h"
#include "harness/run/process/process.h"

namespace tracetax {
namespace {

constexpr std::string_view kReal = "{real}/";

/// The last one that fits: of versions the newest, as long as they have as many digits.
std::string last_match(const std::string& pattern) {
  glob_t found{};
  std::string last;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0 && found.gl_pathc > 0)
    last = found.gl_pathv[found.gl_pathc - 1];
  globfree(&found);
  return last;
}

}  // namespace

Result<std::string> choose_program(const std::vector<std::string>& programs,
                                   const std::string& install) {
  for (std::string program : programs) {
    if (program.starts_with('$')) {
      const char* value = std::getenv(program.c_str() + 1);
      program = value != nullptr ? value : "";
    } else if (program.starts_with(kReal)) {
      program.replace(0, kReal.size() - 1, real_folder());
    } else if (program.find('*') != std::string::npos) {
      program = last_match(program);
    }
    if (program.empty()) continue;
    if (auto found = find_program(program, "")) return found;
  }
  return failure(ExitCode::usage, fmt::format("none of {} is here{}{}", fmt::join(programs, ", "),
                                              install.empty() ? "" : "; ", install));
}

}  // namespace tracetax
