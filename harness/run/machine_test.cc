// SPDX-License-Identifier: Apache-2.0
#include "harness/run/machine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "harness/run/meter/cgroup.h"
#include "harness/run/meter/host_noise.h"
#include "harness/run/stamp.h"
#include "harness/run/tool_facts.h"

namespace tracetax {
namespace {

/// A folder that stands for "/" with the files that a test puts in.
class FakeRoot {
 public:
  FakeRoot() {
    std::string pattern = testing::TempDir() + "/root.XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~FakeRoot() { std::filesystem::remove_all(path_); }
  void put(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path_ + file).parent_path());
    std::ofstream{path_ + file} << text;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Machine, FactsAreThere) {
  const MachineFacts facts = probe_machine();
  EXPECT_GE(facts.cpus, 1);
  EXPECT_GE(facts.cpus_allowed, 1);
  EXPECT_GT(facts.memory_bytes, 0U);
  for (const std::string& text :
       {facts.cpu_model, facts.governor, facts.kernel, facts.os, facts.libc, facts.virtualization,
        facts.clocksource, facts.aslr, facts.thp, facts.cgroup_cpu_max, facts.cpuset}) {
    EXPECT_FALSE(text.empty());
  }
  EXPECT_EQ(facts.fingerprint_sha256.size(), 64U);
}

TEST(Machine, TheCommitIsTheOneThatCiNames) {
  for (const char* variable :
       {"GITHUB_SHA", "CI_COMMIT_SHA", "CIRCLE_SHA1", "BUILDKITE_COMMIT", "GIT_COMMIT",
        "BUILD_SOURCEVERSION", "TRAVIS_COMMIT", "BUILD_VCS_NUMBER", "DRONE_COMMIT_SHA"})
    unsetenv(variable);
  EXPECT_EQ(ci_commit(), "");
  setenv("CI_COMMIT_SHA", "abc123", 1);
  EXPECT_EQ(ci_commit(), "abc123");
  unsetenv("CI_COMMIT_SHA");
}

TEST(Machine, FingerprintStaysUnderLoadAndChangesWithTheKernel) {
  MachineFacts facts;
  facts.kernel = "Linux 6.1";
  const std::string before = machine_fingerprint(facts);
  facts.load_before = 12;
  facts.otel_variables["OTEL_X"] = "y";
  EXPECT_EQ(machine_fingerprint(facts), before);
  facts.kernel = "Linux 6.2";
  EXPECT_NE(machine_fingerprint(facts), before);
}

TEST(Machine, CallersTracingIsRecordedWithoutItsSecrets) {
  setenv("OTEL_SERVICE_NAME", "shop", 1);
  setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hidden", 1);
  const auto found = otel_variables();
  EXPECT_EQ(found.at("OTEL_SERVICE_NAME"), "shop");
  EXPECT_EQ(found.at("OTEL_EXPORTER_OTLP_HEADERS"), "(set)");
}

TEST(Cgroup, VersionTwoTakesTheNearestLimit) {
  const FakeRoot root;
  root.put("/proc/self/cgroup", "0::/a/b\n");
  root.put("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
  root.put("/sys/fs/cgroup/a/cpu.max", "50000 100000\n");
  root.put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  root.put("/sys/fs/cgroup/a/b/memory.max", "1073741824\n");
  root.put("/sys/fs/cgroup/a/b/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 4\n");
  EXPECT_EQ(cgroup_limits(root.path()).cpu_max, "50000 100000");
  EXPECT_EQ(cgroup_limits(root.path()).memory_max, "1073741824");
  EXPECT_EQ(cgroup_throttled(root.path()), 4U);
}

TEST(Cgroup, VersionOneKnowsItsWordsForNoLimit) {
  const FakeRoot root;
  root.put("/proc/self/cgroup", "5:memory:/m\n3:cpu,cpuacct:/c\n");
  root.put("/sys/fs/cgroup/cpu,cpuacct/tasks", "1\n");
  root.put("/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "-1\n");
  root.put("/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n");
  root.put("/sys/fs/cgroup/cpu,cpuacct/c/cpu.stat", "nr_throttled 7\n");
  root.put("/sys/fs/cgroup/memory/tasks", "1\n");
  root.put("/sys/fs/cgroup/memory/m/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(cgroup_limits(root.path()).cpu_max, "max");
  EXPECT_EQ(cgroup_limits(root.path()).memory_max, "max");
  EXPECT_EQ(cgroup_throttled(root.path()), 7U);
  root.put("/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "20000\n");
  EXPECT_EQ(cgroup_limits(root.path()).cpu_max, "20000 100000");
}

TEST(Cgroup, NoneIsUnknown) {
  const FakeRoot root;
  EXPECT_EQ(cgroup_limits(root.path()).cpu_max, "unknown");
  EXPECT_FALSE(cgroup_throttled(root.path()));
}

TEST(HostNoise, StretchesOfTimeAddUp) {
  HostNoise sum;
  sum.add({10, 100, 1}, {15, 150, 2});
  sum.add({40, 400, 2}, {40, 450, 4});
  EXPECT_EQ(sum.steal_ticks, 5U);
  EXPECT_EQ(sum.throttled, 3U);
  EXPECT_DOUBLE_EQ(steal_pct({}, sum), 5.0);
  sum.add({50, 500, 5}, {40, 400, 4});  // counters that went back count nothing
  EXPECT_DOUBLE_EQ(steal_pct({}, sum), 5.0);
}

TEST(HostNoise, StealIsAShareOfAllTicks) {
  const HostNoise before = parse_cpu_ticks("cpu  100 0 50 800 10 0 5 20 9 9\ncpu0 1 1 1");
  EXPECT_EQ(before.steal_ticks, 20U);
  EXPECT_EQ(before.all_ticks, 985U);
  const HostNoise after = parse_cpu_ticks("cpu  150 0 50 840 10 0 5 30 9 9\n");
  EXPECT_DOUBLE_EQ(steal_pct(before, after), 10.0);
  EXPECT_EQ(steal_pct(after, before), 0);
  EXPECT_EQ(parse_cpu_ticks("nonsense").all_ticks, 0U);
}

TEST(Stamp, UuidIsVersionFourAndFresh) {
  const std::regex form{"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"};
  const std::string uuid = make_uuid();
  EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
  EXPECT_NE(uuid, make_uuid());
}

TEST(Stamp, TimesAreUtcToTheMillisecond) {
  const std::chrono::system_clock::time_point leap_day{std::chrono::milliseconds{1709251199123}};
  EXPECT_EQ(utc_stamp(leap_day), "2024-02-29T23:59:59.123Z");
}

TEST(ToolFacts, EveryFactIsThere) {
  const ToolFacts facts = tool_facts();
  EXPECT_FALSE(facts.version.empty());
  EXPECT_FALSE(facts.git_revision.empty());
  EXPECT_FALSE(facts.compiler.empty());
  EXPECT_FALSE(facts.build_type.empty());
}

}  // namespace
}  // namespace tracetax
