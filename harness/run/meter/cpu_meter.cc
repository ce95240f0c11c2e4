// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/cpu_meter.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/run/process/proc_files.h"

namespace tracetax {
namespace {

std::uint64_t ns_per_tick() {
  static const auto ticks = static_cast<std::uint64_t>(std::max(1L, sysconf(_SC_CLK_TCK)));
  return 1'000'000'000 / ticks;
}

std::optional<std::uint64_t> process_cpu_ns(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(used.tv_nsec);
}

std::uint64_t number_of(const std::string& text, std::string_view name) {
  const auto field = field_of(text, name);
  std::uint64_t value = 0;
  if (field) std::from_chars(field->data(), field->data() + field->size(), value);
  return value;
}

void read_memory_and_switches(ProcessSample& sample) {
  if (const auto status = read_small_file(fmt::format("/proc/{}/status", sample.pid))) {
    sample.rss_bytes = number_of(*status, "VmRSS") * 1024;
    sample.rss_peak_bytes = number_of(*status, "VmHWM") * 1024;
  }
  // The process's own status file counts its first thread only.
  for (const pid_t thread : threads_of(sample.pid)) {
    const auto status = read_small_file(fmt::format("/proc/{}/task/{}/status", sample.pid, thread));
    if (!status) continue;
    sample.voluntary_switches += number_of(*status, "voluntary_ctxt_switches");
    sample.involuntary_switches += number_of(*status, "nonvoluntary_ctxt_switches");
  }
}

std::vector<pid_t> roots_of(const MeteredTree& tree) {
  std::vector<pid_t> roots = tree.more;
  roots.push_back(tree.root);
  return roots;
}

const ProcessSample* find(const TreeSample& in, const ProcessSample& process) {
  const auto same = [&](const ProcessSample& other) {
    return other.pid == process.pid && other.start_ticks == process.start_ticks;
  };
  const auto found = std::find_if(in.processes.begin(), in.processes.end(), same);
  return found == in.processes.end() ? nullptr : &*found;
}

std::uint64_t since(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

}  // namespace

std::vector<pid_t> members_of(const MeteredTree& tree) {
  std::vector<pid_t> members;
  for (const pid_t root : roots_of(tree)) {
    const std::vector<pid_t> below = descendants_of(root);
    members.insert(members.end(), below.begin(), below.end());
    if (tree.root_included) members.push_back(root);
  }
  return members;
}

std::uint64_t TreeSample::cpu_ns() const {
  std::uint64_t sum = ended_cpu_ns;
  for (const ProcessSample& process : processes) sum += process.cpu_ns;
  return sum;
}

void reset_peak_memory(const MeteredTree& tree) {
  for (const pid_t pid : members_of(tree)) {
    const int fd = open(fmt::format("/proc/{}/clear_refs", pid).c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) continue;
    [[maybe_unused]] const ssize_t written = write(fd, "5", 1);
    close(fd);
  }
}

Result<TreeSample> sample_tree(const MeteredTree& tree) {
  TreeSample sample;
  const std::vector<pid_t> members = members_of(tree);
  for (const pid_t pid : members) {
    const auto cpu = process_cpu_ns(pid);
    if (cpu) sample.processes.push_back({.pid = pid, .cpu_ns = *cpu});
  }
  std::uint64_t ended_ticks = 0;
  std::erase_if(sample.processes, [&](ProcessSample& process) {
    const auto stat = process_stat(process.pid);
    if (!stat || stat->state == 'Z' || stat->state == 'X') return true;
    process.start_ticks = stat->start_ticks;
    process.user_ticks = stat->user_ticks;
    process.system_ticks = stat->system_ticks;
    ended_ticks += stat->child_ticks;
    return false;
  });
  if (!tree.root_included) {
    // The keeper's own time is none of the program's, but orphans that it waited for are.
    for (const pid_t root : roots_of(tree)) {
      if (const auto stat = process_stat(root)) ended_ticks += stat->child_ticks;
    }
  }
  sample.ended_cpu_ns = ended_ticks * ns_per_tick();
  if (sample.processes.empty()) {
    return failure(ExitCode::invalid, "the target's processes are gone");
  }
  for (ProcessSample& process : sample.processes) read_memory_and_switches(process);
  return sample;
}

std::uint64_t cpu_ns_now(const TreeSample& like) {
  std::uint64_t sum = like.ended_cpu_ns;
  for (const ProcessSample& process : like.processes) {
    sum += process_cpu_ns(process.pid).value_or(process.cpu_ns);
  }
  return sum;
}

std::uint64_t rss_bytes_now(const TreeSample& like) {
  static const auto kPage = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::uint64_t pages = 0;
  for (const ProcessSample& process : like.processes) {
    // "size resident shared ...", in pages.
    const auto statm = read_small_file(fmt::format("/proc/{}/statm", process.pid));
    if (!statm) continue;
    const std::size_t space = std::min(statm->find(' '), statm->size() - 1);
    std::uint64_t resident = 0;
    std::from_chars(statm->data() + space + 1, statm->data() + statm->size(), resident);
    pages += resident;
  }
  return pages * kPage;
}

std::optional<double> busy_share(const TreeSample& before, std::uint64_t after_ns, Nanos elapsed,
                                 const CpuList& cpus) {
  constexpr double kMostBelievable = 1.05;  // above 1 for the ticks of ended processes
  const std::size_t count = cpus.empty() ? allowed_cpus().size() : cpus.size();
  if (elapsed <= Nanos{0} || count == 0) return std::nullopt;
  const auto used_ns = static_cast<double>(after_ns - std::min(after_ns, before.cpu_ns()));
  const double share =
      used_ns / (static_cast<double>(elapsed.count()) * static_cast<double>(count));
  return share <= kMostBelievable ? std::optional(share) : std::nullopt;
}

Result<TargetUsage> usage_between(const TreeSample& before, const TreeSample& after) {
  for (const ProcessSample& process : before.processes) {
    if (find(after, process) != nullptr) continue;
    return failure(
        ExitCode::invalid,
        fmt::format("process {} of the target ended while it was measured", process.pid));
  }
  TargetUsage usage;
  usage.cpu_ns = since(before.ended_cpu_ns, after.ended_cpu_ns);
  std::uint64_t user = 0, system = 0;
  for (const ProcessSample& process : after.processes) {
    const ProcessSample* earlier = find(before, process);
    const ProcessSample base = earlier != nullptr ? *earlier : ProcessSample{};
    usage.cpu_ns += since(base.cpu_ns, process.cpu_ns);
    user += since(base.user_ticks, process.user_ticks);
    system += since(base.system_ticks, process.system_ticks);
    usage.rss_peak_bytes += process.rss_peak_bytes;
    usage.rss_steady_bytes += process.rss_bytes;
    usage.voluntary_switches += since(base.voluntary_switches, process.voluntary_switches);
    usage.involuntary_switches += since(base.involuntary_switches, process.involuntary_switches);
  }
  if (user + system > 0) {
    usage.cpu_user_share = static_cast<double>(user) / static_cast<double>(user + system);
  }
  return usage;
}

}  // namespace tracetax
