// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_options.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <tuple>

#include "harness/cli/load/load_grpc.h"
#include "harness/cli/option_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

constexpr std::size_t kBodyMax = 64 * 1024 * 1024;

cxxopts::Options declare_load() {
  cxxopts::Options options(
      "tracetax load",
      "Sends HTTP or gRPC requests to URL and records when each was due, sent and done.");
  options.positional_help("URL").custom_help("[OPTION...]");
  options.parse_positional({"url", "rest"});
  options.add_options("Load")                                                             //
      ("r,rate", "open loop: offered rate, such as 2k/s", cxxopts::value<std::string>())  //
      ("closed", "closed loop: back to back on every connection (default)")               //
      ("arrivals", "constant or poisson", cxxopts::value<std::string>()->default_value("constant"))(
          "c,connections", "connections", cxxopts::value<std::string>()->default_value("16"))  //
      ("streams", "HTTP/2 and gRPC: calls at once on each connection",
       cxxopts::value<std::string>()->default_value("10"))(
          "d,duration", "how long", cxxopts::value<std::string>()->default_value("10s"))  //
      ("n,requests", "stop after so many requests", cxxopts::value<std::string>())        //
      ("w,warmup", "load before, not recorded", cxxopts::value<std::string>()->default_value("0"))(
          "t,threads", "driver threads", cxxopts::value<std::string>()->default_value("1"))  //
      ("timeout", "of one request", cxxopts::value<std::string>()->default_value("5s"))      //
      ("queue", "due requests that may wait", cxxopts::value<std::string>()->default_value("100k"))(
          "release", "sleep, hybrid or spin (default: by the CPUs at hand)",
          cxxopts::value<std::string>())  //
      ("seed", "of arrivals and trace ids", cxxopts::value<std::string>());
  options.add_options("Request")                                                        //
      ("m,method", "method", cxxopts::value<std::string>())                             //
      ("H,header", "header 'Name: value'", cxxopts::value<std::vector<std::string>>())  //
      ("b,body", "body", cxxopts::value<std::string>())                                 //
      ("body-file", "body from a file", cxxopts::value<std::string>())                  //
      ("expect-status", "200, 2xx or 200-299; gRPC: OK, NOT_FOUND, ...",
       cxxopts::value<std::string>()->default_value("2xx"))                                 //
      ("expect-body", "text the first answer must contain", cxxopts::value<std::string>())  //
      ("sampling", "share of requests with the sampled flag",
       cxxopts::value<std::string>()->default_value("0%"))("no-traceparent",
                                                           "send no traceparent header");
  options.add_options("Transport")                                        //
      ("http2", "HTTP/2: from the first byte on, or agreed upon in TLS")  //
      ("ca", "https, grpcs: who may have signed the server's certificate",
       cxxopts::value<std::string>(),
       "FILE")("cert", "our own certificate", cxxopts::value<std::string>(), "FILE")             //
      ("key", "and its key, if --cert does not hold it", cxxopts::value<std::string>(), "FILE")  //
      ("server-name", "name that the certificate must be for (default: the host)",
       cxxopts::value<std::string>())("insecure", "take any certificate");
  declare_grpc_options(options);
  options.add_options("Output")                                                            //
      ("json", "the summary as JSON on stdout")                                            //
      ("hlog", "HdrHistogram interval log", cxxopts::value<std::string>(), "FILE")         //
      ("hgrm", "percentiles of response time, ms", cxxopts::value<std::string>(), "FILE")  //
      ("q,quiet", "no progress line")                                                      //
      ("h,help", "this text");
  options.add_options("hidden")("url", "", cxxopts::value<std::string>())(
      "rest", "", cxxopts::value<std::vector<std::string>>());
  return options;
}

Result<ReleaseMode> parse_release(std::string_view name) {
  if (const auto mode = release_mode_from(name)) return *mode;
  return failure(ExitCode::usage, fmt::format("{} is not sleep, hybrid or spin", quote(name)));
}

