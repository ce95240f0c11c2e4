// SPDX-License-Identifier: Apache-2.0
#include "harness/run/machine.h"

#include <gnu/libc-version.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <set>
#include <thread>
#include <utility>

#include "harness/core/text/sha256.h"
#include "harness/run/meter/cgroup.h"
#include "harness/run/meter/host_noise.h"
#include "harness/run/process/proc_files.h"

extern char** environ;

namespace tracetax {
namespace {

constexpr std::string_view kUnknown = "unknown";
constexpr std::chrono::milliseconds kStealWindow{200};

std::string or_unknown(std::optional<std::string> text) {
  return text && !text->empty() ? std::move(*text) : std::string{kUnknown};
}

std::string governor(int cpus) {
  std::set<std::string> found;
  for (int cpu = 0; cpu < cpus; ++cpu) {
    auto text =
        read_small_file(fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor", cpu));
    if (text) found.insert(std::move(*text));
  }
  if (found.empty()) return std::string{kUnknown};
  return fmt::format("{}", fmt::join(found, ","));
}

std::string kernel() {
  utsname name{};
  if (uname(&name) != 0) return std::string{kUnknown};
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string operating_system() {
  const auto text = read_small_file("/etc/os-release");
  if (!text) return std::string{kUnknown};
  // PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
  const std::size_t at = text->find("PRETTY_NAME=");
  if (at == std::string::npos) return std::string{kUnknown};
  std::string value = text->substr(at + 12, text->find('\n', at) - at - 12);
  std::erase(value, '"');
  return or_unknown(value);
}

std::string virtualization(const std::string& cpuinfo) {
  const auto flags = field_of(cpuinfo, "flags");
  if (!flags) return std::string{kUnknown};
  std::string kind = (" " + *flags + " ").find(" hypervisor ") == std::string::npos ? "none" : "vm";
  if (kind == "vm") {
    if (const auto vendor = read_small_file("/sys/class/dmi/id/sys_vendor")) kind += " " + *vendor;
  }
  const bool container =
      access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
  return container ? kind + ", container" : kind;
}

/// "always [madvise] never" -> "madvise"
std::string chosen(const std::optional<std::string>& options) {
  if (!options) return std::string{kUnknown};
  const std::size_t open = options->find('[');
  const std::size_t close = options->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return *options;
  return options->substr(open + 1, close - open - 1);
}

std::uint64_t memory_bytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page <= 0) return 0;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
}

int cpus_allowed() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
  return CPU_COUNT(&allowed);
}

double load_average() {
  std::array<double, 1> load{};
  return getloadavg(load.data(), 1) == 1 ? load[0] : 0;
}

}  // namespace

std::string ci_provider() {
  static constexpr std::pair<const char*, const char*> kProviders[] = {
      {"GITHUB_ACTIONS", "github"},   {"GITLAB_CI", "gitlab"},          {"CIRCLECI", "circleci"},
      {"BUILDKITE", "buildkite"},     {"JENKINS_URL", "jenkins"},       {"TF_BUILD", "azure"},
      {"TRAVIS", "travis"},           {"TEAMCITY_VERSION", "teamcity"}, {"DRONE", "drone"},
      {"FORGEJO_ACTIONS", "forgejo"}, {"GITEA_ACTIONS", "gitea"},       {"CI", "other"}};
  for (const auto& [variable, name] : kProviders) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0' && std::string_view{value} != "false") return name;
  }
  return {};
}

std::string ci_commit() {
  // In the order of ci_provider. Gitea and Forgejo set GitHub's; Woodpecker sets GitLab's.
  for (const char* variable :
       {"GITHUB_SHA", "CI_COMMIT_SHA", "CIRCLE_SHA1", "BUILDKITE_COMMIT", "GIT_COMMIT",
        "BUILD_SOURCEVERSION", "TRAVIS_COMMIT", "BUILD_VCS_NUMBER", "DRONE_COMMIT_SHA"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

std::map<std::string, std::string> otel_variables() {
  std::map<std::string, std::string> found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with("OTEL_")) continue;
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string name{text.substr(0, equals)};
    const bool secret = name.find("HEADERS") != std::string::npos ||
                        name.find("KEY") != std::string::npos ||
                        name.find("TOKEN") != std::string::npos;
    found[name] = secret ? "(set)" : std::string{text.substr(std::min(equals + 1, text.size()))};
  }
  return found;
}

MachineFacts probe_machine() {
  const HostNoise before = host_noise_now();
  std::this_thread::sleep_for(kStealWindow);
  const HostNoise after = host_noise_now();

  const std::string cpuinfo = read_small_file("/proc/cpuinfo").value_or("");
  MachineFacts facts;
  facts.cpu_model = or_unknown(field_of(cpuinfo, "model name"));
  facts.cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  facts.cpus_allowed = cpus_allowed();
  facts.governor = governor(facts.cpus);
  facts.kernel = kernel();
  facts.os = operating_system();
  facts.libc = fmt::format("glibc {}", gnu_get_libc_version());
  facts.virtualization = virtualization(cpuinfo);
  facts.clocksource = or_unknown(
      read_small_file("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  facts.aslr = or_unknown(read_small_file("/proc/sys/kernel/randomize_va_space"));
  facts.thp = chosen(read_small_file("/sys/kernel/mm/transparent_hugepage/enabled"));
  facts.memory_bytes = memory_bytes();
  const CgroupLimits limits = cgroup_limits();
  facts.cgroup_cpu_max = limits.cpu_max;
  facts.cgroup_memory_max = limits.memory_max;
  const std::string status = read_small_file("/proc/self/status").value_or("");
  facts.cpuset = or_unknown(field_of(status, "Cpus_allowed_list"));
  facts.load_before = load_average();
  facts.steal_pct_before = steal_pct(before, after);
  facts.ci_provider = ci_provider();
  facts.otel_variables = otel_variables();
  facts.fingerprint_sha256 = machine_fingerprint(facts);
  return facts;
}

std::string machine_fingerprint(const MachineFacts& facts) {
  return sha256_hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
                                facts.cpu_model, facts.governor, facts.kernel, facts.os, facts.libc,
                                facts.virtualization, facts.clocksource, facts.aslr, facts.thp,
                                facts.cpus, facts.cpus_allowed, facts.memory_bytes,
                                facts.cgroup_cpu_max, facts.cgroup_memory_max, facts.cpuset));
}

}  // namespace tracetax
