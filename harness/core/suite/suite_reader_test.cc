// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>

#include "harness/core/suite/suite_writer.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSmall = R"({
  "name": "small",
  "targets": {"gin": {"emulated": "gin"}, "nethttp": {"emulated": "nethttp"}},
  "scenarios": {"get": {"path": "/"}, "post": {"kind": "http", "method": "POST"}},
  "arms": ["off", "off2", "on@1%"]
})";

Result<Suite> read(std::string_view text, const SuiteOverrides& overrides = {}) {
  return parse_suite(text, "s.json", overrides);
}

// The small suite with fields replaced, each by the JSON beside its name.
Result<Suite> read_with(std::initializer_list<std::pair<const char*, const char*>> fields,
                        const SuiteOverrides& overrides = {}) {
  Json suite = Json::parse(kSmall);
  for (const auto& [key, value] : fields) suite[key] = Json::parse(value);
  return read(suite.dump(2), overrides);
}

std::string message(const Result<Suite>& suite) {
  if (suite) return "no error";
  EXPECT_EQ(suite.error().code, ExitCode::usage);
  return suite.error().message;
}

bool mentions(const Result<Suite>& suite, std::string_view text) {
  return message(suite).find(text) != std::string::npos;
}

TEST(ReadSuite, DefaultsAreThoseOfTheStructs) {
  const Suite suite = read(kSmall).value();
  EXPECT_EQ(suite.name, "small");
  EXPECT_EQ(suite.path, "s.json");
  EXPECT_EQ(suite.folder, "");
  ASSERT_EQ(suite.targets.size(), 2U);
  EXPECT_EQ(suite.targets[1].name, "nethttp");
  EXPECT_EQ(suite.load.levels.at(0), OfferedRate{CapacityShare{0.5}});
  EXPECT_EQ(suite.load.arrivals, Arrivals::poisson);
  EXPECT_EQ(suite.design.blocks, 10);
  EXPECT_EQ(suite.design.measure, 3s);
  EXPECT_EQ(suite.design.capacity, std::nullopt);
  EXPECT_EQ(suite.design.seed, std::nullopt);
  EXPECT_EQ(suite.pin.driver, std::nullopt);
  EXPECT_EQ(suite.otlp, OtlpProtocol::http_protobuf);
  EXPECT_EQ(suite.sink_port, std::nullopt);
}

TEST(ReadSuite, ReadsEveryFieldOfTheLoadAndTheDesign) {
  const Suite suite =
      read_with(
          {{"load",
            R"({"rate": "2k/s", "arrivals": "constant", "sampling": "target", "connections": 8,
                              "threads": 2, "queue": 500, "timeout": "2s"})"},
           {"design",
            R"({"blocks": 200, "warmup": "1s", "measure": "100ms", "slice": "50ms", "drain": "20s", "settle": "1ms",
                                "capacity": "250ms", "seed": 18446744073709551615})"},
           {"pin", R"({"driver": "0", "target": "1-3"})"},
           {"env", R"({"OTEL_BSP_SCHEDULE_DELAY": "200"})"},
           {"otlp", R"("grpc")"},
           {"description", R"("text")"}})
          .value();
  EXPECT_EQ(suite.load.levels.at(0), OfferedRate{2000.0});
  EXPECT_EQ(suite.load.arrivals, Arrivals::constant);
  EXPECT_EQ(suite.load.sampling, Sampling::target);
  EXPECT_EQ(suite.load.connections, 8);
  EXPECT_EQ(suite.load.threads, 2);
  EXPECT_EQ(suite.load.queue, 500U);
  EXPECT_EQ(suite.load.timeout, 2s);
  EXPECT_EQ(suite.design.blocks, 200);
  EXPECT_EQ(suite.design.warmup, 1s);
  EXPECT_EQ(suite.design.measure, 100ms);
  EXPECT_EQ(suite.design.slice, 50ms);
  EXPECT_EQ(suite.design.drain, 20s);
  EXPECT_EQ(suite.design.settle, 1ms);
  EXPECT_EQ(suite.design.capacity, 250ms);
  EXPECT_EQ(suite.design.seed, UINT64_MAX);
  EXPECT_EQ(suite.pin.target, "1-3");
  EXPECT_EQ(suite.env.at("OTEL_BSP_SCHEDULE_DELAY"), "200");
  EXPECT_EQ(suite.otlp, OtlpProtocol::grpc);
  EXPECT_EQ(suite.description, "text");
}

