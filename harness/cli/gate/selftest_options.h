// The options of `tracetax selftest`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/analysis/selftest_record.h"
#include "harness/cli/suite_options.h"
#include "harness/core/suite/gate_plan.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// What to put between two arms that are otherwise the same, and how much of it.
struct InjectionSize {
  Injection injection = Injection::none;
  std::optional<double> share;  // of what off needs; of the spans
  std::optional<Nanos> time;
};
/// "cpu:5us", "cpu:10%", "busy:10%", "latency:20us", "latency:2%", "drop:1%".
[[nodiscard]] Result<InjectionSize> parse_injection(std::string_view text);

struct SelftestOptions : SuiteOptions {
  SelftestOptions() { suite = "selftest"; }

  InjectionSize what;
  std::string asked;  // "aa" or the injection as written
  int runs = 0;       // 0: only tell what the log holds
  std::string log = "tracetax-selftest.jsonl";
  GateOverrides gate;
};

/// Nothing if --help was asked for and printed. All mistakes are told at once.
[[nodiscard]] Result<std::optional<SelftestOptions>> parse_selftest_options(int argc, char** argv);

[[nodiscard]] CommandLine declare_selftest();

}  // namespace tracetax
