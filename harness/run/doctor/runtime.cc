// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "harness/run/doctor/arm_look.h"

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 9> kRuntimes{"java", "node", "dotnet", "pypy",  "bun",
                                                    "deno", "ruby", "php",    "python"};
/// They begin in an interpreter and compile what is hot while it runs.
constexpr std::array<std::string_view, 6> kCompile{"java", "node", "dotnet", "pypy", "bun", "deno"};

}  // namespace

std::string runtime_of(std::span<const pid_t> processes) {
  for (const pid_t pid : processes) {
    std::error_code code;
    const auto exe = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), code);
    const std::string name = exe.filename().string();
    const auto known = [&](std::string_view runtime) { return name.starts_with(runtime); };
    if (std::ranges::any_of(kRuntimes, known)) return name;
  }
  return "";
}

bool compiles_while_it_runs(const std::string& runtime) {
  return std::ranges::any_of(kCompile,
                             [&](std::string_view known) { return runtime.starts_with(known); });
}

}  // namespace tracetax
