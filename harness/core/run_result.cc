// SPDX-License-Identifier: Apache-2.0
#include "harness/core/run_result.h"

#include <algorithm>

namespace tracetax {

std::string_view name_of(VoidRule rule) {
  switch (rule) {
    case VoidRule::rate_not_achieved:
      return "rate_not_achieved";
    case VoidRule::too_many_errors:
      return "too_many_errors";
    case VoidRule::driver_lag:
      return "driver_lag";
    case VoidRule::machine_stalled:
      return "machine_stalled";
    case VoidRule::driver_saturated:
      return "driver_saturated";
    case VoidRule::receipt_open:
      return "receipt_open";
    case VoidRule::target_restarted:
      return "target_restarted";
    case VoidRule::target_failed:
      return "target_failed";
    case VoidRule::not_warm:
      return "not_warm";
    case VoidRule::companion_failed:
      return "companion_failed";
    case VoidRule::invariant_broken:
      return "invariant_broken";
    case VoidRule::target_killed:
      return "target_killed";
    case VoidRule::interrupted:
      return "interrupted";
  }
  return "unknown";
}

std::string_view name_of(CheckWord word) {
  switch (word) {
    case CheckWord::ok:
      return "ok";
    case CheckWord::note:
      return "note";
    case CheckWord::warning:
      return "warning";
    case CheckWord::refused:
      return "refused";
  }
  return "unknown";
}

bool refuses(std::span<const CheckLine> lines) {
  return std::ranges::find(lines, CheckWord::refused, &CheckLine::word) != lines.end();
}

std::string_view name_of(RunStatus status) {
  switch (status) {
    case RunStatus::complete:
      return "complete";
    case RunStatus::partial:
      return "partial";
    case RunStatus::invalid:
      return "invalid";
  }
  return "unknown";
}

}  // namespace tracetax
