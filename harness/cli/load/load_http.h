// The part of `tracetax load`'s options that is about HTTP requests: one from options, or several
// from a scenario as suites have it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/text/option_reader.h"
#include "scenarios/http/url.h"
#include "scenarios/http/written_request.h"

namespace tracetax {

/// --method, --header and the others.
[[nodiscard]] std::vector<OptionSpec> http_option_specs();

struct HttpLoad {
  WrittenScenario scenario;
  std::string what;  // is sent, for the summary: "GET", or "3 requests of shop.json"
  ContextFormats context{ContextFormat::w3c};  // as the scenario says
};

/// What is to be sent to `url`; TLS apart. Mistakes are noted.
[[nodiscard]] HttpLoad read_http_options(OptionReader& reader, const Url& url);

/// The HTTP scenario of `place`: a file that holds one, a suite that has one, or "SUITE:NAME".
/// Errors (usage) name file and line.
[[nodiscard]] Result<HttpLoad> read_scenario_file(const std::string& place);

}  // namespace tracetax
