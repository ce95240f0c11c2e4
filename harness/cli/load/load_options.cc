// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_options.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <random>
#include <tuple>

#include "harness/cli/load/load_grpc.h"
#include "harness/cli/load/load_http.h"
#include "harness/cli/load/load_otlp.h"
#include "harness/cli/load/rate_stages.h"
#include "harness/cli/suite_options.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "harness/core/text/url_parts.h"
#include "scenarios/otlp/otlp.h"

namespace tracetax {
namespace {

constexpr std::int64_t kMostCalls = 1'000'000;             // of about 400 bytes each
constexpr std::size_t kMostBodies = std::size_t{1} << 30;  // bytes: one of each call at once

/// `more`, behind what the HTTP options are.
std::vector<OptionSpec> with_http_options(std::vector<OptionSpec> more) {
  std::vector<OptionSpec> specs = http_option_specs();
  specs.insert(specs.end(), more.begin(), more.end());
  return specs;
}

}  // namespace

CommandLine declare_load() {
  return {
      .program = "tracetax load",
      .purpose =
          "Sends HTTP or gRPC requests, or exports of spans (otlp://), to URL and records when "
          "each was "
          "due, sent and done.",
      .usage = "URL",
      .positionals = {"url"},
      .groups = {
          {"Load",
           {{"r,rate", "open loop: offered rate, such as 2k/s", one_value()},
            {"closed", "closed loop: back to back on every connection (default)"},
            {"stages",
             "open loop: 10s:1k/s,30s:5k/s goes from --rate (or 0) to 1k/s in 10 s, then on",
             one_value("LIST")},
            {"think", "closed loop: pause of a connection after an answer", one_value()},
            {"think-random", "--think is the mean of exponential pauses"},
            {"arrivals", "constant or poisson", one_value("", "constant")},
            {"c,connections", "connections", one_value("", "16")},
            {"streams", "HTTP/2 and gRPC: calls at once on each connection (otlp: 1)",
             one_value("", "10")},
            {"d,duration", "how long", one_value("", "10s")},
            {"n,requests", "stop after so many requests", one_value()},
            {"w,warmup", "load before, not recorded", one_value("", "0")},
            {"t,threads", "driver threads", one_value("", "1")},
            {"timeout", "of one request", one_value("", "5s")},
            {"max-errors", "exit with 4 if a larger share fails", one_value("", "0.1%")},
            {"threshold",
             "such as 'p99<50ms', 'errors<0.1%', 'rate>990/s': exit with 1 if it fails",
             many_values("LIMIT")},
            {"queue", "due requests that may wait", one_value("", "100k")},
            {"release", "sleep, hybrid or spin (default: by the CPUs at hand)", one_value()},
            {"seed", "of arrivals and trace ids", one_value()}}},
          {"Request",
           with_http_options(
               {{"expect-status", "200, 2xx or 200-299; gRPC: OK, NOT_FOUND, ...",
                 one_value("", "2xx")},
                {"expect-body", "text the first answer must contain", one_value()},
                {"sampling", "share of requests with the sampled flag", one_value("", "0%")},
                {"context",
                 "formats of the trace context: w3c, b3, b3multi, jaeger, xray (or several)",
                 one_value("LIST", "w3c")},
                {"no-traceparent", "send no trace context"}})},
          {"gRPC", grpc_option_specs()},
          {"OTLP", otlp_option_specs()},
          {"Transport",
           {{"http2", "HTTP/2: from the first byte on, or agreed upon in TLS"},
            {"ca", "https, grpcs: who may have signed the server's certificate", one_value("FILE")},
            {"cert", "our own certificate", one_value("FILE")},
            {"key", "and its key, if --cert does not hold it", one_value("FILE")},
            {"server-name", "name that the certificate must be for (default: the host)",
             one_value()},
            {"insecure", "take any certificate"}}},
          {"Output",
           {{"json", "the summary as JSON on stdout"},
            {"json-lines", "a JSON object for each second on stdout, and the summary as the last"},
            {"hlog", "HdrHistogram interval log", one_value("FILE")},
            {"hgrm", "percentiles of response time, ms", one_value("FILE")},
            {"no-tui", "on a terminal one line instead of the live view"},
            {"q,quiet", "neither view nor line"},
            {"h,help", "this text"}}}}};
}

namespace {

Result<Arrivals> parse_arrivals(std::string_view name) {
  if (name == "constant") return Arrivals::constant;
  if (name == "poisson") return Arrivals::poisson;
  return failure(ExitCode::usage, fmt::format("{} is not constant or poisson", quote(name)));
}

Result<ReleaseMode> parse_release(std::string_view name) {
  if (const auto mode = release_mode_from(name)) return *mode;
  return failure(ExitCode::usage, fmt::format("{} is not sleep, hybrid or spin", quote(name)));
}

Result<std::uint64_t> parse_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc{} && end == text.data() + text.size()) return seed;
  return failure(ExitCode::usage,
                 fmt::format("{} is not a whole number from 0 to {}", quote(text), UINT64_MAX));
}

