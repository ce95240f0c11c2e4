// What `tracetax load` accepts, and how it says what it does not.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_options.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tracetax {
namespace {

Result<std::optional<LoadOptions>> parse(std::vector<std::string> arguments) {
  std::string name = "load";
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return parse_load_options(static_cast<int>(argv.size()), argv.data());
}

LoadOptions good(std::vector<std::string> arguments) {
  arguments.emplace_back("http://127.0.0.1:8080/users?id=7");
  auto options = parse(std::move(arguments));
  EXPECT_TRUE(options) << options.error().message;
  return options ? **options : LoadOptions{};
}

std::string mistake(std::vector<std::string> arguments) {
  const auto options = parse(std::move(arguments));
  if (options) return "no mistake";
  EXPECT_EQ(options.error().code, ExitCode::usage);
  return options.error().message;
}

TEST(LoadOptions, DefaultsAreAClosedLoopOfTenSeconds) {
  const LoadOptions options = good({});
  EXPECT_TRUE(options.closed);
  EXPECT_EQ(options.duration, Nanos{std::chrono::seconds{10}});
  EXPECT_EQ(options.connections, 16);
  EXPECT_EQ(options.threads, 1);
  EXPECT_FALSE(options.count);
  EXPECT_EQ(options.target.endpoint, (Endpoint{"127.0.0.1", 8080}));
  ASSERT_EQ(options.scenario.requests.size(), 1U);
  const RequestTemplate& request = options.scenario.requests[0];
  EXPECT_TRUE(request.bytes.starts_with("GET /users?id=7 HTTP/1.1\r\n")) << request.bytes;
  ASSERT_EQ(request.context.size(), 1U);
  EXPECT_EQ(request.context[0].field, ContextField::traceparent);
  EXPECT_EQ(options.scenario.status_low, 200);
  EXPECT_EQ(options.scenario.status_high, 299);
}

TEST(LoadOptions, TheContextGoesOutInTheFormatsAskedFor) {
  const LoadOptions options = good({"--context", "b3,xray"});
  const RequestTemplate& request = options.scenario.requests.at(0);
  ASSERT_EQ(request.context.size(), 2U);
  EXPECT_NE(request.bytes.find("b3: "), std::string::npos);
  EXPECT_NE(request.bytes.find("X-Amzn-Trace-Id: Root=1-"), std::string::npos);
  EXPECT_EQ(request.bytes.find("traceparent"), std::string::npos);
  EXPECT_NE(mistake({"http://x/", "--context", "b4"}).find("did you mean 'b3'"), std::string::npos);
  EXPECT_NE(mistake({"http://x/", "--context", "b3", "--no-traceparent"}).find("--no-traceparent"),
            std::string::npos);
}

TEST(LoadOptions, ARateMakesAnOpenLoop) {
  const LoadOptions options = good(
      {"--rate", "2k/s", "--arrivals", "poisson", "-d", "1m", "--sampling", "10%", "--seed", "5"});
  EXPECT_FALSE(options.closed);
  EXPECT_DOUBLE_EQ(options.rate, 2000);
  EXPECT_EQ(options.arrivals, Arrivals::poisson);
  EXPECT_EQ(options.duration, Nanos{std::chrono::minutes{1}});
  EXPECT_DOUBLE_EQ(options.sampling.share(), 0.1);
  EXPECT_EQ(options.seed, 5U);
}

TEST(LoadOptions, AStageListIsAnOpenLoopOfItsLength) {
  const LoadOptions options = good({"--stages", "10s:1k/s,0s:5k/s,20s:5k/s", "--rate", "100/s"});
  EXPECT_FALSE(options.closed);
  EXPECT_DOUBLE_EQ(options.rate, 100);
  EXPECT_EQ(options.duration, Nanos{std::chrono::seconds{30}});
  ASSERT_EQ(options.stages.size(), 3U);
  EXPECT_EQ(options.stages[1], (RateStage{Nanos{0}, 5000}));
}

TEST(LoadOptions, APasswordIsSentAndNotShown) {
  auto parsed = parse({"http://ada:p%40ss@127.0.0.1:8080/x"});
  ASSERT_TRUE(parsed) << parsed.error().message;
  const LoadOptions& options = **parsed;
  EXPECT_EQ(options.url, "http://***@127.0.0.1:8080/x");
  EXPECT_EQ(options.target.endpoint, (Endpoint{"127.0.0.1", 8080}));
  EXPECT_NE(options.scenario.requests[0].bytes.find("Authorization: Basic YWRhOnBAc3M="),
            std::string::npos);
  EXPECT_NE(mistake({"-u", "a:b", "http://c:d@h/"}).find("stands in the URL already"),
            std::string::npos);
}

TEST(LoadOptions, EverySeedThatIsPrintedIsTaken) {
  EXPECT_EQ(good({"--seed", "18446744073709551615"}).seed, UINT64_MAX);
  EXPECT_EQ(good({"--seed", "0"}).seed, 0U);
  for (const char* seed : {"18446744073709551616", "-1", "x", ""})
    EXPECT_TRUE(mistake({"--seed", seed, "http://h/"}).starts_with("--seed: ")) << seed;
}

TEST(LoadOptions, CallsAtOnceAreBounded) {
  EXPECT_EQ(good({"-c", "100000", "--streams", "1000"}).connections, 100'000);  // HTTP/1.1 has none
  EXPECT_EQ(mistake({"-c", "100000", "--streams", "1000", "--http2", "http://h/"}),
            "--streams: 100000 connections of 1000 streams are 100,000,000 calls at once, at most "
            "1,000,000 are possible");
  EXPECT_EQ(good({"-c", "1000", "--streams", "1000", "--http2"}).streams, 1000);
}

TEST(LoadOptions, ACountAloneHasNoOtherEnd) {
  EXPECT_EQ(good({"-n", "1000"}).duration, Nanos{std::chrono::hours{24}});
  EXPECT_EQ(good({"-n", "1000", "-d", "2s"}).duration, Nanos{std::chrono::seconds{2}});
}

TEST(LoadOptions, HeadersAndBodyGoOnTheWire) {
  const LoadOptions options = good({"-H", "Accept: text/html, */*;q=0.1", "-H",
                                    "X-Empty:", "--body", "a=1,b=2", "--no-traceparent"});
  const std::string& bytes = options.scenario.requests[0].bytes;
  EXPECT_TRUE(bytes.starts_with("POST ")) << bytes;
  EXPECT_NE(bytes.find("\r\nAccept: text/html, */*;q=0.1\r\n"), std::string::npos) << bytes;
  EXPECT_NE(bytes.find("\r\nX-Empty: \r\n"), std::string::npos) << bytes;
  EXPECT_TRUE(bytes.ends_with("\r\nContent-Length: 7\r\n\r\na=1,b=2")) << bytes;
  EXPECT_EQ(bytes.find("traceparent"), std::string::npos) << bytes;
}

TEST(LoadOptions, MistakesAreReportedAllAtOnce) {
  const std::string message = mistake({"http://x:0/",
                                       "--rate",
                                       "abc",
                                       "--closed",
                                       "--arrivals",
                                       "burst",
                                       "--connections",
                                       "0",
                                       "--threads",
                                       "x",
                                       "--duration",
                                       "0s",
                                       "--timeout",
                                       "0",
                                       "--queue",
                                       "20M",
                                       "--release",
                                       "nap",
                                       "--seed",
                                       "-1",
                                       "--header",
                                       "foo",
                                       "--expect-status",
                                       "99",
                                       "--sampling",
                                       "3",
                                       "--body-file",
                                       "/no/such/file",
                                       "--hlog",
                                       "/no/such/folder/x",
                                       "--hgrm",
                                       "/tmp"});
  for (const char* option :
       {"URL: ", "--rate: ", "--closed: ", "--arrivals: ", "--connections: ", "--threads: ",
        "--duration: ", "--timeout: ", "--queue: ", "--release: ", "--seed: ", "--header: ",
        "--expect-status: ", "--sampling: ", "--body-file: ", "--hlog: ", "--hgrm: "}) {
    EXPECT_NE(message.find(option), std::string::npos) << option << "is not in\n" << message;
  }
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 16) << message;
}

TEST(LoadOptions, UnknownOptionsGetAGuess) {
  EXPECT_NE(mistake({"http://x/", "--conections", "5"}).find("did you mean '--connections'?"),
            std::string::npos);
  EXPECT_NE(mistake({"http://x/", "--rtae=5"}).find("did you mean '--rate'?"), std::string::npos);
  EXPECT_NE(mistake({"http://x/", "-z"}).find("z"), std::string::npos);
  EXPECT_NE(mistake({"http://x/", "--rate"}).find("rate"), std::string::npos);
}

TEST(LoadOptions, UrlsThatCannotBeLoadedAreNamed) {
  EXPECT_NE(mistake({}).find("URL: is missing"), std::string::npos);
  EXPECT_NE(mistake({"http://a/", "http://b/"}).find("what is 'http://b/'?"), std::string::npos);
  EXPECT_NE(mistake({"grpc://a/s/m"}).find("port is missing"), std::string::npos);
  EXPECT_NE(mistake({"127.0.0.1:80/"}).find("does not begin with http://"), std::string::npos);
  EXPECT_NE(mistake({"http://:80/"}).find("host is missing"), std::string::npos);
  EXPECT_NE(mistake({"http://a:99999/"}).find("port"), std::string::npos);
  EXPECT_NE(mistake({"http://[::1/"}).find("bracket"), std::string::npos);
}

TEST(LoadOptions, TlsIsReadAndBelongsToHttps) {
  EXPECT_NE(mistake({"http://x/", "--ca", "f"}).find("--ca: needs a URL with https://"),
            std::string::npos);
  EXPECT_NE(mistake({"https://x/", "--ca", "f", "--insecure"}).find("--insecure"),
            std::string::npos);
  const auto read =
      parse({"https://x/", "--http2", "--ca", "f", "--server-name", "n", "--streams", "7"});
  ASSERT_TRUE(read) << read.error().message;
  const LoadOptions& options = **read;
  EXPECT_EQ(options.scenario.tls, (TlsOptions{"f", "", "", "n", false}));
  EXPECT_EQ(options.scenario.protocol, Protocol::http2);
  EXPECT_EQ(options.streams, 7);
}

TEST(LoadOptions, ValuesThatContradictEachOtherAreNamed) {
  EXPECT_NE(mistake({"http://x/", "-t", "5", "-c", "4"}).find("--threads: 5 threads"),
            std::string::npos);
  EXPECT_NE(mistake({"http://x/", "--body", "a", "--body-file", "b"}).find("not both"),
            std::string::npos);
  EXPECT_NE(mistake({"http://x/", "--no-traceparent", "--sampling", "1%"}).find("--no-traceparent"),
            std::string::npos);
  EXPECT_NE(
      mistake({"http://x/", "-H", "Traceparent: 00-1-2-3"}).find("written by tracetax itself"),
      std::string::npos);
  EXPECT_NE(mistake({"http://x/", "-m", "G T"}).find("not an HTTP method"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
