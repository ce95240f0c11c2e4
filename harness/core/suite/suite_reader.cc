// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_reader.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/core/json/json_fields.h"
#include "harness/core/sink/sink_reader.h"
#include "harness/core/suite/arm_reader.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/suite/scenario_reader.h"
#include "harness/core/suite/service_reader.h"
#include "harness/core/suite/suite_bases.h"
#include "harness/core/suite/suite_only.h"
#include "harness/core/suite/suite_values.h"
#include "harness/core/suite/suite_writer.h"
#include "harness/core/suite/target_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/sha256.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostLevels = 16;
constexpr int kMostBlocks = 600;
constexpr int kMostStreams = 1'000;
constexpr int kMostCalls = 1'000'000;  // at once, of about 400 bytes each
constexpr int kMostThreads = 256;
constexpr std::int64_t kLongestQueue = 100'000'000;
constexpr Nanos kShortestMeasure = std::chrono::milliseconds{100};
// Below it the start and the end of a slice weigh more than what lies between.
constexpr Nanos kShortestSlice = std::chrono::milliseconds{50};
// Neighbours come and go in bursts of 100 ms to some seconds.
constexpr Nanos kAutomaticSlice = std::chrono::milliseconds{100};
// Of a warm-up until steady: as long as it takes to see eight windows of a second.
constexpr Nanos kShortestLimit = std::chrono::seconds{9};
// Below it every answer of a busy machine would be an error.
constexpr Nanos kShortestTimeout = std::chrono::milliseconds{1};

int integer_or(JsonFields& fields, std::string_view key, int low, int high, int otherwise) {
  return static_cast<int>(fields.integer(key, low, high).value_or(otherwise));
}

Nanos duration_or(JsonFields& fields, std::string_view key, Nanos shortest, Nanos otherwise) {
  const auto value = fields.parsed(key, parse_duration);
  if (value && *value < shortest) {
    fields.mistake(key, fmt::format("is shorter than {}", format_duration_exact(shortest)));
  }
  return value.value_or(otherwise);
}

// Who names a pair means both.
void expand_pairs(Suite& suite) {
  for (ScenarioSpec& scenario : suite.scenarios) {
    std::vector<std::string> expanded;
    for (const std::string& name : scenario.targets) {
      const auto called = targets_called(suite.targets, name);
      expanded.insert(expanded.end(), called.begin(), called.end());
      if (called.empty()) expanded.push_back(name);  // a mistake, told later
    }
    scenario.targets = std::move(expanded);
  }
}

// Every name that scenarios give is a target, and every target has a scenario.
void check_pairing(const Suite& suite, Mistakes& mistakes) {
  std::vector<std::string> names;
  for (const TargetSpec& target : suite.targets) names.push_back(target.name);
  for (const ScenarioSpec& scenario : suite.scenarios) {
    for (const std::string& name : scenario.targets) {
      if (std::ranges::find(names, name) != names.end()) continue;
      mistakes.add("/scenarios/" + pointer_step(scenario.name) + "/targets",
                   unknown_name("target", name, names));
    }
  }
  for (const TargetSpec& target : suite.targets) {
    const auto fits = [&](const ScenarioSpec& scenario) { return is_for(scenario, target); };
    if (suite.scenarios.empty() || std::ranges::any_of(suite.scenarios, fits)) continue;
    mistakes.add("/targets/" + pointer_step(target.name),
                 "has no scenario: none names it among its \"targets\"");
  }
}

std::vector<OfferedRate> read_levels(JsonFields& fields) {
  std::vector<OfferedRate> levels;
  for (const std::string& text : fields.texts("levels").value_or(std::vector<std::string>{})) {
    const auto level = parse_offered_rate(text);
    if (!level) {
      fields.mistake("levels", level.error().message);
    } else if (std::ranges::find(levels, *level) != levels.end()) {
      fields.mistake("levels", fmt::format("{} stands there twice", text));
    } else {
      levels.push_back(*level);
    }
  }
  if (levels.size() > kMostLevels)
    fields.mistake("levels", fmt::format("has more than {} levels", kMostLevels));
  if (!levels.empty() && fields.has("rate"))
    fields.mistake("levels", "does not go with \"rate\", which is one level; leave one out");
  return levels;
}

