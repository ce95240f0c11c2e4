// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/service_suite.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "harness/core/warm.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

constexpr std::string_view kPort = "{port}";
// In a batch's 5 s by default a segment would wait twice; a batch that is full goes at once anyway.
constexpr const char* kBatchDelay = "1000";
// So many requests give a p99, a tenth more because arrivals scatter.
constexpr double kRequestsForP99 = 1100;
constexpr double kShortestMeasure_s = 1, kLongestMeasure_s = 10;
// The rate of a look at what compiles is that of cold code: the run will offer more.
constexpr double kLongestMeasureOfColdCode_s = 3;
// A warm-up until steady takes ten seconds and more in each arm, so two blocks share it. An
// interval takes six launches, and one of them may be void.
constexpr int kBlocksOfALaunch = 2, kLaunches = 7;
// Of what `off` can do, and of what the dearest arm can: then its queues stay short, and no span is
// lost.
constexpr double kShareOfOff = 0.3, kShareOfDearest = 0.5;

bool holds_port(const std::vector<std::string>& command) {
  return std::ranges::any_of(
      command, [](const std::string& word) { return word.find(kPort) != std::string::npos; });
}

std::string base_name(std::string_view path) {
  std::string name{path.substr(path.find_last_of('/') + 1)};
  if (const auto dot = name.find_last_of('.'); dot != std::string::npos && dot > 0)
    name.resize(dot);
  return name;
}

/// Programs that run another one, which the service is named after.
bool runs_another(const std::string& name) {
  static constexpr std::array<std::string_view, 14> kNames{"opentelemetry-instrument",
                                                           "env",
                                                           "sh",
                                                           "bash",
                                                           "java",
                                                           "node",
                                                           "nice",
                                                           "taskset",
                                                           "deno",
                                                           "bun",
                                                           "dotnet",
                                                           "ruby",
                                                           "php",
                                                           "exec"};
  return std::ranges::find(kNames, name) != kNames.end() || name.starts_with("python");
}

bool is_script(const std::string& word) {
  static constexpr std::array<std::string_view, 9> kEndings{".py",  ".js",  ".mjs", ".cjs", ".ts",
                                                            ".jar", ".dll", ".rb",  ".php"};
  return !word.starts_with('-') && std::ranges::any_of(kEndings, [&](std::string_view ending) {
    return word.size() > ending.size() && word.ends_with(ending);
  });
}

std::string safe_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool right =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    name += right ? c : '-';
  }
  name.erase(0, std::min(name.find_first_not_of("-."), name.size()));
  name.resize(std::min<std::size_t>(name.size(), 40));
  return name;
}

Json target_of(const ServiceOptions& options, const std::string& working_dir) {
  Json target;
  const std::vector<std::string>& command =
      options.before.empty() ? options.command : options.before;
  target["command"] = command;
  if (!working_dir.empty()) target["working_dir"] = working_dir;
  Json env = Json::object();
  // What most programs look at that are not told their port.
  if (!holds_port(command)) env["PORT"] = kPort;
  for (const auto& [name, value] : options.env) env[name] = value;
  if (!env.empty()) target["env"] = std::move(env);
  target["ready"] =
      options.ready.empty() ? "tcp://127.0.0.1:{port}" : "http://127.0.0.1:{port}" + options.ready;
  target["ready_within"] = "60s";  // a JVM with an agent on a busy machine
  if (!options.otlp.empty()) target["otlp"] = options.otlp;
  if (options.spans) target["spans_per_request"] = *options.spans;
  return target;
}

Json scenario_of(const ServiceOptions& options) {
  Json scenario;
  if (options.context != ScenarioSpec{}.context) scenario["context"] = names_of(options.context);
  if (!options.grpc.empty()) {
    scenario["kind"] = "grpc";
    scenario["method"] = options.grpc;
    if (!options.data.empty()) {
      Json message = Json::parse(options.data, nullptr, false);
      scenario["data"] = message.is_discarded() ? Json(options.data) : std::move(message);
    }
    if (options.proto.empty()) {
      scenario["reflection"] = true;
    } else {
      scenario["proto"] = options.proto;
    }
    return scenario;
  }
  scenario["kind"] = "http";
  if (options.method != "GET") scenario["method"] = options.method;
  scenario["path"] = options.path;
  if (!options.headers.empty()) {
    Json& headers = scenario["headers"] = Json::object();
    for (const auto& [name, value] : options.headers) headers[name] = value;
  }
  if (!options.data.empty()) scenario["body"] = options.data;
  return scenario;
}

Json run_as(const std::string& target, const std::vector<std::string>& command) {
  Json changed;
  changed[target]["command"] = command;
  return changed;
}

