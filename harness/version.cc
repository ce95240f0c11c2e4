// SPDX-License-Identifier: Apache-2.0
#include "harness/version.h"

#include <fmt/ranges.h>
#include <google/protobuf/stubs/common.h>
#include <grpc/grpc.h>
#include <nghttp2/nghttp2.h>
#include <openssl/crypto.h>
#include <sched.h>
#include <unistd.h>
#include <zlib.h>

#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/cli/list_command.h"
#include "harness/core/text/quote.h"
#include "harness/run/meter/perf_counters.h"
#include "harness/run/tool_facts.h"

namespace tracetax {
namespace {

/// 1074000 with steps of 1000 and 1000000: "1.74.0".
std::string dotted(int number, int minor_step, int major_step) {
  return fmt::format("{}.{}.{}", number / major_step,
                     number / minor_step % (major_step / minor_step), number % minor_step);
}

/// Of what is linked dynamically, the version that runs and not the one it was compiled with.
std::string libraries() {
  return fmt::format(
      "Boost {}, fmt {}, gRPC core {}, nghttp2 {}, nlohmann-json {}.{}.{}, OpenSSL {}, protobuf "
      "{}, "
      "zlib {}",
      dotted(BOOST_VERSION, 100, 100'000), dotted(FMT_VERSION, 100, 10'000), grpc_version_string(),
      nghttp2_version(0)->version_str, NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
      NLOHMANN_JSON_VERSION_PATCH, OpenSSL_version(OPENSSL_VERSION_STRING),
      dotted(GOOGLE_PROTOBUF_VERSION, 1000, 1'000'000), zlibVersion());
}

/// Tried, and not asked: limits, capabilities and containers decide together. The process ends now.
std::string_view real_time_priority() {
  const sched_param lowest{.sched_priority = 1};
  return sched_setscheduler(0, SCHED_FIFO, &lowest) == 0
             ? "yes"
             : "no, so the driver may be late (see ulimit -r)";
}

std::string_view hardware_counters() {
  return PerfCounter::open({.root = getpid()}, kInstructions)
             ? "yes"
             : "no, so instructions and cycles are not told";
}

}  // namespace

Result<ExitCode> version_command(int argc, char** argv) {
  const bool verbose = argc == 2 && std::string_view{argv[1]} == "--verbose";
  if (argc > 1 && !verbose)
    return failure(ExitCode::usage,
                   fmt::format("--version: takes --verbose and nothing else; what is {}?",
                               quote(argv[argc - 1])));
  const ToolFacts facts = tool_facts();
  fmt::print("tracetax {}\n", facts.version);
  if (!verbose) return ExitCode::pass;
  fmt::print("revision: {}\nbuilt: {}, {}{}\nlibraries: {}\n", facts.git_revision, facts.build_type,
             facts.compiler, facts.sanitized ? ", with sanitizers" : "", libraries());
  fmt::print(
      "sends: HTTP/1.1, HTTP/2, TLS; kinds of scenarios: {}\n"
      "receives: OTLP/HTTP (protobuf, JSON) and OTLP/gRPC, gzip or not\n",
      fmt::join(listed_names("scenarios"), ", "));
  fmt::print("real-time priority here: {}\nhardware counters here: {}\n", real_time_priority(),
             hardware_counters());
  return ExitCode::pass;
}

}  // namespace tracetax