LoadShape read_load(const Json& value, const std::string& pointer, Mistakes& mistakes) {
  LoadShape load;
  JsonFields fields(value, pointer, mistakes);
  if (const auto rate = fields.parsed("rate", parse_offered_rate)) load.levels = {*rate};
  if (auto levels = read_levels(fields); !levels.empty()) load.levels = std::move(levels);
  load.arrivals = fields
                      .choice<Arrivals>("arrivals", {{"constant", Arrivals::constant},
                                                     {"poisson", Arrivals::poisson}})
                      .value_or(load.arrivals);
  load.sampling = read_sampling(fields).value_or(load.sampling);
  load.closed = fields.boolean("closed").value_or(false);
  if (load.closed) {
    for (const auto key : {"rate", "levels", "arrivals", "queue"})
      fields.refuse(key, "does not fit a closed loop, which sends as soon as it has an answer");
  }
  load.connections = integer_or(fields, "connections", 1, kMostConnections, load.connections);
  load.streams = integer_or(fields, "streams", 1, kMostStreams, load.streams);
  if (load.connections * load.streams > kMostCalls) {
    fields.mistake(
        "streams",
        fmt::format("{} connections of {} streams are {} calls at once, at most "
                    "{} are possible",
                    load.connections, load.streams, load.connections * load.streams, kMostCalls));
  }
  load.threads = integer_or(fields, "threads", 1, kMostThreads, load.threads);
  if (load.threads > load.connections) {
    fields.mistake("threads",
                   fmt::format("{} threads share {} connections; each thread needs one at least",
                               load.threads, load.connections));
  }
  const auto queue = fields.integer("queue", 1, kLongestQueue);
  if (queue) load.queue = static_cast<std::uint64_t>(*queue);
  load.timeout = duration_or(fields, "timeout", kShortestTimeout, load.timeout);
  fields.finish();
  return load;
}

constexpr std::string_view kUntilSteady = "until steady";

void read_warm_up(JsonFields& fields, Design& design) {
  const Json* const asked = fields.any("warmup");
  design.until_steady = asked != nullptr && *asked == kUntilSteady;
  if (!design.until_steady) {
    const auto to_say_so = [](std::string_view text) -> Result<Nanos> {
      auto duration = parse_duration(text);
      if (!duration) duration.error().message += fmt::format("; or write {}", quote(kUntilSteady));
      return duration;
    };
    design.warmup = fields.parsed("warmup", to_say_so).value_or(design.warmup);
  }
  design.warmup_limit = duration_or(fields, "warmup_limit", kShortestLimit, design.warmup_limit);
  if (fields.has("warmup_limit") && !design.until_steady)
    fields.mistake("warmup_limit", "is of a warm-up \"until steady\", and this one has a length");
}

Design read_design(const Json& value, const std::string& pointer, Mistakes& mistakes) {
  Design design;
  JsonFields fields(value, pointer, mistakes);
  design.blocks = integer_or(fields, "blocks", 1, kMostBlocks, design.blocks);
  read_warm_up(fields, design);
  design.measure = duration_or(fields, "measure", kShortestMeasure, design.measure);
  const Json* const asked_slice = fields.any("slice");
  design.slice_auto = asked_slice != nullptr && *asked_slice == "auto";
  if (design.slice_auto) {
    if (2 * kAutomaticSlice <= design.measure) design.slice = kAutomaticSlice;
  } else if (fields.has("slice")) {
    const Nanos slice = duration_or(fields, "slice", kShortestSlice, kShortestSlice);
    design.slice = slice;
    if (2 * slice > design.measure)
      fields.mistake("slice", "does not fit: \"measure\" must hold two slices at least");
  }
  design.drain = duration_or(fields, "drain", Nanos{0}, design.drain);
  design.settle = duration_or(fields, "settle", Nanos{0}, design.settle);
  if (fields.has("drain") && design.drain < design.settle) {
    fields.mistake("drain", "is shorter than \"settle\", the wait that every arm gets");
  }
  const Nanos capacity = duration_or(fields, "capacity", kShortestMeasure, kShortestMeasure);
  if (fields.has("capacity")) design.capacity = capacity;
  design.seed = fields.unsigned_integer("seed");
  design.processes = fields.choice<Processes>(
      "processes",
      {{name_of(Processes::fresh), Processes::fresh}, {name_of(Processes::kept), Processes::kept}});
  design.fresh_every = integer_or(fields, "fresh_every", 1, kMostBlocks, kBlocksPerLaunch);
  if (design.processes == Processes::kept && !fields.has("blocks"))
    design.blocks = kLaunchesPlanned * design.fresh_every;
  fields.finish();
  return design;
}

