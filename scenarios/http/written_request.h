// HTTP requests as suites and command lines describe them: with weights, and with values from data,
// environment and files. Made into plain requests, every value in its place, before anything is
// timed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/http/http_request.h"
#include "scenarios/http/value_text.h"

namespace tracetax {

struct WrittenRequest {
  std::string method = "GET";
  ValueText path;
  std::vector<std::pair<std::string, ValueText>> headers;
  ValueText body;
  std::int64_t weight = 1;
  std::optional<StatusRange> expected;  // of a right answer; none: as the scenario says
  RequestClass of = RequestClass::normal;
  std::uint32_t extra_spans = 0;  // that it leaves more than the others
};

struct WrittenScenario {
  std::vector<WrittenRequest> requests;
  std::optional<DataRows> data;
  std::optional<ValueText> user;  // "name:password" of basic authentication; of all requests
  bool keeps_cookies = false;
  HttpExpectation expectation;
  HttpTransport transport;
};

/// One request becomes as many as the data has rows if it takes values from it, else one. They come
/// in turn, smoothly by weight (as nginx does with its upstreams): of weights 3 and 1, three of
/// four. Where cookies are kept they come in the order in which they stand: first the login, then
/// what needs it. Errors (usage): what prepare_http() refuses, with the line of the data; a value
/// that a row lacks; more than kFilledMax bytes of requests.
[[nodiscard]] Result<PreparedScenario> prepare_written(const WrittenScenario& written,
                                                       const ScenarioUse& use);

inline constexpr std::size_t kFilledMax = 64 * 1024 * 1024;
inline constexpr std::int64_t kWeightMax = 10'000;  // of one request

/// The order of a cycle: how often each index comes is its weight, over their common divisor.
[[nodiscard]] std::vector<std::size_t> smooth_order(std::vector<std::int64_t> weights);
/// The same one after the other, as they stand.
[[nodiscard]] std::vector<std::size_t> listed_order(std::vector<std::int64_t> weights);

/// Whether a header says that the body is JSON.
[[nodiscard]] bool has_json_type(const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace tracetax
