// What a target says about itself: `tracetax-target NAME --describe`, or a file of the same form
// that a suite names for a program of its own ("describe"). It fills in what the suite leaves open,
// and knows the names of the target's samplers. Nothing is started here: who reads a suite passes
// in how the emulated services are asked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// The form is #/definitions/description of scenarios/suites/suite.schema.json. What it models, its
/// wire and the look of its spans are for readers.
struct TargetDescription {
  std::string name;
  std::string ready;                     // empty: not told, as are the next two
  std::optional<int> spans_per_request;  // of a sampled one
  std::optional<bool> can_be_absent;
  std::vector<std::string> samplers;            // that its SDK knows by name; empty: not told
  std::map<std::string, std::string> versions;  // of a real one: by module, and "go"
};
/// `file_name` is for mistakes, which are usage errors.
[[nodiscard]] Result<TargetDescription> read_target_description(std::string_view text,
                                                                const std::string& file_name);

using TargetDescriptions = std::vector<TargetDescription>;
/// A list of them, as `tracetax-target --describe` prints it.
[[nodiscard]] Result<TargetDescriptions> read_target_descriptions(std::string_view text,
                                                                  const std::string& file_name);

/// Gives the descriptions of the emulated services.
using DescribeEmulated = std::function<Result<TargetDescriptions>()>;

/// A real service: its program, and what that says about itself.
struct RealService {
  std::string program;  // its path
  TargetDescription told;
};
/// Gives the real service of that NAME. Usage error where it is not built, or does not tell.
using DescribeReal = std::function<Result<RealService>(const std::string& name)>;

/// Completes the targets of a suite that is to be run. Asks for the emulated services once, if
/// there are any, and for each real one, which gets its command so; reads the files that other
/// targets name. Mistakes: a service that is not there, a mistake in a file, a sampler that a
/// target does not know. Error: nobody could be asked.
[[nodiscard]] Status describe_targets(Suite& suite, const DescribeEmulated& emulated,
                                      const DescribeReal& real, Mistakes& mistakes);

}  // namespace tracetax