Pinning read_pinning(const Json& value, const std::string& pointer, Mistakes& mistakes) {
  Pinning pin;
  JsonFields fields(value, pointer, mistakes);
  pin.driver = fields.parsed("driver", parse_cpu_list);
  pin.target = fields.parsed("target", parse_cpu_list);
  fields.finish();
  return pin;
}

std::optional<int> read_port(JsonFields& fields, std::string_view key) {
  const auto port = fields.integer(key, 1, 65535);
  if (!port) return std::nullopt;
  return static_cast<int>(*port);
}

void read_sink(const Json& value, const std::string& pointer, Suite& suite, Mistakes& mistakes) {
  JsonFields fields(value, pointer, mistakes);
  suite.sink_port = read_port(fields, "port");
  suite.sink_grpc_port = read_port(fields, "grpc_port");
  suite.sink_memory = fields.parsed("memory", parse_bytes);
  suite.sink = read_sink_spec(fields);
  if (suite.sink_port && suite.sink_port == suite.sink_grpc_port) {
    fields.mistake("grpc_port", "does not fit: \"port\" is the same, and takes OTLP/HTTP");
  }
  fields.finish();
}

// What an arm asks of its sink must fit the others and the design.
void check_sinks(Suite& suite, Mistakes& mistakes) {
  const auto timed = [](const ArmSpec& arm) {
    return arm.sink.faults.fails_for || arm.sink.faults.restart_after;
  };
  const auto arm = std::ranges::find_if(suite.arms, timed);
  if (arm != suite.arms.end() && suite.design.slice_auto) suite.design.slice.reset();
  if (arm != suite.arms.end() && suite.design.slice) {
    mistakes.add("/design/slice",
                 fmt::format("does not fit the sink of arm {}: what fails for a time does so while "
                             "the arm waits for its turn, too",
                             quote(arm->name)));
  }
  if (doors_needed(suite).size() > 1 && (suite.sink_port || suite.sink_grpc_port)) {
    mistakes.add("/sink",
                 "does not fit: arms that differ in \"tls\" or \"require_headers\" need a "
                 "sink each, and a port is for one");
  }
}

// Of a closed loop every segment is what others have for the capacity alone.
void check_closed(Suite& suite, Mistakes& mistakes) {
  if (!suite.load.closed) return;
  Design& design = suite.design;
  if (design.slice && !design.slice_auto)
    mistakes.add("/design/slice", "does not fit a closed loop: its arms do not take turns");
  design.slice.reset();
  design.slice_auto = false;
  if (design.until_steady)
    mistakes.add("/design/warmup", "does not fit a closed loop, whose warm-up has a length");
  if (design.capacity && *design.capacity != design.measure)
    mistakes.add("/design/capacity", "does not fit a closed loop, which lasts \"measure\"");
  design.capacity = design.measure;
}

// Arms that take turns run side by side, each with a process and a sink of its own; so do those
// whose processes are kept.
void check_turns(Suite& suite, Mistakes& mistakes) {
  if (!suite.design.slice && !keeps_processes(suite)) return;
  const std::string_view why = suite.design.slice ? R"("slice")" : R"("processes": "kept")";
  const std::string_view who =
      suite.design.slice ? "arms that take turns" : "arms that are kept up";
  const bool attached = std::ranges::find(suite.targets, TargetKind::attached, &TargetSpec::kind) !=
                        suite.targets.end();
  if (!keeps_processes(suite) && suite.design.slice_auto &&
      (attached || suite.sink_port || suite.sink_grpc_port)) {
    suite.design.slice.reset();
    return;
  }
  if (suite.sink_port || suite.sink_grpc_port) {
    mistakes.add(
        "/sink",
        fmt::format("does not fit {} in \"design\": {} need a sink each, and a port is for "
                    "one",
                    why, who));
  }
  for (const TargetSpec& target : suite.targets) {
    if (target.kind != TargetKind::attached) continue;
    mistakes.add(
        "/targets/" + pointer_step(target.name),
        fmt::format("does not fit {} in \"design\": {} need a process each, and this target "
                    "already runs",
                    why, who));
  }
}

