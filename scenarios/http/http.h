// The scenario "http": what a suite may say about its HTTP requests.
//
//   { "kind": "http", "method": "POST", "path": "/users", "headers": {"X": "1"},
//     "body": "text" or JSON, "body_file": "user.json",
//     "expect": {"status": "201", "body_contains": "id"},
//     "http2": true, "tls": {"ca": "ca.pem"} }
//
// or, for several requests in turn, "requests": [{method, path, headers, body, body_file}, ...].
// body_file is taken from the suite file's folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// A PrepareScenario. Every mistake is reported, as "scenarios.NAME.key: ...". A body that is JSON
/// and not text is sent in its shortest form, with content-type application/json unless headers say
/// else.
[[nodiscard]] Result<PreparedScenario> prepare_http_scenario(const ScenarioSpec& spec,
                                                             const ScenarioUse& use);

}  // namespace tracetax
