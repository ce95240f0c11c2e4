// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/delay_command.h"

#include "harness/core/text/option_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "harness/core/text/url_parts.h"
#include "harness/run/delay/delay_relay.h"

namespace tracetax {

CommandLine declare_delay() {
  return {.program = "tracetax delay",
          .purpose = "Passes on TCP connections, and everything in them half a round trip later.",
          .groups = {{"Delay",
                      {{"to", "where to", one_value("HOST:PORT")},
                       {"round-trip", "how much longer an answer takes", one_value("TIME", "0")},
                       {"port", "where it listens, on 127.0.0.1; 0 takes any free port",
                        one_value("PORT", "0")},
                       {"h,help", "this text"}}}},
          .examples = {{"tracetax delay --to 127.0.0.1:4317 --round-trip 20ms --port 5317",
                        "a receiver that is 20 ms away"}}};
}

namespace {

Result<Endpoint> parse_place(const std::string& text) {
  const std::string url = "tcp://" + text;
  const UrlParts parts = split_url(url);
  const bool has_port = parts.after_host.starts_with(':');
  const auto port = has_port ? parse_port(parts.after_host.substr(1)) : std::nullopt;
  if (parts.host.empty() || !port || !parts.path.empty()) {
    return failure(ExitCode::usage,
                   fmt::format("{} is not HOST:PORT, such as 127.0.0.1:4317", quote(text)));
  }
  return Endpoint{std::string(parts.host), *port};
}

DelayOptions read_delay(OptionReader& reader) {
  constexpr Nanos kLongest = std::chrono::minutes{1};
  DelayOptions options;
  reader.read("to", options.to, parse_place);
  reader.read("round-trip", options.round_trip, parse_duration);
  reader.read("port", options.port, whole(0, 65535));
  if (!reader.given("to"))
    reader.mistake("--to", "is missing: where to? Such as --to 127.0.0.1:4317");
  if (options.round_trip > kLongest) reader.mistake("--round-trip", "is longer than a minute");
  if (reader.given("rest")) {
    reader.mistake("tracetax delay", fmt::format("takes options only; what is {}?",
                                                 quote(reader.texts("rest").front())));
  }
  return options;
}

}  // namespace

Result<ExitCode> delay_command(int argc, char** argv) {
  const auto parsed = parse_options(declare_delay(), argc, argv, read_delay);
  if (!parsed) return failure(parsed.error());
  if (!*parsed) return ExitCode::pass;
  const DelayOptions& options = **parsed;
  const auto relay = DelayRelay::listen(options);
  if (!relay) return failure(relay.error());
  fmt::print(stderr, "listening on 127.0.0.1:{}, to {}, round trip {}\n", (*relay)->port(),
             authority_text(options.to.host, options.to.port), format_duration(options.round_trip));
  (*relay)->run(true);
  return ExitCode::pass;
}

}  // namespace tracetax
