// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/cpu_usage.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace tracetax {
namespace {

constexpr Nanos kTick = std::chrono::milliseconds(10);
constexpr double kSmoothing = 0.95;

// The files of the kernel that are read here fit well into this.
constexpr std::size_t kMostRead = 64 * 1024;

std::optional<std::string> read_file(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text(kMostRead, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(fd, text.data() + size, text.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  close(fd);
  text.resize(size);
  return text;
}

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\n"), text.size());
  const std::size_t end = std::min(text.find_first_of(" \t\n", begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

std::optional<std::int64_t> number(std::string_view word) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> first_number(const char* path) {
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  return number(next_word(rest));
}

std::optional<Nanos> read_group_time() {
  if (const auto text = read_file("/sys/fs/cgroup/cpu.stat")) return parse_cpu_stat(*text);
  if (const auto used = first_number("/sys/fs/cgroup/cpuacct/cpuacct.usage")) return Nanos(*used);
  return std::nullopt;
}

// CPUs by quota, of either version of control groups; nothing where there is no quota.
std::optional<double> read_quota() {
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> period;
  if (const auto text = read_file("/sys/fs/cgroup/cpu.max")) {
    std::string_view rest = *text;
    quota = number(next_word(rest));
    period = number(next_word(rest));
  } else {
    quota = first_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    period = first_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  }
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

}  // namespace

std::int64_t cpu_milli(const CpuReading& before, const CpuReading& after, const CpuLimit& limit) {
  const auto used = static_cast<double>((after.used - before.used).count());
  const auto system = static_cast<double>((after.system - before.system).count());
  if (used <= 0 || system <= 0 || limit.usable <= 0) return 0;
  return static_cast<std::int64_t>(
      std::min(used * limit.cores * 1000 / (system * limit.usable), 1000.0));
}

std::optional<Nanos> parse_proc_stat(std::string_view text) {
  if (next_word(text) != "cpu") return std::nullopt;
  Nanos sum{0};
  for (int column = 0; column < 7; ++column) {
    const auto ticks = number(next_word(text));
    if (!ticks || *ticks < 0 || *ticks > (Nanos::max() - sum) / kTick) return std::nullopt;
    sum += kTick * *ticks;
  }
  return sum;
}

std::optional<Nanos> parse_cpu_stat(std::string_view text) {
  while (!text.empty()) {
    if (next_word(text) != "usage_usec") continue;
    const auto micros = number(next_word(text));
    if (!micros || *micros < 0 || *micros > Nanos::max().count() / 1000) return std::nullopt;
    return std::chrono::microseconds(*micros);
  }
  return std::nullopt;
}

std::optional<int> parse_cpu_list(std::string_view text) {
  constexpr std::int64_t kMostCpus = 1 << 16;
  std::int64_t count = 0;
  std::string_view list = next_word(text);
  if (list.empty()) return std::nullopt;
  while (!list.empty()) {
    const std::string_view range = list.substr(0, list.find(','));
    list.remove_prefix(std::min(range.size() + 1, list.size()));
    const std::size_t dash = range.find('-');
    const auto first = number(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(range.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first || *last >= kMostCpus) return std::nullopt;
    count += *last - *first + 1;
    if (count > kMostCpus) return std::nullopt;
  }
  return static_cast<int>(count);
}

std::optional<CpuReading> read_cpu() {
  const auto used = read_group_time();
  const auto text = read_file("/proc/stat");
  const auto system = text ? parse_proc_stat(*text) : std::nullopt;
  if (!used || !system) return std::nullopt;
  return CpuReading{*used, *system};
}

CpuLimit read_cpu_limit() {
  CpuLimit limit;
  limit.cores = std::max(std::thread::hardware_concurrency(), 1U);
  if (const auto text = read_file("/sys/devices/system/cpu/online")) {
    if (const auto online = parse_cpu_list(*text)) limit.cores = *online;
  }
  limit.usable = limit.cores;
  for (const char* path :
       {"/sys/fs/cgroup/cpuset.cpus.effective", "/sys/fs/cgroup/cpuset/cpuset.cpus"}) {
    const auto text = read_file(path);
    if (!text) continue;
    if (const auto set = parse_cpu_list(*text)) limit.usable = *set;
    break;
  }
  if (const auto quota = read_quota()) limit.usable = std::min(limit.usable, *quota);
  return limit;
}

std::int64_t smooth_cpu(std::int64_t value, std::int64_t milli) {
  return static_cast<std::int64_t>(static_cast<double>(value) * kSmoothing +
                                   static_cast<double>(milli) * (1 - kSmoothing));
}

CpuSampler::CpuSampler(Nanos every)
    : thread_([this, every](const std::stop_token& stop) { run(stop, every); }) {}

void CpuSampler::run(const std::stop_token& stop, Nanos every) {
  const CpuLimit limit = read_cpu_limit();
  auto before = read_cpu();
  auto next = std::chrono::steady_clock::now() + every;
  std::unique_lock lock(mutex_);
  while (!tick_.wait_until(lock, stop, next, [&] { return stop.stop_requested(); })) {
    next += every;
    const auto now = read_cpu();
    const std::int64_t milli = before && now ? cpu_milli(*before, *now, limit) : 0;
    before = now;
    milli_.store(smooth_cpu(milli_.load(std::memory_order_relaxed), milli),
                 std::memory_order_relaxed);
  }
}

}  // namespace tracetax
