// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/run_differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

constexpr double kSameRate = 0.02;  // a rate found by a ramp is never the same twice

class Differences {
 public:
  void compare(std::string what, std::string before, std::string after, bool forbids = false) {
    if (before == after && !(forbids && before.empty())) return;
    const auto shown = [](std::string text) { return text.empty() ? std::string("-") : text; };
    all_.push_back({std::move(what), shown(std::move(before)), shown(std::move(after)), forbids});
  }
  [[nodiscard]] std::vector<RunDifference> take() { return std::move(all_); }

 private:
  std::vector<RunDifference> all_;
};

/// Enough of a checksum to tell it from another.
std::string brief(const std::string& sha256) { return sha256.substr(0, 12); }

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void compare_machines(const MachineFacts& before, const MachineFacts& after, Differences& out) {
  out.compare("machine fingerprint", brief(before.fingerprint_sha256),
              brief(after.fingerprint_sha256), true);
  out.compare("CPU", before.cpu_model, after.cpu_model);
  out.compare("CPUs", fmt::format("{} of {}", before.cpus_allowed, before.cpus),
              fmt::format("{} of {}", after.cpus_allowed, after.cpus));
  out.compare("memory", format_bytes(static_cast<double>(before.memory_bytes)),
              format_bytes(static_cast<double>(after.memory_bytes)));
  out.compare("governor", before.governor, after.governor);
  out.compare("kernel", before.kernel, after.kernel);
  out.compare("system", before.os, after.os);
  out.compare("libc", before.libc, after.libc);
  out.compare("virtualization", before.virtualization, after.virtualization);
  out.compare("clock source", before.clocksource, after.clocksource);
  out.compare("ASLR", before.aslr, after.aslr);
  out.compare("huge pages", before.thp, after.thp);
  out.compare("cgroup cpu.max", before.cgroup_cpu_max, after.cgroup_cpu_max);
  out.compare("cgroup memory.max", before.cgroup_memory_max, after.cgroup_memory_max);
  out.compare("cpuset", before.cpuset, after.cpuset);
}

/// The members of one part of the resolved suites.
void compare_section(const char* section, const Json& before, const Json& after, Differences& out) {
  const auto part = [&](const Json& suite) {
    return suite.is_object() && suite.contains(section) && suite[section].is_object()
               ? suite[section]
               : Json::object();
  };
  const Json left = part(before), right = part(after);
  const auto member = [](const Json& object, const std::string& key) {
    return object.contains(key) ? text_of(object[key]) : std::string();
  };
  std::vector<std::string> keys;
  for (const Json* object : {&left, &right}) {
    for (const auto& [key, value] : object->items()) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  for (const std::string& key : keys) {
    out.compare(fmt::format("{}.{}", section, key), member(left, key), member(right, key));
  }
}

/// Offered rates of the cells that both have, by name.
void compare_rates(const RunResult& before, const RunResult& after, Differences& out) {
  for (std::size_t i = 0; i < before.plan.cells.size(); ++i) {
    for (std::size_t j = 0; j < after.plan.cells.size(); ++j) {
      const std::string name = cell_name(before, static_cast<int>(i));
      if (cell_name(after, static_cast<int>(j)) != name) continue;
      const double left = before.cell_rates[i], right = after.cell_rates[j];
      if (std::abs(left - right) <= kSameRate * std::max(left, right)) continue;
      out.compare("rate of " + name, format_rate(left), format_rate(right));
    }
  }
}

std::string environment_text(const SubjectFacts& subject, const std::string& arm) {
  const auto found = subject.arm_env.find(arm);
  if (found == subject.arm_env.end()) return "";
  std::string text;
  for (const auto& [name, value] : found->second) {
    if (name.find("ENDPOINT") != std::string::npos) continue;  // the sink's port: new in each run
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  }
  return text;
}

void compare_subjects(const RunResult& before, const RunResult& after, Differences& out) {
  for (const SubjectFacts& left : before.subjects) {
    const auto right = std::ranges::find(after.subjects, left.name, &SubjectFacts::name);
    if (right == after.subjects.end()) continue;
    out.compare("program of " + left.name, brief(left.binary_sha256), brief(right->binary_sha256));
    out.compare("command of " + left.name, left.command, right->command);
    out.compare("off state of " + left.name, left.off_state, right->off_state);
    for (const auto& [module, version] : left.versions) {
      const auto there = right->versions.find(module);
      if (there != right->versions.end())
        out.compare(fmt::format("{} of {}", module, left.name), version, there->second);
    }
    for (const auto& [arm, environment] : left.arm_env) {
      if (!right->arm_env.contains(arm)) continue;
      out.compare(fmt::format("environment of {}, {}", left.name, arm), environment_text(left, arm),
                  environment_text(*right, arm));
    }
  }
}

}  // namespace

std::vector<RunDifference> find_differences(const RunResult& before, const RunResult& after) {
  Differences out;
  out.compare("suite digest", brief(before.suite.digest_sha256), brief(after.suite.digest_sha256),
              true);
  out.compare("suite", before.suite.name, after.suite.name);
  compare_section("load", before.suite.resolved, after.suite.resolved, out);
  compare_section("design", before.suite.resolved, after.suite.resolved, out);
  compare_rates(before, after, out);
  compare_machines(before.machine, after.machine, out);
  out.compare("driver's CPUs", before.pinned_driver, after.pinned_driver);
  out.compare("target's CPUs", before.pinned_target, after.pinned_target);
  compare_subjects(before, after, out);
  out.compare("tracetax", before.tool.version + " " + before.tool.git_revision,
              after.tool.version + " " + after.tool.git_revision);
  out.compare("build of tracetax", before.tool.build_type, after.tool.build_type);
  return out.take();
}

}  // namespace tracetax