TEST(ReadSuite, ReadsThePortsAndTheMemoryOfTheSink) {
  const Suite suite =
      read_with({{"sink", R"({"port": 4318, "grpc_port": 4317, "memory": "2GiB"})"}}).value();
  EXPECT_EQ(suite.sink_port, 4318);
  EXPECT_EQ(suite.sink_grpc_port, 4317);
  EXPECT_EQ(suite.sink_memory, 2ULL << 30U);
  EXPECT_TRUE(mentions(read_with({{"sink", R"({"memory": "lots"})"}}), "sink.memory"));
}

TEST(ReadSuite, AnArmMaySayHowItsSinkBehaves) {
  const auto with = [](const char* arm, const char* sink, const char* design = "{}") {
    const std::string arms = fmt::format(R"(["off", "off2", "on@10%", {}])", arm);
    return read_with({{"arms", arms.c_str()}, {"sink", sink}, {"design", design}});
  };
  const auto suite =
      with(R"({"name": "on@100%", "sink": {"status": 503, "fails_for": "2s"}, "loss": "expected"})",
           R"({"delay": "5ms"})");
  ASSERT_TRUE(suite) << message(suite);
  EXPECT_EQ(suite->arms[2].sink.faults.delay, std::chrono::milliseconds{5});
  EXPECT_EQ(suite->arms[3].sink.faults.status, 503);
  EXPECT_EQ(suite->arms[3].sink.faults.delay, Nanos{0});
  EXPECT_TRUE(suite->arms[3].loss_expected);
  EXPECT_EQ(doors_needed(*suite).size(), 1U);
  EXPECT_TRUE(mentions(with(R"({"name": "on@100%", "loss": "some"})", "{}"), "arms[3].loss"));
  EXPECT_TRUE(mentions(with(R"({"name": "on@100%", "sink": {"stats": 503}})", "{}"),
                       "arms[3].sink.stats: unknown key 'stats'; did you mean 'status'?"));
  EXPECT_TRUE(mentions(with(R"({"name": "on@100%", "sink": {"port": 4318}})", "{}"),
                       "it is of the suite's \"sink\""));
  // What fails for a time would fail while the arm waits for its turn.
  const char* timed = R"({"name": "on@100%", "sink": {"restart_after": "1s"}})";
  EXPECT_TRUE(mentions(with(timed, "{}", R"({"measure": "1s", "slice": "100ms"})"),
                       "does not fit the sink of arm 'on@100%'"));
  const auto unsliced = with(timed, "{}", R"({"measure": "1s", "slice": "auto"})");
  ASSERT_TRUE(unsliced) << message(unsliced);
  EXPECT_FALSE(unsliced->design.slice);
}

TEST(ReadSuite, ArmsThatNeedOtherDoorsHaveASinkOfTheirOwn) {
  const char* arms = R"(["off", {"name": "on@100%", "sink": {"tls": {"cert": "c", "key": "k"}}},
                         {"name": "on@10%", "sink": {"require_headers": {"X-Key": "k"}, "delay": "1ms"}}])";
  const auto suite = read_with({{"arms", arms}});
  ASSERT_TRUE(suite) << message(suite);
  EXPECT_EQ(doors_needed(*suite).size(), 3U);
  EXPECT_EQ(door_of(*suite, 2), 2U);
  EXPECT_TRUE(mentions(read_with({{"arms", arms}, {"sink", R"({"port": 4318})"}}),
                       "need a sink each, and a port is for one"));
}

