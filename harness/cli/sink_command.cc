// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/sink_command.h"

#include <unistd.h>

#include <csignal>
#include <optional>

#include "harness/core/text/option_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "harness/run/sink/sink_alone.h"
#include "harness/run/sink/sink_control.h"
#include "harness/run/sink/sink_discard.h"

namespace tracetax {
namespace {

struct SinkCommandOptions {
  DoorsWanted doors;
  std::uint64_t memory = 0;
  bool discard = false;
  bool counts = false;
  bool control = false;
  bool quiet = false;
};

}  // namespace

CommandLine declare_sink() {
  return {
      .program = "tracetax sink",
      .purpose =
          "Receives OTLP traces over HTTP (protobuf or JSON) and gRPC, gzip or not, on\n"
          "127.0.0.1, counts them per second and tells the totals when it is stopped.",
      .groups = {{"Sink",
                  {{"http", "port of OTLP/HTTP; 0 takes any free one", one_value("PORT", "4318")},
                   {"grpc", "port of OTLP/gRPC; none: without it", one_value("PORT", "4317")},
                   {"memory", "bound on what is kept", one_value("SIZE", "512MiB")},
                   {"discard", "keep nothing: a receiver to measure senders against"},
                   {"counts", "with discard: the totals as JSON, as targets count their spans"},
                   {"control", "answer questions on stdin, as a part of a run"},
                   {"q,quiet", "only the totals"},
                   {"h,help", "this text"}}}}};
}

namespace {

/// A port, or nothing for "none".
Result<std::optional<int>> parse_grpc_port(const std::string& text) {
  if (text == "none") return std::optional<int>{};
  const auto port = parse_whole(text, 0, 65535);
  if (!port) return failure(ExitCode::usage, port.error().message + ", or none");
  return std::optional{static_cast<int>(*port)};
}

SinkCommandOptions read_sink(OptionReader& reader) {
  SinkCommandOptions options;
  reader.read("http", options.doors.http_port, whole(0, 65535));
  reader.read("grpc", options.doors.grpc_port, parse_grpc_port);
  reader.read("memory", options.memory, parse_bytes);
  if (reader.given("rest")) {
    reader.mistake("tracetax sink", fmt::format("takes options only; what is {}?",
                                                quote(reader.texts("rest").front())));
  }
  options.control = reader.given("control");
  options.discard = reader.given("discard");
  options.counts = reader.given("counts");
  if (options.counts && !options.discard)
    reader.mistake("--counts", "is of a sink that discards; add --discard");
  if (options.control && options.discard)
    reader.mistake("--discard", "does not fit --control, which asks for what was kept");
  options.quiet = reader.given("quiet");
  return options;
}

/// Ctrl-C reaches the whole foreground group, but when a run ends is its driver's decision: the
/// sink then sees the end of stdin. SIGTERM, meant for the sink alone, ends it at once.
Status run_controlled(const SinkControlOptions& options) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  return run_sink_control(STDIN_FILENO, STDOUT_FILENO, options);
}

}  // namespace

Result<ExitCode> sink_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_sink(), argc, argv, read_sink);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const SinkCommandOptions& options = **parsed;
  if (options.discard) {
    const Status ran = run_sink_discard(
        {.doors = options.doors, .memory_bytes = options.memory, .counts = options.counts});
    return ran ? Result<ExitCode>{ExitCode::pass} : failure(ran.error());
  }
  const Status ran =
      options.control
          ? run_controlled({.doors = options.doors, .memory_bytes = options.memory})
          : run_sink_alone(
                {.doors = options.doors, .memory_bytes = options.memory, .quiet = options.quiet});
  if (!ran) return failure(ran.error());
  return ExitCode::pass;
}

}  // namespace tracetax
