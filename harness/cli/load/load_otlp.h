// The part of `tracetax load` that is about OTLP: its options, and what the summary says of spans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/cli/load/load_options.h"
#include "harness/core/text/option_reader.h"
#include "harness/load/engine.h"

namespace tracetax {

/// --spans, --values and the others.
[[nodiscard]] std::vector<OptionSpec> otlp_option_specs();

/// What they say about the receiver that `url` names; TLS apart. Mistakes are noted.
[[nodiscard]] OtlpOptions read_otlp_options(OptionReader& reader, const Url& url);

/// Notes each of them that was given although the URL is not one of OTLP.
void refuse_otlp_options(OptionReader& reader);

/// "512 spans over gRPC, gzip": what is sent.
[[nodiscard]] std::string otlp_words(const OtlpOptions& options);

/// What kept the load from sending more.
enum class LoadLimit {
  rate,     // what was asked for was done
  driver,   // its threads worked most of the time
  receiver  // they waited: for its answers, for the way to it, or for a CPU that others had
};
/// `cpus` are those that the driver may use.
[[nodiscard]] LoadLimit load_limit(const LoadOptions& options, const LoadResult& result, int cpus);
[[nodiscard]] std::string_view name_of(LoadLimit limit);

/// Lines of the summary. `result` must have an account.
[[nodiscard]] std::string otlp_rows(const LoadOptions& options, const LoadResult& result);
[[nodiscard]] Json otlp_json(const LoadOptions& options, const LoadResult& result);
/// What the receiver said that was not well, each with what it means.
[[nodiscard]] std::vector<std::string> otlp_warnings(const LoadResult& result);

}  // namespace tracetax