void read_load(const cxxopts::ParseResult& parsed, LoadOptions& options, OptionMistakes& mistakes) {
  const auto text = [&](const char* name) { return parsed[name].as<std::string>(); };
  if (parsed.count("rate") != 0) {
    options.closed = false;
    options.rate = mistakes.take("--rate", parse_rate(text("rate")));
    if (parsed.count("closed") != 0)
      mistakes.add("--closed", "a closed loop has no --rate; give one of the two");
  }
  if (text("arrivals") == "poisson") {
    options.arrivals = Arrivals::poisson;
  } else if (text("arrivals") != "constant") {
    mistakes.add("--arrivals",
                 fmt::format("{} is not constant or poisson", quote(text("arrivals"))));
  }
  const auto connections = parse_whole(text("connections"), 1, 100'000);
  const auto threads = parse_whole(text("threads"), 1, 1024);
  options.connections = static_cast<int>(mistakes.take("--connections", connections));
  options.threads = static_cast<int>(mistakes.take("--threads", threads));
  if (connections && threads && *threads > *connections) {
    mistakes.add("--threads", fmt::format("{} threads need at least as many --connections, not {}",
                                          *threads, *connections));
  }
  options.streams =
      static_cast<int>(mistakes.take("--streams", parse_whole(text("streams"), 1, 1000)));
  options.duration = mistakes.take("--duration", parse_duration(text("duration")), Nanos{1});
  if (options.duration <= Nanos{0}) mistakes.add("--duration", "must be longer than 0");
  options.warmup = mistakes.take("--warmup", parse_duration(text("warmup")));
  options.timeout = mistakes.take("--timeout", parse_duration(text("timeout")), Nanos{1});
  if (options.timeout <= Nanos{0}) mistakes.add("--timeout", "must be longer than 0");
  options.queue = mistakes.take("--queue", parse_count(text("queue")), std::uint64_t{1});
  if (options.queue > 10'000'000)
    mistakes.add("--queue", "at most 10M, so that memory stays bounded");
  if (parsed.count("requests") != 0) {
    options.count = mistakes.take("--requests", parse_count(text("requests")));
    if (parsed.count("duration") == 0) options.duration = std::chrono::hours{24};
  }
  // The machine's CPUs, not those allowed: a driver pinned to one of two has it to itself.
  options.release = release_mode_for(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
  if (parsed.count("release") != 0)
    options.release = mistakes.take("--release", parse_release(text("release")));
  options.seed =
      (static_cast<std::uint64_t>(std::random_device{}()) << 32) | std::random_device{}();
  if (parsed.count("seed") != 0) {
    options.seed = static_cast<std::uint64_t>(
        mistakes.take("--seed", parse_whole(text("seed"), 0, INT64_MAX)));
  }
}

std::optional<TlsOptions> read_tls(const cxxopts::ParseResult& parsed, const Url& url,
                                   OptionMistakes& mistakes) {
  const auto text = [&](const char* name) {
    return parsed.count(name) == 0 ? "" : parsed[name].as<std::string>();
  };
  if (!url.is_secure) {
    for (const char* name : {"ca", "cert", "key", "server-name", "insecure"}) {
      if (parsed.count(name) != 0)
        mistakes.add(fmt::format("--{}", name), "needs a URL with https:// or grpcs://");
    }
    return std::nullopt;
  }
  if (parsed.count("insecure") != 0 && parsed.count("ca") != 0) {
    mistakes.add("--insecure",
                 "takes any certificate, so --ca has no meaning; give one of the two");
  }
  return TlsOptions{text("ca"), text("cert"), text("key"), text("server-name"),
                    parsed.count("insecure") != 0};
}

// gRPC: the method and its messages. The scenario itself may need the server's reflection.
void read_call(const cxxopts::ParseResult& parsed, LoadOptions& options, OptionMistakes& mistakes) {
  options.grpc = read_grpc_options(parsed, options.target, mistakes);
  options.grpc->tls = read_tls(parsed, options.target, mistakes);
}

void read_http(const cxxopts::ParseResult& parsed, LoadOptions& options, OptionMistakes& mistakes) {
  const auto text = [&](const char* name) { return parsed[name].as<std::string>(); };
  if (parsed.count("header") != 0) {
    for (const std::string& header : parsed["header"].as<std::vector<std::string>>()) {
      options.request.headers.push_back(mistakes.take("--header", parse_header(header)));
    }
  }
  if (parsed.count("body") != 0) options.request.body = text("body");
  if (parsed.count("body-file") != 0) {
    if (parsed.count("body") != 0)
      mistakes.add("--body-file", "give --body or --body-file, not both");
    options.request.body = mistakes.take("--body-file", read_file(text("body-file"), kBodyMax));
  }
  options.request.method = options.request.body.empty() ? "GET" : "POST";
  if (parsed.count("method") != 0) options.request.method = text("method");
  HttpExpectation expectation;
  std::tie(expectation.status_low, expectation.status_high) =
      mistakes.take("--expect-status", parse_status_range(text("expect-status")));
  if (parsed.count("expect-body") != 0) expectation.body_contains = text("expect-body");
  refuse_grpc_options(parsed, mistakes);
  HttpTransport transport;
  transport.http2 = parsed.count("http2") != 0;
  transport.tls = read_tls(parsed, options.target, mistakes);
  if (mistakes.any()) return;  // they would only come back in other words
  options.scenario =
      mistakes.take("request", prepare_http({options.request}, expectation, transport,
                                            {options.target.endpoint, options.send_traceparent}));
}

void read_request(const cxxopts::ParseResult& parsed, LoadOptions& options,
                  OptionMistakes& mistakes) {
  options.send_traceparent = parsed.count("no-traceparent") == 0;
  options.sampling =
      mistakes.take("--sampling", parse_sample_rate(parsed["sampling"].as<std::string>()));
  if (!options.send_traceparent && options.sampling.share() > 0) {
    mistakes.add("--sampling", "needs the traceparent header that --no-traceparent leaves out");
  }
  if (options.target.is_grpc) {
    read_call(parsed, options, mistakes);
  } else {
    read_http(parsed, options, mistakes);
  }
}

// The path of a file to be written after the load; a folder that is not there should be known
// before.
std::string read_output(const cxxopts::ParseResult& parsed, const char* name,
                        OptionMistakes& mistakes) {
  if (parsed.count(name) == 0) return "";
  const std::string path = parsed[name].as<std::string>();
  const std::string folder = std::filesystem::path(path).parent_path().string();
  std::error_code code;
  if (path.empty() || std::filesystem::is_directory(path, code)) {
    mistakes.add(fmt::format("--{}", name), fmt::format("{} is not a file", quote(path)));
  } else if (access(folder.empty() ? "." : folder.c_str(), W_OK) != 0) {
    mistakes.add(fmt::format("--{}", name),
                 fmt::format("{}: cannot be written: {}", quote(path), std::strerror(errno)));
  }
  return path;
}

}  // namespace

Result<std::optional<LoadOptions>> parse_load_options(int argc, char** argv) {
  cxxopts::Options declared = declare_load();
  const auto parsed = parse_options(declared, argc, argv);
  if (!parsed) return failure(parsed.error());
  if (parsed->count("help") != 0) {
    fmt::print("{}", declared.help({"Load", "Request", "gRPC", "Transport", "Output"}));
    return std::nullopt;
  }
  OptionMistakes mistakes;
  LoadOptions options;
  if (parsed->count("url") == 0) {
    mistakes.add("URL", "is missing; right is: tracetax load http://127.0.0.1:8080/");
  } else {
    options.url = (*parsed)["url"].as<std::string>();
    auto url = parse_url(options.url);
    if (url) {
      options.target = *url;
      options.request.path = url->path;
    } else {
      mistakes.add("URL", url.error().message.substr(4));
    }
  }
  if (parsed->count("rest") != 0) {
    mistakes.add("URL",
                 fmt::format("one is enough; what is {}?",
                             quote((*parsed)["rest"].as<std::vector<std::string>>().front())));
  }
  read_load(*parsed, options, mistakes);
  read_request(*parsed, options, mistakes);
  options.json = parsed->count("json") != 0;
  options.quiet = parsed->count("quiet") != 0;
  options.hlog_path = read_output(*parsed, "hlog", mistakes);
  options.hgrm_path = read_output(*parsed, "hgrm", mistakes);
  if (mistakes.any()) return failure(mistakes.error());
  return options;
}

}  // namespace tracetax