Json arms_of(const ServiceOptions& options, const std::string& target) {
  Json arms = Json::array();
  if (!options.before.empty()) {
    arms.push_back({{"name", "before"}, {"role", "off"}});
    arms.push_back({{"name", "before2"}, {"role", "sham"}});
    arms.push_back(
        {{"name", "after"}, {"state", "noop"}, {"per_target", run_as(target, options.after)}});
    return arms;
  }
  for (const std::string& name : options.arms) {
    if (name == "off" && !options.off.empty()) {
      arms.push_back(
          {{"name", name}, {"state", "absent"}, {"per_target", run_as(target, options.off)}});
    } else if (name == "drop" || name == "noop" || name == "absent") {
      arms.push_back({{"name", name}, {"state", name}});
    } else {
      arms.push_back(name);
    }
  }
  return arms;
}

/// Words of a path that can name a scenario: "hello-ada" of "/hello/ada?x=1".
std::string scenario_name(const ServiceOptions& options) {
  const std::string& what = options.grpc.empty() ? options.path : options.grpc;
  const std::string name = safe_name(what.substr(0, what.find('?')));
  return name.empty() ? "root" : name;
}

/// CPU per request at the end of a look; 0: not metered.
double cost_at_end(const ArmLook& look) {
  if (!look.load || look.load->window_costs_us.empty()) return 0;
  return look.load->window_costs_us.back();
}

/// The share of what `off` can do that every arm can bear.
double share_for_all(std::span<const ArmLook> looks) {
  const double off = cost_at_end(looks.front());
  double share = kShareOfOff;
  for (const ArmLook& look : looks) {
    if (off > 0 && cost_at_end(look) > off)
      share = std::min(share, kShareOfDearest * off / cost_at_end(look));
  }
  return share;
}

}  // namespace

std::string service_name(const ServiceOptions& options) {
  if (!options.name.empty()) return options.name;
  const std::vector<std::string>& command =
      options.before.empty() ? options.command : options.before;
  const auto script = std::ranges::find_if(command, is_script);
  if (script != command.end()) return safe_name(base_name(*script));
  std::string name;
  for (const std::string& word : command) {
    const bool option = word.starts_with('-') || word.find('=') != std::string::npos;
    if (!name.empty() && option) continue;
    const std::string candidate = safe_name(base_name(word));
    if (candidate.empty() || option) continue;
    name = candidate;
    if (!runs_another(name)) break;
  }
  return name.empty() ? "service" : name;
}

Json service_suite(const ServiceOptions& options, const std::string& working_dir) {
  const std::string name = service_name(options);
  Json suite;
  suite["name"] = name;
  suite["targets"][name] = target_of(options, working_dir);
  suite["scenarios"][scenario_name(options)] = scenario_of(options);
  suite["arms"] = arms_of(options, name);
  suite["load"]["rate"] =
      options.rate.empty() ? fmt::format("{:.0f}%", 100 * kShareOfOff) : options.rate;
  suite["design"] = {
      {"blocks", 10}, {"warmup", "until steady"}, {"measure", "2s"}, {"slice", "auto"}};
  const bool says_delay = std::ranges::any_of(options.env, [](const auto& variable) {
    return variable.first == "OTEL_BSP_SCHEDULE_DELAY";
  });
  if (!says_delay && options.before.empty()) suite["env"]["OTEL_BSP_SCHEDULE_DELAY"] = kBatchDelay;
  return suite;
}

void adopt(Json& suite, const ServiceOptions& options, std::span<const ArmLook> looks) {
  if (looks.empty()) return;
  Json& target = suite["targets"].front();
  Json& design = suite["design"];
  const auto alike = std::ranges::find_if(
      looks, [](const ArmLook& look) { return look.spans && look.spans->all_alike; });
  if (!options.spans && alike != looks.end())
    target["spans_per_request"] = static_cast<int>(std::lround(alike->spans->spans_each));
  const ArmLook& first = looks.front();
  const bool compiles = std::ranges::any_of(
      looks, [](const ArmLook& look) { return compiles_while_it_runs(look.runtime); });
  if (!first.load) return;
  const std::vector<double>& costs = first.load->window_costs_us;
  const bool steady = !costs.empty() && is_steady({costs.begin() + 1, costs.end()});
  if (!compiles && steady) {
    design["warmup"] = "1s";
  } else {
    design["processes"] = "kept";
    design["fresh_every"] = kBlocksOfALaunch;
    design["blocks"] = kBlocksOfALaunch * kLaunches;
  }
  double rate = first.load->planned_rate;
  if (options.rate.empty()) {
    const double share = share_for_all(looks);
    rate *= share / kShareOfOff;
    suite["load"]["rate"] = fmt::format("{:.0f}%", std::max(1.0, std::floor(100 * share)));
  }
  if (rate > 0) {
    const double wanted_s = std::clamp(kRequestsForP99 / rate, kShortestMeasure_s,
                                       compiles ? kLongestMeasureOfColdCode_s : kLongestMeasure_s);
    design["measure"] = fmt::format("{:.1f}s", std::ceil(10 * wanted_s) / 10);
  }
}

}  // namespace tracetax
