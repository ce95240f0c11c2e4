// What an emulation's numbers must not be quoted without: how far they are from the real one's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "reports/fidelity/held_against.h"
#include "reports/words/language.h"

namespace tracetax {

/// "real gin costs 2.4 [1.9, 2.9] times as much per request (2026-12)", or "not yet measured
/// beside the real one".
[[nodiscard]] std::string held_words(const HeldAgainst& held, Language language);

/// "2.4 [1.9, 2.9]", or "not measured": the same where the head of a column says what it is.
[[nodiscard]] std::string held_ratio(const HeldAgainst& held, Language language);

/// "emulated; real gin costs 2.4 [1.9, 2.9] times as much per request (2026-12); off = absent";
/// "real, off = noop"; "off = noop" of a service that is somebody's own: what stands behind its
/// name wherever a number could be quoted.
[[nodiscard]] std::string what_it_is(const RunResult& result, int cell);

}  // namespace tracetax