TEST(ReadSuite, ArmsThatTakeTurnsNeedAProcessAndASinkEach) {
  const char* const design = R"({"measure": "1s", "slice": "100ms"})";
  EXPECT_TRUE(read_with({{"design", design}}).has_value());
  EXPECT_TRUE(mentions(read_with({{"design", design}, {"sink", R"({"port": 4318})"}}),
                       "sink: does not fit \"slice\""));
  EXPECT_TRUE(
      mentions(read_with({{"design", design}, {"sink", R"({"grpc_port": 4317})"}}), "a sink each"));
  EXPECT_TRUE(mentions(read_with({{"design", design},
                                  {"targets", R"({"gin": {"attach": "http://127.0.0.1:8080"}})"}}),
                       "targets.gin: does not fit \"slice\""));
}

TEST(ReadSuite, EveryMistakeIsToldAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(
      message(read(R"({
  "name": "bad name",
  "targets": {"gin": {"emulatd": "gin"}},
  "scenarios": {},
  "arms": ["on@1%"],
  "load": {
    "rate": 2000,
    "arrivals": "poison",
    "connections": 0
  },
  "desing": {}
})")),
      "s.json:2: name: 'bad name' is not a name: use 1 to 64 letters, digits and @ % . _ + -, not "
      "starting with . or -\n"
      "s.json:3: targets.gin: needs exactly one of \"emulated\", \"real\", \"framework\" and "
      "\"pair\": NAME, \"command\": [PROGRAM, "
      "...], "
      "\"attach\": URL, \"topology\": FILE and \"services\" with a front\n"
      "s.json:3: targets.gin.emulatd: unknown key 'emulatd'; did you mean 'emulated'? known: "
      "emulated, real, framework, pair, "
      "command, attach, services, args, env, ready, pid, ready_within, stop_within, working_dir, "
      "can_be_absent, otlp, describe, topology, sampling, "
      "spans_per_request\n"
      "s.json:4: scenarios: names no scenario; write {\"get-user\": {\"kind\": \"http\", \"path\": "
      "\"/users/42\"}}\n"
      "s.json:5: arms: the first arm must be \"off\": every other one is compared with it\n"
      "s.json:7: load.rate: expected a text such as \"2000\", found the number 2000\n"
      "s.json:8: load.arrivals: unknown value 'poison'; did you mean 'poisson'? known: constant, "
      "poisson\n"
      "s.json:9: load.connections: expected a whole number from 1 to 10000, found the number 0\n"
      "s.json:11: desing: unknown key 'desing'; did you mean 'design'? known: $schema, extends, "
      "name, "
      "description, "
      "targets, companions, scenarios, sink, arms, reference, load, design, pin, gate, env, otlp");
}

TEST(ReadSuite, NameTargetsScenariosAndArmsAreRequired) {
  EXPECT_EQ(
      message(read("{}")),
      "s.json:1: 'name' is missing; write what the reports call it, such as \"name\": \"quick\"\n"
      "s.json:1: 'targets' is missing; write \"targets\": {\"gin\": {\"emulated\": \"gin\"}}\n"
      "s.json:1: 'scenarios' is missing; write \"scenarios\": {\"get-user\": {\"kind\": \"http\", "
      "\"path\": \"/users/42\"}}\n"
      "s.json:1: 'arms' is missing; write \"arms\": [\"off\", \"off2\", \"on@1%\", \"on@100%\"]");
}

TEST(ReadSuite, WhatIsNoObjectIsOneMistake) {
  EXPECT_EQ(message(read("[]")), "s.json:1: expected an object, found an array");
  EXPECT_EQ(message(read("null")), "s.json:1: expected an object, found null");
}

TEST(ReadSuite, LimitsTurnWhereTheySay) {
  EXPECT_TRUE(read_with({{"design", R"({"blocks": 1})"}}).has_value());
  EXPECT_TRUE(mentions(read_with({{"design", R"({"blocks": 0})"}}),
                       "design.blocks: expected a whole number from 1 to 600"));
  EXPECT_TRUE(mentions(read_with({{"design", R"({"blocks": 601})"}}), "design.blocks"));
  EXPECT_TRUE(mentions(read_with({{"design", R"({"measure": "99ms"})"}}),
                       "design.measure: is shorter than 100ms"));
  EXPECT_TRUE(mentions(read_with({{"design", R"({"slice": "49ms"})"}}),
                       "design.slice: is shorter than 50ms"));
  EXPECT_TRUE(read_with({{"design", R"({"measure": "200ms", "slice": "100ms"})"}}).has_value());
  EXPECT_TRUE(mentions(read_with({{"design", R"({"measure": "200ms", "slice": "101ms"})"}}),
                       "design.slice: does not fit: \"measure\" must hold two slices"));
  EXPECT_TRUE(mentions(read_with({{"design", R"({"capacity": "99ms"})"}}),
                       "design.capacity: is shorter than 100ms"));
  EXPECT_TRUE(mentions(read_with({{"design", R"({"drain": "1ms"})"}}),
                       "design.drain: is shorter than \"settle\""));
  EXPECT_TRUE(
      mentions(read_with({{"load", R"({"timeout": "0"})"}}), "load.timeout: is shorter than 1ms"));
  EXPECT_TRUE(
      mentions(read_with({{"load", R"({"threads": 17})"}}), "17 threads share 16 connections"));
  EXPECT_TRUE(mentions(read_with({{"load", R"({"connections": 10000, "streams": 101})"}}),
                       "10000 connections of 101 streams are 1010000 calls at once"));
  EXPECT_TRUE(mentions(read_with({{"sink", R"({"port": 65536})"}}), "sink.port"));
  EXPECT_TRUE(
      mentions(read_with({{"sink", R"({"port": 4318, "grpc_port": 4318})"}}), "sink.grpc_port"));
  EXPECT_TRUE(mentions(read_with({{"otlp", R"("gprc")"}}), "did you mean 'grpc'?"));
  EXPECT_TRUE(
      mentions(read_with({{"pin", R"({"driver": "x"})"}}), "pin.driver: 'x' is not a CPU list"));
  EXPECT_TRUE(mentions(read_with({{"env", R"({"1A": "x"})"}}), "env.1A: not a variable name"));
  EXPECT_TRUE(
      mentions(read_with({{"env", R"({"A": "\u0000"})"}}), "env.A: a variable cannot hold a NUL"));
}

TEST(SuiteOverrides, SetChangesValuesAndIsNamedInMistakes) {
  EXPECT_EQ(read(kSmall, {.set = {"load.rate=3k/s", "design.blocks=2", "pin.driver=0"}})
                .value()
                .load.levels.at(0),
            OfferedRate{3000.0});
  EXPECT_EQ(
      message(read(kSmall, {.set = {"load.rate=fast", "lod.rate=1k", "nonsense"}})),
      "--set 'nonsense': write a dotted path and a value, such as load.rate=2k/s\n"
      "--set 'load.rate=fast': load.rate: 'fast' is not a rate: write requests per second, such as "
      "500, "
      "2k/s or 1.5M/s, or a share of capacity: auto:0.5\n"
      "--set 'lod.rate=1k': lod: unknown key 'lod'; did you mean 'load'? known: $schema, extends, "
      "name, "
      "description, targets, companions, scenarios, sink, arms, reference, load, design, pin, "
      "gate, "
      "env, otlp");
}

TEST(SuiteOverrides, OfTwoValuesOfOnePathNeitherIsPassedOver) {
  EXPECT_EQ(message(read(kSmall, {.set = {"load.rate=3k/s", "load.rate=3k/s", "load.rate=4k/s"}})),
            "--set 'load.rate=3k/s': stands twice, with another value in 'load.rate=4k/s'");
}

// What catalogs know is told together with the rest, and with its line.
TEST(ReadSuite, ChecksFromOutsideAddTheirMistakes) {
  const CheckSuite check = [](Suite& suite, Mistakes& mistakes) -> Status {
    mistakes.add_told("/scenarios/post", "scenarios.post.method: is none of ours");
    EXPECT_EQ(suite.scenarios.size(), 2U);
    return failure(ExitCode::internal, "somebody is gone");
  };
  const std::string text = Json::parse(kSmall).dump(2);
  const auto wrong = parse_suite(text, "s.json", {.set = {"lod=1"}}, check);
  EXPECT_EQ(message(wrong).substr(0, 58),
            "s.json:17: scenarios.post.method: is none of ours\n--set 'l")
      << message(wrong);
  const auto good = parse_suite(text, "s.json", {}, [](Suite&, Mistakes&) -> Status {
    return failure(ExitCode::internal, "somebody is gone");
  });
  ASSERT_FALSE(good);
  EXPECT_EQ(good.error().code, ExitCode::internal);
}

TEST(SuiteOverrides, SetToNullTakesTheDefault) {
  const auto suite = read_with({{"design", R"({"capacity": "1s", "blocks": 3})"}},
                               {.set = {"design.capacity=null", "design.blocks=null"}})
                         .value();
  EXPECT_EQ(suite.design.capacity, std::nullopt);
  EXPECT_EQ(suite.design.blocks, 10);
}

TEST(SuiteOverrides, EffortSetsTheBlocksUnlessSetDoes) {
  EXPECT_EQ(read(kSmall, {.effort = Effort::quick}).value().design.blocks, 10);
  EXPECT_EQ(read(kSmall, {.effort = Effort::ci}).value().design.blocks, 20);
  EXPECT_EQ(read(kSmall, {.effort = Effort::full}).value().design.blocks, 40);
  EXPECT_EQ(
      read(kSmall, {.set = {"design.blocks=3"}, .effort = Effort::full}).value().design.blocks, 3);
  EXPECT_EQ(parse_effort("ci").value(), Effort::ci);
  EXPECT_EQ(parse_effort("ful").error().message,
            "unknown effort 'ful'; did you mean 'full'? known: quick, ci, full, paper");
}

TEST(SuiteOverrides, OnlyKeepsTheCellsItNames) {
  const auto kept = [](const char* only) {
    const Suite suite = read(kSmall, {.only = only}).value();
    std::string names;
    for (const auto& target : suite.targets) names += target.name + " ";
    for (const auto& scenario : suite.scenarios) names += scenario.name + " ";
    return names;
  };
  EXPECT_EQ(kept("gin"), "gin get post ");
  EXPECT_EQ(kept("*/get"), "gin nethttp get ");
  EXPECT_EQ(kept("n*/p*"), "nethttp post ");
  EXPECT_EQ(message(read(kSmall, {.only = "gni"})),
            "--only 'gni': no cell is called so; targets: gin, nethttp; scenarios: get, post");
}

TEST(SuiteOverrides, OnlyDropsOverridesOfTheTargetsThatGo) {
  const auto suite =
      read_with(
          {{"arms",
            R"(["off", {"name": "x", "rate": "1%", "per_target": {"gin": {}, "nethttp": {}}}])"}},
          {.only = "gin"})
          .value();
  EXPECT_EQ(suite.arms[1].per_target.size(), 1U);
  EXPECT_TRUE(read(suite.resolved.dump()).has_value());
}

TEST(SuiteOverrides, WhatOnlyLeavesCanBeReadAgain) {
  const auto kept = [](const char* only) {
    const auto suite =
        read_with(
            {{"scenarios",
              R"({"get": {"path": "/", "targets": ["gin"]}, "put": {"path": "/", "targets": ["gin", "nethttp"]}})"}},
            {.only = only})
            .value();
    EXPECT_TRUE(read(suite.resolved.dump()).has_value()) << message(read(suite.resolved.dump()));
    std::string names;
    for (const auto& target : suite.targets) names += target.name + " ";
    for (const auto& scenario : suite.scenarios) {
      names += fmt::format("{}({}) ", scenario.name, fmt::join(scenario.targets, ","));
    }
    return names;
  };
  EXPECT_EQ(kept("nethttp"), "nethttp put(nethttp) ");
  EXPECT_EQ(kept("gin"), "gin get(gin) put(gin) ");
  EXPECT_EQ(kept("*/get"), "gin get(gin) ");
}

TEST(SuiteOverrides, SeedIsKept) { EXPECT_EQ(read(kSmall, {.seed = 7}).value().design.seed, 7U); }

TEST(SuiteDigest, CoversTheTextAndTheOverrides) {
  const auto digest = [](std::string_view text, const SuiteOverrides& overrides) {
    return read(text, overrides).value().digest_sha256;
  };
  const std::string plain = digest(kSmall, {});
  EXPECT_EQ(plain.size(), 64U);
  EXPECT_EQ(plain, digest(kSmall, {}));
  EXPECT_NE(plain, digest(std::string(kSmall) + "\n", {}));
  EXPECT_NE(plain, digest(kSmall, {.set = {"design.blocks=10"}}));
  EXPECT_NE(plain, digest(kSmall, {.effort = Effort::quick}));
  EXPECT_NE(plain, digest(kSmall, {.only = "*"}));
  EXPECT_NE(plain, digest(kSmall, {.seed = 1}));
}

// --- the resolved form ---

constexpr std::string_view kEverything = R"({
  "name": "all", "description": "d",
  "targets": {
    "gin": {"emulated": "gin", "args": ["--work-per-sampled", "50us"], "env": {"A": "1"}, "spans_per_request": 3},
    "mine": {"command": ["python3", "server.py", "{port}"], "env": {"X": "1"}, "ready": "tcp://127.0.0.1:{port}",
             "ready_within": "1500ms", "stop_within": "5s", "working_dir": ".", "can_be_absent": true},
    "told": {"command": ["x", "{port}"], "describe": "told.json"},
    "live": {"attach": "http://127.0.0.1:8080", "pid": 1234, "sampling": "target"}},
  "scenarios": {"get": {"kind": "http", "path": "/", "headers": {"a": [1, 2.5, null]}}},
  "arms": [{"name": "off", "state": "drop", "env": {"B": "2"}}, "off2", "on@0.5%",
           {"name": "rec", "state": "record", "rate": "0.3333", "sampler": {"name": "traceidratio", "arg": "0.3"}, "sink": {"status": 503, "fails_for": "1s"}, "loss": "expected", "per_target": {"gin": {"args": []}, "mine": {"env": {"C": "3"}, "command": ["x"]}}},
           {"name": "on@3%", "keeps": {"error": "100%", "rest": "12.5%", "at_most": "33.3/s"}}],
  "load": {"rate": "1.5k/s"}, "design": {"capacity": "500ms", "seed": 5}, "otlp": "grpc", "sink": {"port": 4318, "grpc_port": 5317, "memory": "1GiB", "delay": "5ms", "tls": {"cert": "c.pem", "key": "k.pem"}},
  "pin": {"driver": "0"}, "env": {"E": ""}
})";

TEST(ReadSuite, ATargetMayHaveAWordOfItsOwnOnSampling) {
  const Suite suite = read(kEverything).value();
  EXPECT_EQ(suite.targets.size(), 4U);
  for (const TargetSpec& target : suite.targets) {
    EXPECT_EQ(sampling_of(suite, target),
              target.name == "live" ? Sampling::target : Sampling::caller);
  }
}

TEST(ReadSuite, TheReferenceIsAnArmThatIsThere) {
  const auto with = [](const std::string& reference) {
    return read(R"({"name": "a", "targets": {"gin": {"emulated": "gin"}},
      "scenarios": {"get": {"kind": "http", "path": "/"}}, "arms": ["off", "off2", "on@1%"],
      "reference": ")" +
                reference + "\"}");
  };
  EXPECT_EQ(with("off").value().reference, "");
  EXPECT_EQ(with("on@1%").value().reference, "on@1%");
  EXPECT_EQ(with("previous").value().reference, kPreviousArm);
  const auto again = read(with("previous").value().resolved.dump());
  ASSERT_TRUE(again.has_value()) << message(again);
  EXPECT_EQ(again->reference, kPreviousArm);
  EXPECT_NE(message(with("on@2%")).find("did you mean 'on@1%'"), std::string::npos);
  EXPECT_FALSE(with("off2").has_value()) << "a sham is no reference but off's own";
}

TEST(ResolvedForm, IsReadBackAsItself) {
  for (const std::string_view text : {kSmall, kEverything}) {
    const Suite suite = read(text).value();
    const auto again = read(suite.resolved.dump(2));
    ASSERT_TRUE(again.has_value()) << message(again);
    EXPECT_EQ(again->resolved.dump(), suite.resolved.dump());
  }
}

TEST(ReadSuite, WhoNamesAPairMeansBoth) {
  const auto suite = parse_suite(
      R"({"name": "p", "targets": {"gin": {"pair": "gin"}, "echo": {"emulated": "echo"}},
          "scenarios": {"get": {"targets": ["gin"]}, "all": {}},
          "arms": ["off", {"name": "on@1%", "per_target": {"gin": {"env": {"X": "1"}}}}]})",
      "p.json", {.only = "gin/*"});
  ASSERT_TRUE(suite) << suite.error().message;
  ASSERT_EQ(suite->targets.size(), 2U);
  EXPECT_EQ(suite->scenarios[0].targets, (std::vector<std::string>{"gin-real", "gin-emulated"}));
  EXPECT_EQ(suite->arms[1].per_target.size(), 2U);
  EXPECT_TRUE(suite->arms[1].per_target.contains("gin-real"));
  EXPECT_EQ(parse_suite(suite->resolved.dump(), "again.json", {}).value().resolved,
            suite->resolved);
}

