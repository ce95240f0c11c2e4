// Runs for the reports' tests: as harness/core/testing.h makes them, with everything filled in that
// a report shows, and with the suite's resolved form, from which result.json restores it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>

#include "harness/core/suite/suite_writer.h"
#include "harness/core/testing.h"

namespace tracetax::testing {

/// No framework of a made-up run is one that fidelity.json knows, so that no expectation depends on
/// what was measured last.
inline std::string made_up(const std::string& framework) { return "made-up " + framework; }

inline Suite made_up_suite(int blocks) {
  Suite suite = test_suite(blocks);
  suite.targets[0].framework = made_up(suite.targets[0].framework);
  return suite;
}

/// As the kinds of the made-up runs say.
inline ScenarioFacts describe_made_up(const ScenarioSpec& spec) {
  if (spec.kind == "http") return {.is_http = true, .context_bytes = 70};
  if (spec.kind == "grpc") return {.context_bytes = 66};
  return {};
}

inline void fill_facts(RunResult& result) {
  MachineFacts& machine = result.machine;
  machine.cpu_model = "AMD EPYC 7763 64-Core Processor";
  machine.governor = "unknown";
  machine.kernel = "Linux 6.1.0-18-amd64 x86_64";
  machine.os = "Debian GNU/Linux 12 (bookworm)";
  machine.libc = "glibc 2.36";
  machine.virtualization = "kvm";
  machine.clocksource = "kvm-clock";
  machine.aslr = "2";
  machine.thp = "madvise";
  machine.cpus = machine.cpus_allowed = 2;
  machine.memory_bytes = 8'323'403'776;
  machine.cgroup_cpu_max = "max 100000";
  machine.cgroup_memory_max = "max";
  machine.cpuset = "0-1";
  machine.load_before = 0.21;
  machine.steal_pct_before = 0.1;
  machine.otel_variables = {{"OTEL_RESOURCE_ATTRIBUTES", "team=a|b"}};
  machine.fingerprint_sha256 = std::string(64, 'a');
  result.pinned_driver = "0";
  result.pinned_target = "1";
  result.release_mode = "hybrid";
  result.subjects.clear();
  for (const TargetSpec& target : result.suite.targets) {
    SubjectFacts subject;
    subject.name = target.name;
    subject.kind = "emulated";
    subject.command = "tracetax-target " + target.name + " --port 40001";
    subject.binary_sha256 = std::string(64, 'b');
    subject.off_state = "absent";
    subject.arm_env = {{"off", {{"OTEL_SDK_DISABLED", "true"}}},
                       {"on@100%", {{"OTEL_TRACES_SAMPLER", "parentbased_always_on"}}}};
    result.subjects.push_back(subject);
  }
  result.suite.path = "quick";
  result.suite.digest_sha256 = std::string(64, 'c');
  result.suite.resolved = resolved_form(result.suite);
}

/// A run that looks real: noise of half a percent and a drift that hits every arm of a block alike.
inline RunResult sample_run(Suite suite, const Shape& shape = {}) {
  suite.name = "quick";
  for (TargetSpec& target : suite.targets) {
    if (!target.framework.starts_with(made_up(""))) target.framework = made_up(target.framework);
  }
  suite.scenarios[0].options = Json{{"path", "/users/42"}};
  std::mt19937_64 random(3);  // the engine's output is fixed by the standard; distributions are not
  const auto noise = [&random] { return static_cast<double>(random() % 2001) / 1000 - 1; };
  RunResult result = test_run(suite, [&](SegmentRecord& segment) {
    const double block = 1 + 0.01 * ((segment.spec.block * 7) % 5);
    const double cpu_us = static_cast<double>(segment.usage->cpu_ns) / 1e7;
    set_cpu_us(segment, cpu_us * block * (1 + 0.005 * noise()));
    segment.usage->cpu_drain_ns = 40'000'123;
    segment.usage->rss_peak_bytes += static_cast<std::uint64_t>(random() % 200'000);
    if (segment.spec.kind == SegmentKind::capacity) {
      segment.achieved_rate = 600'000 / cpu_us / block * (1 + 0.01 * noise());
    }
    segment.times.response_unsampled.record(900'000 + 10'000 * segment.spec.block, 120);
    if (shape) shape(segment);
  });
  fill_facts(result);
  return result;
}

}  // namespace tracetax::testing
