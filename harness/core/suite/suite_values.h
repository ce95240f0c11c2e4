// Rules that several parts of a suite share: what is a name, an environment, an argument list, a
// URL, a value of --set.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// Names of suites, targets, scenarios and arms stand in file names, log tags and globs: 1 to 64
/// letters, digits and "@%._+-", not starting with "." or "-".
[[nodiscard]] Status check_name(std::string_view name);

/// Environment variables by name; every bad name or value is a mistake. Empty if absent.
[[nodiscard]] Environment read_environment(JsonFields& fields, std::string_view key);

/// The key "sampling": who decides, of a suite's load or a target.
[[nodiscard]] std::optional<Sampling> read_sampling(JsonFields& fields);

/// The key "otlp": the protocol of a suite's, a target's or an arm's exporter.
[[nodiscard]] std::optional<OtlpProtocol> read_otlp(JsonFields& fields);

/// Arguments of a program: texts without NUL. Nothing if absent or wrong.
[[nodiscard]] std::optional<std::vector<std::string>> read_arguments(JsonFields& fields,
                                                                     std::string_view key);

/// "http://host:port" with any path, or with "tcp://" in front where `tcp_allowed`. `{port}` may
/// stand for the port where `placeholder_allowed`.
struct UrlRules {
  bool tcp_allowed = false;
  bool path_allowed = false;
  bool placeholder_allowed = false;
};
[[nodiscard]] Status check_url(std::string_view url, const UrlRules& rules);

/// A CPU list as taskset takes it: "0", "0-3,6".
[[nodiscard]] Result<std::string> parse_cpu_list(std::string_view text);

/// Puts in each of `--set`: "load.rate=2k/s". Two values of one path are a mistake, for nobody
/// knows which of them was meant.
void put_in(const std::vector<std::string>& assignments, JsonSource& source, Mistakes& mistakes);

}  // namespace tracetax