// What the arms are compared with; empty: off.
std::string read_reference(JsonFields& fields, const std::vector<ArmSpec>& arms) {
  const std::string name = fields.text("reference").value_or("");
  std::vector<std::string> names{std::string(kPreviousArm)};
  for (const ArmSpec& arm : arms) {
    if (arm.role != ArmRole::sham) names.push_back(arm.name);
  }
  if (!name.empty() && std::ranges::find(names, name) == names.end()) {
    fields.mistake("reference", unknown_name("arm", name, names));
    return "";
  }
  return !arms.empty() && name == arms.front().name ? "" : name;
}

Suite read_fields(const JsonSource& source, Mistakes& mistakes, const FrameworkChoice& frameworks) {
  Suite suite;
  JsonFields fields(source.root(), "", mistakes);
  (void)fields.any("$schema");  // for editors
  (void)fields.any("extends");  // SuiteBases has read it
  fields.require("name", "what the reports call it, such as \"name\": \"quick\"");
  suite.name = fields.text("name").value_or("");
  if (fields.has("name")) {
    if (const auto status = check_name(suite.name); !status)
      fields.mistake("name", status.error().message);
  }
  suite.description = fields.text("description").value_or("");
  fields.require("targets", R"("targets": {"gin": {"emulated": "gin"}})");
  if (const Json* targets = fields.object("targets")) {
    suite.targets = read_targets(*targets, "/targets", mistakes, frameworks);
  }
  if (const Json* companions = fields.object("companions"))
    suite.companions = read_companions(*companions, "/companions", mistakes);
  fields.require("scenarios",
                 R"("scenarios": {"get-user": {"kind": "http", "path": "/users/42"}})");
  if (const Json* scenarios = fields.object("scenarios")) {
    suite.scenarios = read_scenarios(*scenarios, "/scenarios", mistakes);
  }
  fields.require("arms", R"("arms": ["off", "off2", "on@1%", "on@100%"])");
  if (const Json* sink = fields.any("sink")) read_sink(*sink, "/sink", suite, mistakes);
  if (const Json* arms = fields.array("arms"))
    suite.arms = read_arms(*arms, "/arms", suite.targets, suite.sink, mistakes);
  suite.reference = read_reference(fields, suite.arms);
  expand_pairs(suite);
  check_pairing(suite, mistakes);
  if (const Json* load = fields.any("load")) suite.load = read_load(*load, "/load", mistakes);
  if (const Json* design = fields.any("design"))
    suite.design = read_design(*design, "/design", mistakes);
  if (const Json* pin = fields.any("pin")) suite.pin = read_pinning(*pin, "/pin", mistakes);
  if (const Json* gate = fields.any("gate"))
    suite.gate = read_gate(*gate, "/gate", suite.arms, mistakes);
  suite.env = read_environment(fields, "env");
  suite.otlp = read_otlp(fields).value_or(suite.otlp);
  check_sinks(suite, mistakes);
  check_closed(suite, mistakes);
  check_turns(suite, mistakes);
  check_services(suite, mistakes);
  fields.finish();
  return suite;
}

bool sets_blocks(const std::string& assignment) { return assignment.starts_with("design.blocks="); }

void apply(const SuiteOverrides& overrides, Suite& suite, Mistakes& mistakes) {
  if (overrides.effort && std::ranges::none_of(overrides.set, sets_blocks)) {
    suite.design.blocks = blocks_of(*overrides.effort) * blocks_per_unit(suite);
  }
  if (overrides.seed) suite.design.seed = overrides.seed;
  if (!overrides.only.empty() && mistakes.empty()) keep_only(suite, overrides.only, mistakes);
}