TEST(ResolvedForm, HasTheDefaultsIn) {
  const Json resolved = read(kSmall).value().resolved;
  EXPECT_EQ(
      resolved["load"].dump(),
      R"({"rate":"auto:0.5","arrivals":"poisson","sampling":"caller","connections":16,"streams":10,"threads":1,)"
      R"("queue":100000,"timeout":"5s"})");
  EXPECT_EQ(
      resolved["design"].dump(),
      R"({"blocks":10,"warmup":"500ms","measure":"3s","slice":null,"drain":"10s","settle":"300ms","capacity":null,"seed":null})");
  EXPECT_EQ(
      resolved["arms"][2].dump(),
      R"({"name":"on@1%","role":"rate","state":"export","rate":"1%","otlp":null,"env":{},"per_target":{}})");
  EXPECT_EQ(
      resolved["targets"]["gin"].dump(),
      R"({"emulated":"gin","args":[],"env":{},"otlp":null,"ready_within":"10s","stop_within":"35s","spans_per_request":1})");
}

TEST(ResolvedForm, HasTheSamplerAndTheDescription) {
  const Json resolved = read(kEverything).value().resolved;
  EXPECT_EQ(resolved["arms"][3]["sampler"].dump(), R"({"name":"traceidratio","arg":"0.3"})");
  EXPECT_FALSE(resolved["arms"][2].contains("sampler"));
  EXPECT_EQ(resolved["targets"]["told"]["describe"], "told.json");
  EXPECT_FALSE(resolved["targets"]["told"].contains("ready"));
}

TEST(ResolvedForm, ShowsWhatTheOverridesChanged) {
  const Json resolved =
      read(kSmall, {.set = {"load.rate=3k/s"}, .effort = Effort::ci, .only = "gin/get", .seed = 9})
          .value()
          .resolved;
  EXPECT_EQ(resolved["load"]["rate"], "3000/s");
  EXPECT_EQ(resolved["design"]["blocks"], 20);
  EXPECT_EQ(resolved["design"]["seed"], 9);
  EXPECT_EQ(resolved["targets"].size(), 1U);
  EXPECT_EQ(resolved["scenarios"].size(), 1U);
}

}  // namespace
}  // namespace tracetax
