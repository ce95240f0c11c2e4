// The targets of a suite: what stands under "targets". Part of suite_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// What frameworks are measured as.
enum class Frameworks {
  as_written,  // {"framework": NAME} is the real one where it is built, else the emulation
  real,        // each that is built, in place of its emulation
  emulated,
  pair,  // both of each that is built
};

/// What is known beside the suite about real services, and what the command line says about them.
struct FrameworkChoice {
  Frameworks as = Frameworks::as_written;
  /// Their names, as far as they are built. None: nobody has looked; then pairs are whole, and the
  /// rest is emulated.
  std::optional<std::vector<std::string>> built = {};
  /// Told the NAME of each that is emulated only because its real one is not built; may be empty.
  std::function<void(const std::string&)> stays_emulated = {};
};

/// Reads the object `targets` at `pointer`; what is wrong goes to `mistakes`. A pair is two of what
/// comes out.
[[nodiscard]] std::vector<TargetSpec> read_targets(const Json& targets, const std::string& pointer,
                                                   Mistakes& mistakes,
                                                   const FrameworkChoice& choice = {});

/// The targets that `name` means: the one called so, or both of the pair.
[[nodiscard]] std::vector<std::string> targets_called(const std::vector<TargetSpec>& targets,
                                                      const std::string& name);

inline constexpr int kMostSpansPerRequest = 10'000;
inline constexpr std::string_view kReadyExample =
    "the URL that answers once it runs, such as \"http://127.0.0.1:{port}/healthz\"";

/// The rules for "ready", in a suite and in a description: what it looks like, and that something
/// tells a command's program the port that is then probed.
[[nodiscard]] Status check_ready_url(std::string_view url);
[[nodiscard]] Status check_port_is_told(std::string_view ready,
                                        const std::vector<std::string>& command,
                                        const Environment& env);
[[nodiscard]] Status check_port_is_told(const TargetSpec& target);

}  // namespace tracetax