// What came from a base in another folder has its relative paths from there.
void keep_folders(const JsonSource& source, Suite& suite) {
  namespace fs = std::filesystem;
  const auto folder_with = [](const std::string& file) {
    std::error_code error;
    return fs::absolute(file, error).lexically_normal().parent_path().string();
  };
  const std::string own = folder_with(source.file());
  // Empty: this suite's own.
  const auto folder_of = [&](const std::string& pointer) {
    const std::string folder = folder_with(source.origin_of(pointer));
    return folder == own ? "" : folder;
  };
  const auto below = [](const std::string& folder, const std::string& path) {
    if (folder.empty()) return path;
    return path.empty() ? folder : (fs::path(folder) / path).string();
  };
  const auto place_certificates = [&below, &folder_of](const std::string& pointer, SinkTls& tls) {
    for (std::string* file : {&tls.cert_file, &tls.key_file, &tls.client_ca_file}) {
      if (!file->empty()) *file = below(folder_of(pointer), *file);
    }
  };
  for (ArmSpec& arm : suite.arms)
    place_certificates(arm.sink.tls == suite.sink.tls ? "/sink" : "/arms", arm.sink.tls);
  place_certificates("/sink", suite.sink.tls);
  for (ScenarioSpec& scenario : suite.scenarios) {
    scenario.folder = folder_of("/scenarios/" + pointer_step(scenario.written_as));
  }
  for (TargetSpec& target : suite.targets) {
    const bool half = !source.root()["targets"].contains(target.name);
    const std::string pointer = "/targets/" + pointer_step(half ? target.pair : target.name);
    for (ServiceSpec& service : target.services) {
      const std::string there = folder_of(pointer + "/services/" + pointer_step(service.name));
      service.working_dir = below(there, service.working_dir);
      if (service.front) target.working_dir = service.working_dir;
    }
    const std::string folder = folder_of(pointer);
    if (folder.empty()) continue;
    if (!target.describe.empty()) target.describe = (fs::path(folder) / target.describe).string();
    if (target.kind == TargetKind::command && target.services.empty())
      target.working_dir = below(folder, target.working_dir);
  }
  for (ServiceSpec& companion : suite.companions) {
    companion.working_dir =
        below(folder_of("/companions/" + pointer_step(companion.name)), companion.working_dir);
  }
}

std::string digest(std::string_view text, const std::vector<std::string>& bases,
                   const SuiteOverrides& overrides, const Suite& suite) {
  Sha256 hash;
  hash.update(text);
  for (const std::string& base : bases) hash.update(std::string(1, '\0') + "extends " + base);
  // NUL stands in no suite and in no argument, so nothing can be mistaken for something else.
  for (const std::string& set : overrides.set) hash.update(std::string(1, '\0') + "set " + set);
  if (overrides.effort)
    hash.update(std::string(1, '\0') + fmt::format("blocks {}", blocks_of(*overrides.effort)));
  if (!overrides.only.empty()) hash.update(std::string(1, '\0') + "only " + overrides.only);
  if (overrides.seed) hash.update(std::string(1, '\0') + fmt::format("seed {}", *overrides.seed));
  // Which frameworks are real depends on what is built, too.
  for (const TargetSpec& target : suite.targets) {
    if (target.kind == TargetKind::real) hash.update(std::string(1, '\0') + "real " + target.name);
    if (target.system)
      hash.update(std::string(1, '\0') + "topology " + target.system->document.dump());
  }
  return hash.finish();
}

}  // namespace

Result<Suite> parse_suite(std::string_view text, std::string_view file_name,
                          const SuiteOverrides& overrides, const CheckSuite& check) {
  auto source = JsonSource::parse(text, std::string(file_name));
  if (!source) return failure(source.error());
  SuiteBases bases;
  if (const Status status = bases.put_under(*source); !status) return failure(status.error());
  Mistakes mistakes(*source);
  put_in(overrides.set, *source, mistakes);
  Suite suite = read_fields(*source, mistakes, overrides.frameworks);
  apply(overrides, suite, mistakes);
  suite.path = file_name;
  keep_folders(*source, suite);
  const Status checked = check ? check(suite, mistakes) : Status{};
  if (!mistakes.empty()) return failure(mistakes.error());
  if (!checked) return failure(checked.error());
  suite.digest_sha256 = digest(text, bases.texts(), overrides, suite);
  suite.resolved = resolved_form(suite);
  return suite;
}

Result<Suite> read_suite(const std::string& path_or_name, const SuiteOverrides& overrides,
                         const CheckSuite& check) {
  const auto path = find_suite(path_or_name);
  if (!path) return failure(path.error());
  const auto text = read_file(*path, kLargestJson);
  if (!text) return failure(text.error());
  return parse_suite(*text, *path, overrides, [&](Suite& suite, Mistakes& mistakes) -> Status {
    suite.path = path_or_name;
    std::error_code error;
    suite.folder = std::filesystem::absolute(*path, error).parent_path().string();
    for (ScenarioSpec& scenario : suite.scenarios) {
      if (scenario.folder.empty()) scenario.folder = suite.folder;
    }
    return check ? check(suite, mistakes) : Status{};
  });
}

}  // namespace tracetax