// Stages and think time.
void read_shape(OptionReader& reader, LoadOptions& options) {
  if (reader.given("stages")) {
    options.closed = false;
    reader.read("stages", options.stages,
                [&](std::string_view text) { return parse_rate_stages(text, options.rate); });
    options.duration = length_of(options.stages);
    if (reader.given("closed"))
      reader.mistake("--closed", "a closed loop has no --stages; give one of the two");
    if (reader.given("duration"))
      reader.mistake("--duration", "is what the --stages take together; leave it out");
    if (reader.given("warmup") && !reader.given("rate"))
      reader.mistake("--warmup",
                     "needs --rate beside --stages: it is the rate of the warm-up, and "
                     "where they begin");
  }
  reader.read("think", options.think.mean, parse_duration);
  options.think.exponential = reader.given("think-random");
  if (options.think.exponential && !reader.given("think"))
    reader.mistake("--think-random", "needs --think, the mean");
  if (reader.given("think") && !options.closed)
    reader.mistake("--think", "is for closed loops: with --rate it is the rate that says when");
}

void read_thresholds(OptionReader& reader, LoadOptions& options) {
  bool limits_errors = false;
  for (const std::string& text : reader.texts("threshold")) {
    const Threshold threshold = reader.take("--threshold", parse_threshold(text));
    if (threshold.of == Threshold::Of::lag && options.closed)
      reader.mistake("--threshold", "lag: a closed loop has none, for nothing is due");
    limits_errors = limits_errors || threshold.of == Threshold::Of::errors;
    options.thresholds.push_back(threshold);
  }
  if (limits_errors && !reader.given("max-errors")) options.max_errors = *SampleRate::make(1);
}

