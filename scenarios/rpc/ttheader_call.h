// What the scenarios have in common that speak TTHeader: how it is asked for, and its head.
//
//   "framing": "ttheader" (else "framed"), "service": "bench.v1.Bench", "multiplex": true,
//   "metadata": {"key": "value"}
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/load/scenario/scenario_kind.h"
#include "harness/wire/ttheader.h"
#include "scenarios/rpc/rpc_call.h"

namespace tracetax {

struct TtHeaderOptions {
  bool multiplex = false;
  std::string service{kBenchService};
  std::map<std::string, std::string> metadata;
};

/// Nothing where the messages are to be framed alone, which have no place for metadata.
[[nodiscard]] std::optional<TtHeaderOptions> read_ttheader_options(JsonFields& fields);

/// Appends the head of a call of request.method, with places for the context.
/// end_frame() at what this returns, once the message is there.
[[nodiscard]] TtFrame begin_ttheader_call(const TtHeaderOptions& options, std::uint8_t protocol,
                                          const ContextFormats& context, RpcTemplate& request);

/// What the context takes in a TTHeader, in bytes: it names what is meant for this call, and has
/// two 16-bit lengths.
[[nodiscard]] ScenarioFacts ttheader_facts(const ScenarioSpec& spec);

}  // namespace tracetax
