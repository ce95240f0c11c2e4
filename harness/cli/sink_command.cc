// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/sink_command.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <optional>
#include <utility>

#include "harness/cli/sink_fault_options.h"
#include "harness/core/text/option_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "harness/run/sink/alone/sink_alone.h"
#include "harness/run/sink/alone/sink_discard.h"
#include "harness/run/sink/sink_control.h"

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
          "Receives OTLP traces over HTTP (protobuf or JSON) and gRPC, plain or as gzip, deflate,\n"
          "zstd or snappy, counts them per second and tells the totals when it is stopped. "
          "Metrics\n"
          "and logs are taken and thrown away; whatever is refused is counted by its reason.",
      .groups = {{"Sink",
                  {{"http", "port of OTLP/HTTP; 0 takes any free one", one_value("PORT", "4318")},
                   {"grpc", "port of OTLP/gRPC; none: without it", one_value("PORT", "4317")},
                   {"host", "address to listen on; 0.0.0.0: all of this machine's",
                    one_value("ADDRESS", "127.0.0.1")},
                   {"memory", "bound on what is kept", one_value("SIZE", "512MiB")},
                   {"discard", "keep nothing: a receiver to measure senders against"},
                   {"counts", "with discard: the totals as JSON, as targets count their spans"},
                   {"control", "answer questions on stdin, as a part of a run"},
                   {"q,quiet", "only the totals"},
                   {"h,help", "this text"}}},
                 {"What it asks of senders",
                  {{"tls", "its certificate and key, as PEM files; both doors then speak TLS",
                    one_value("CERT,KEY")},
                   {"client-ca", "clients must show a certificate that this CA signed (mTLS)",
                    one_value("FILE")},
                   {"require-header",
                    "senders must send it, else 401 or UNAUTHENTICATED; may be repeated",
                    many_values("'NAME: VALUE'")}}},
                 sink_fault_options()},
      .examples = {{"tracetax sink", "count what a service on this machine exports"},
                   {"tracetax sink --host 0.0.0.0", "the same for a container"},
                   {"tracetax sink --tls cert.pem,key.pem --client-ca ca.pem", "with mutual TLS"},
                   {"tracetax sink --require-header 'Authorization: Bearer abc'",
                    "turn away and count who does not say that"},
                   {"tracetax sink --status 503,retry-after=1s --fails-for 10s",
                    "see what an exporter does about it"}}};
}

namespace {

/// A port, or nothing for "none".
Result<std::optional<int>> parse_grpc_port(const std::string& text) {
  if (text == "none") return std::optional<int>{};
  const auto port = parse_whole(text, 0, 65535);
  if (!port) return failure(ExitCode::usage, port.error().message + ", or none");
  return std::optional{static_cast<int>(*port)};
}

Result<SinkTls> parse_tls(const std::string& text) {
  const std::size_t comma = text.find(',');
  if (comma == 0 || comma == std::string::npos || comma + 1 == text.size()) {
    return failure(ExitCode::usage, fmt::format("{} is no pair of files; right is CERT,KEY, such "
                                                "as cert.pem,key.pem",
                                                quote(text)));
  }
  return SinkTls{
      .cert_file = text.substr(0, comma), .key_file = text.substr(comma + 1), .client_ca_file = ""};
}

/// The value is a secret, so a mistake does not repeat it.
Result<std::pair<std::string, std::string>> parse_header(const std::string& text) {
  const auto trimmed = [](std::string_view part) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    return std::string(part);
  };
  const std::size_t colon = text.find(':');
  std::string name = trimmed(text.substr(0, colon));
  const std::string value = colon == std::string::npos ? "" : trimmed(text.substr(colon + 1));
  if (name.empty() || value.empty() || name.find(' ') != std::string::npos) {
    return failure(ExitCode::usage,
                   "a header is a name, a colon and a value, such as 'X-API-Key: abc'");
  }
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::pair{std::move(name), value};
}

SinkCommandOptions read_sink(OptionReader& reader) {
  SinkCommandOptions options;
  SinkSpec& spec = options.doors.spec;
  reader.read("host", options.doors.host,
              [](const std::string& text) { return Result<std::string>(text); });
  reader.read("tls", spec.tls, parse_tls);
  if (reader.given("client-ca")) {
    spec.tls.client_ca_file = reader.text("client-ca");
    if (!reader.given("tls")) reader.mistake("--client-ca", "needs TLS: give --tls CERT,KEY too");
  }
  for (const std::string& text : reader.texts("require-header"))
    spec.required_headers.insert(reader.take("--require-header", parse_header(text)));
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
  options.doors.spec.faults = read_sink_faults(reader);
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