void read_load(OptionReader& reader, LoadOptions& options) {
  if (reader.given("rate")) {
    options.closed = false;
    reader.read("rate", options.rate, parse_rate);
    if (reader.given("closed"))
      reader.mistake("--closed", "a closed loop has no --rate; give one of the two");
  }
  read_shape(reader, options);
  reader.read("arrivals", options.arrivals, parse_arrivals);
  const auto connections = parse_whole(reader.text("connections"), 1, 100'000);
  const auto threads = parse_whole(reader.text("threads"), 1, 1024);
  options.connections = static_cast<int>(reader.take("--connections", connections));
  options.threads = static_cast<int>(reader.take("--threads", threads));
  if (connections && threads && *threads > *connections) {
    reader.mistake("--threads",
                   fmt::format("{} threads need at least as many --connections, not {}", *threads,
                               *connections));
  }
  reader.read("streams", options.streams, whole(1, 1000));
  // One export at a time, as exporters have it.
  if (options.target.is_otlp && !reader.given("streams")) options.streams = 1;
  const std::int64_t calls = std::int64_t{options.connections} * options.streams;
  if ((options.target.is_grpc || reader.given("http2")) && calls > kMostCalls) {
    reader.mistake("--streams", fmt::format("{} connections of {} streams are {} calls at once, at "
                                            "most {} are possible",
                                            options.connections, options.streams,
                                            format_count(static_cast<std::uint64_t>(calls)),
                                            format_count(kMostCalls)));
  }
  if (options.stages.empty()) reader.read("duration", options.duration, parse_duration);
  if (options.duration <= Nanos{0}) reader.mistake("--duration", "must be longer than 0");
  reader.read("warmup", options.warmup, parse_duration);
  reader.read("timeout", options.timeout, parse_duration);
  if (options.timeout <= Nanos{0}) reader.mistake("--timeout", "must be longer than 0");
  reader.read("max-errors", options.max_errors, parse_sample_rate);
  read_thresholds(reader, options);
  reader.read("queue", options.queue, parse_count);
  if (options.queue > 10'000'000)
    reader.mistake("--queue", "at most 10M, so that memory stays bounded");
  if (reader.given("requests")) {
    options.count = reader.take("--requests", parse_count(reader.text("requests")));
    if (!reader.given("duration") && options.stages.empty())
      options.duration = std::chrono::hours{24};
  }
  // The machine's CPUs, not those allowed: a driver pinned to one of two has it to itself.
  options.release = release_mode_for(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
  reader.read("release", options.release, parse_release);
  options.seed =
      (static_cast<std::uint64_t>(std::random_device{}()) << 32) | std::random_device{}();
  reader.read("seed", options.seed, parse_seed);
}

std::optional<TlsOptions> read_tls(OptionReader& reader, const Url& url) {
  if (!url.is_secure) {
    refuse_options(reader, {"ca", "cert", "key", "server-name", "insecure"},
                   "needs a URL with https://, grpcs://, otlps:// or otlp+https://");
    return std::nullopt;
  }
  if (reader.given("insecure") && reader.given("ca")) {
    reader.mistake("--insecure",
                   "takes any certificate, so --ca has no meaning; give one of the two");
  }
  return TlsOptions{reader.text("ca"), reader.text("cert"), reader.text("key"),
                    reader.text("server-name"), reader.given("insecure")};
}

// gRPC: the method and its messages. The scenario itself may need the server's reflection.
void read_call(OptionReader& reader, LoadOptions& options) {
  options.grpc = read_grpc_options(reader, options.target);
  options.grpc->tls = read_tls(reader, options.target);
}

void read_exports(OptionReader& reader, LoadOptions& options) {
  options.otlp = read_otlp_options(reader, options.target);
  options.otlp->tls = read_tls(reader, options.target);
  options.context.clear();  // exports carry none
  if (reader.mistakes()) return;
  options.what = "POST";
  const auto calls = static_cast<std::size_t>(options.connections) *
                     static_cast<std::size_t>(options.target.is_grpc ? options.streams : 1);
  const std::size_t bytes = otlp_body_size(*options.otlp);
  if (bytes > kMostBodies / calls) {
    reader.mistake("--spans",
                   fmt::format("a request has {}, and {} at once would fill more than {} "
                               "of memory; take fewer --spans or --connections",
                               format_bytes(static_cast<double>(bytes)), calls,
                               format_bytes(static_cast<double>(kMostBodies))));
    return;
  }
  options.scenario =
      reader.take("request", prepare_otlp(*options.otlp, {options.target.endpoint, {}}));
}

void read_http(OptionReader& reader, LoadOptions& options) {
  HttpLoad load = read_http_options(reader, options.target);
  HttpTransport& transport = load.scenario.transport;
  if (transport.tls && !options.target.is_secure)
    reader.mistake("URL", "the scenario speaks TLS; give it with https://");
  const auto asked = read_tls(reader, options.target);
  if (!transport.tls || asked != TlsOptions{}) transport.tls = asked;
  refuse_grpc_options(reader);
  if (!reader.given("context") && !reader.given("no-traceparent")) options.context = load.context;
  if (reader.mistakes()) return;  // they would only come back in other words
  options.what = load.what;
  options.scenario = reader.take(
      "request", prepare_written(load.scenario, {options.target.endpoint, options.context}));
}

void read_request(OptionReader& reader, LoadOptions& options) {
  reader.read("sampling", options.sampling, parse_sample_rate);
  reader.read("context", options.context, parse_context_list);
  if (reader.given("no-traceparent")) {
    options.context.clear();
    if (options.sampling.share() > 0)
      reader.mistake("--sampling", "needs the trace context that --no-traceparent leaves out");
    if (reader.given("context"))
      reader.mistake("--context", "is what --no-traceparent leaves out; give one of the two");
  }
  if (options.target.is_otlp) return read_exports(reader, options);
  refuse_otlp_options(reader);
  if (options.target.is_grpc) {
    read_call(reader, options);
  } else {
    read_http(reader, options);
  }
}

// The path of a file to be written after the load; a folder that is not there should be known
// before.
std::string read_output(OptionReader& reader, const char* name) {
  const std::string& path = reader.text(name);
  if (!reader.given(name)) return path;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  std::error_code code;
  if (path.empty() || std::filesystem::is_directory(path, code)) {
    reader.mistake(fmt::format("--{}", name), fmt::format("{} is not a file", quote(path)));
  } else if (access(folder.empty() ? "." : folder.c_str(), W_OK) != 0) {
    reader.mistake(fmt::format("--{}", name),
                   fmt::format("{}: cannot be written: {}", quote(path), std::strerror(errno)));
  }
  return path;
}

LoadOptions read_options(OptionReader& reader) {
  LoadOptions options;
  options.url = reader.text("url");
  if (!reader.given("url")) {
    reader.mistake("URL", "is missing; right is: tracetax load http://127.0.0.1:8080/");
  } else if (auto url = parse_url(options.url)) {
    options.target = *url;
    options.url = without_userinfo(options.url);
  } else {
    reader.mistake("URL", url.error().message.substr(4));
  }
  if (reader.given("rest")) {
    reader.mistake("URL",
                   fmt::format("one is enough; what is {}?", quote(reader.texts("rest").front())));
  }
  read_load(reader, options);
  read_request(reader, options);
  options.json = reader.given("json");
  options.json_lines = reader.given("json-lines");
  if (options.json && options.json_lines)
    reader.mistake("--json-lines", "ends with what --json prints; give one of the two");
  options.tui = !reader.given("no-tui");
  options.quiet = reader.given("quiet");
  options.hlog_path = read_output(reader, "hlog");
  options.hgrm_path = read_output(reader, "hgrm");
  return options;
}

}  // namespace

Result<std::optional<LoadOptions>> parse_load_options(int argc, char** argv) {
  return parse_options(declare_load(), argc, argv, read_options);
}

}  // namespace tracetax
