// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/programs.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>

#include "harness/run/process/own_program.h"

namespace tracetax {

namespace {

constexpr const char* kTarget = "tracetax-target";

/// The one that was built with this program.
Result<std::string> own_target_program() {
  const auto beside = std::filesystem::path(tracetax_program()).parent_path() / kTarget;
  if (access(beside.c_str(), X_OK) == 0) return beside.string();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto candidate = std::filesystem::path(folder) / kTarget;
    if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
  }
  return failure(
      ExitCode::usage,
      fmt::format("{} was not found beside {} nor on PATH; build it, or name it in TRACETAX_TARGET",
                  kTarget, tracetax_program()));
}

/// What `program FLAG` prints; nothing if it fails.
std::optional<std::string> output_of(const std::string& program, const char* flag, bool quietly) {
  std::string quoted;
  for (const char c : program) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  const char* silence = quietly ? " 2>/dev/null" : "";
  std::FILE* pipe = popen(fmt::format("'{}' {}{}", quoted, flag, silence).c_str(), "re");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), n);
  if (pclose(pipe) != 0) return std::nullopt;
  return text;
}

}  // namespace

Result<std::string> target_program() {
  if (const char* given = std::getenv("TRACETAX_TARGET")) {
    // Targets start in the folder of their suite, so a path from here must not depend on where one
    // is.
    const std::string_view path = given;
    if (path.find('/') == std::string_view::npos) return std::string{path};
    std::error_code code;
    return std::filesystem::absolute(path, code).string();
  }
  return own_target_program();
}

std::vector<std::string> built_real_services() {
  std::vector<std::string> names;
  std::error_code code;
  for (std::filesystem::directory_iterator at(real_folder(), code), end; !code && at != end;
       at.increment(code)) {
    std::error_code unreadable;
    if (at->is_regular_file(unreadable) && access(at->path().c_str(), X_OK) == 0)
      names.push_back(at->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

Result<std::string> ask_real_service(const std::string& name) {
  const std::vector<std::string> built = built_real_services();
  if (std::ranges::find(built, name) == built.end()) {
    return failure(ExitCode::usage,
                   fmt::format("the real {} is not built in {}; build it with scripts/build-real "
                               "{}, or name its folder in TRACETAX_REAL",
                               name, real_folder(), name));
  }
  const std::string program = real_folder() + "/" + name;
  if (auto text = output_of(program, "--describe", false)) return *std::move(text);
  return failure(ExitCode::usage, fmt::format("{} --describe failed; build it again with "
                                              "scripts/build-real {}",
                                              program, name));
}

Result<std::string> ask_target_program(const char* flag) {
  const auto program = target_program();
  if (!program) return failure(program.error());
  const auto own = own_target_program();
  // A program that stands in for it (TRACETAX_TARGET) may not know the flag. Then it is taken to be
  // what this program's own one says.
  const bool stands_in = own && *own != *program;
  if (auto text = output_of(*program, flag, stands_in)) return *std::move(text);
  if (stands_in) {
    if (auto text = output_of(*own, flag, false)) return *std::move(text);
  }
  return failure(ExitCode::internal, fmt::format("{} {} failed", *program, flag));
}

}  // namespace tracetax
