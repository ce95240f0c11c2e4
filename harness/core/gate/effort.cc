// SPDX-License-Identifier: Apache-2.0
#include "harness/core/gate/effort.h"

#include "harness/core/text/suggest.h"

namespace tracetax {

std::string_view name_of(Effort effort) {
  switch (effort) {
    case Effort::quick:
      return "quick";
    case Effort::ci:
      return "ci";
    case Effort::full:
      return "full";
    case Effort::paper:
      return "paper";
  }
  return "";
}

Result<Effort> parse_effort(std::string_view name) {
  std::vector<std::string> names;
  for (const Effort effort : {Effort::quick, Effort::ci, Effort::full, Effort::paper}) {
    if (name == name_of(effort)) return effort;
    names.emplace_back(name_of(effort));
  }
  return failure(ExitCode::usage, unknown_name("effort", name, names));
}

int blocks_of(Effort effort) { return looks_of(effort).back().pairs; }

std::vector<Look> looks_of(Effort effort) {
  switch (effort) {
    case Effort::quick:
      return {{10, 0.05}};
    case Effort::ci:
      return {{10, 0.02}, {20, 0.03}};
    case Effort::full:
      return {{10, 0.010}, {20, 0.015}, {40, 0.025}};
    case Effort::paper:
      return {{20, 0.010}, {40, 0.015}, {60, 0.025}};
  }
  return {};
}

}  // namespace tracetax
