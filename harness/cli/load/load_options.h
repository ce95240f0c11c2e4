// What `tracetax load` was asked: its options as one plain struct.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/load/threshold.h"
#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"
#include "harness/load/engine.h"
#include "scenarios/grpc/grpc.h"
#include "scenarios/http/url.h"
#include "scenarios/otlp/otlp_options.h"

namespace tracetax {

struct LoadOptions {
  std::string url;
  Url target;
  std::string what;                 // is sent, for the summary: "GET"; not of gRPC
  std::optional<GrpcOptions> grpc;  // grpc:// and grpcs://: prepared when the server can be asked
  std::optional<OtlpOptions> otlp;  // otlp:// and otlp+http://, each with s or without
  PreparedScenario scenario;
  bool closed = true;
  double rate = 0;                // requests/s, open loop
  std::vector<RateStage> stages;  // open loop, from `rate` on; empty: it stays as it is
  ThinkTime think;                // closed loop
  Arrivals arrivals = Arrivals::constant;
  Nanos duration{std::chrono::seconds{10}};
  Nanos warmup{0};
  std::optional<std::uint64_t> count;
  std::vector<Threshold> thresholds;
  SampleRate max_errors;  // share of the attempts that may fail
  int connections = 16;
  int streams = 10;  // HTTP/2 and gRPC: calls at once on each connection
  int threads = 1;
  ReleaseMode release = ReleaseMode::hybrid;
  std::uint64_t queue = 100'000;
  Nanos timeout{std::chrono::seconds{5}};
  ContextFormats context{ContextFormat::w3c};  // none: requests carry no context
  SampleRate sampling;
  std::uint64_t seed = 0;
  bool json = false;
  bool json_lines = false;
  bool tui = true;  // the live view, where there is a terminal for it
  bool quiet = false;
  std::string hlog_path, hgrm_path;  // empty: not asked
};

/// The options, or a usage error naming every mistake; nothing when only help was asked (and
/// printed).
[[nodiscard]] Result<std::optional<LoadOptions>> parse_load_options(int argc, char** argv);

[[nodiscard]] CommandLine declare_load();

}  // namespace tracetax
