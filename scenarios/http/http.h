// The scenario "http": what a suite may say about its HTTP requests.
//
//   { "kind": "http", "method": "POST", "path": "/users", "headers": {"X": "1"},
//     "body": "text" or JSON, "body_file": "user.json",
//     "expect": {"status": "201", "body_contains": "id"},
//     "http2": true, "tls": {"ca": "ca.pem"},
//     "data": "users.csv", "user": "name:${env:PASSWORD}", "cookies": true }
//
// or, for several requests in turn, "requests": [{method, path, headers, body, body_file, weight,
// class, expect, extra_spans}, ...], where "class" says what a request is to a sampler, "expect"
// has only a status, and "extra_spans" are those that it leaves more than the others do. Files are
// taken from the suite file's folder. In path, headers, body and user, ${...} stands for values:
// see value_text.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"
#include "scenarios/http/written_request.h"

namespace tracetax {

/// The part of a file that describes such a scenario, with its data read. Every mistake is
/// reported, as "CONTEXT.key: ...".
[[nodiscard]] Result<WrittenScenario> read_http_scenario(const Json& options,
                                                         const std::string& folder,
                                                         std::string_view context);

/// A PrepareScenario. Every mistake is reported, as "scenarios.NAME.key: ...". A body that is JSON
/// and not text is sent in its shortest form, with content-type application/json unless headers say
/// else.
[[nodiscard]] Result<PreparedScenario> prepare_http_scenario(const ScenarioSpec& spec,
                                                             const ScenarioUse& use);

}  // namespace tracetax
