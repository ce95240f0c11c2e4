// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/pinning.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "harness/run/process/proc_files.h"

namespace tracetax {
namespace {

constexpr int kHighestCpu = CPU_SETSIZE - 1;

bool contains(const CpuList& list, int cpu) {
  return std::find(list.begin(), list.end(), cpu) != list.end();
}

CpuList without(const CpuList& list, const CpuList& taken) {
  CpuList left;
  for (const int cpu : list) {
    if (!contains(taken, cpu)) left.push_back(cpu);
  }
  return left;
}

void normalise(CpuList& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

Status add_range(std::string_view part, CpuList& list) {
  int first = 0;
  const char* const end = part.data() + part.size();
  auto [at, error] = std::from_chars(part.data(), end, first);
  int last = first;
  if (error == std::errc{} && at != end && *at == '-') {
    const auto second = std::from_chars(at + 1, end, last);
    at = second.ptr;
    error = second.ec;
  }
  if (error != std::errc{} || at != end || first < 0 || last < first || last > kHighestCpu) {
    return failure(ExitCode::usage, fmt::format("'{}' is no CPU or range of CPUs; right are 0 or "
                                                "0-3,6, up to {}",
                                                part, kHighestCpu));
  }
  for (int cpu = first; cpu <= last; ++cpu) list.push_back(cpu);
  return {};
}

std::vector<CpuList> siblings_of(const CpuList& cpus) {
  std::vector<CpuList> siblings;
  for (const int cpu : cpus) {
    const auto text = read_small_file(
        fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
    const auto list = text ? parse_cpu_list(*text) : Result<CpuList>{CpuList{cpu}};
    siblings.push_back(list ? *list : CpuList{cpu});
  }
  return siblings;
}

Result<CpuList> asked_cpus(const std::string& text, std::string_view key, const CpuList& allowed) {
  auto list = parse_cpu_list(text);
  if (!list) return failure(list.error().within(key));
  const CpuList forbidden = without(*list, allowed);
  if (!forbidden.empty()) {
    return failure(ExitCode::usage,
                   fmt::format("{}: this process may not use CPU {}; it may use {}", key,
                               format_cpu_list(forbidden), format_cpu_list(allowed)));
  }
  return list;
}

}  // namespace

Result<CpuList> parse_cpu_list(std::string_view text) {
  CpuList list;
  for (std::string_view left = text;;) {
    const std::size_t size = std::min(left.find(','), left.size());
    if (Status added = add_range(left.substr(0, size), list); !added) return failure(added.error());
    if (size == left.size()) break;
    left.remove_prefix(size + 1);
  }
  normalise(list);
  return list;
}

CpuList shared_cpus(const CpuList& one, const CpuList& other) {
  return without(one, without(one, other));
}

std::string format_cpu_list(const CpuList& cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += last == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]);
    i = last + 1;
  }
  return text;
}

PinningChoice divide_cpus(const CpuList& allowed, const std::vector<CpuList>& siblings,
                          int driver_threads) {
  PinningChoice choice;
  if (allowed.size() < 2) {
    choice.warnings.emplace_back(
        "one CPU for driver, sink and target: they delay each other, and response times include "
        "the driver's own work; use a machine with two CPUs or more");
    return choice;
  }
  CpuList driver_cores;  // all hardware threads of the cores that the driver uses
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    const bool enough = static_cast<int>(choice.driver.size()) >= std::max(1, driver_threads);
    CpuList taken = driver_cores;
    taken.insert(taken.end(), siblings[i].begin(), siblings[i].end());
    // The target always keeps a core, however many threads the driver has.
    if (enough || contains(driver_cores, allowed[i]) || without(allowed, taken).empty()) continue;
    choice.driver.push_back(allowed[i]);
    driver_cores = taken;
  }
  if (choice.driver.empty()) {
    choice.warnings.emplace_back(
        "driver and target share one core's hardware threads: each slows the other down");
    choice.driver = {allowed.front()};
    driver_cores = choice.driver;
  }
  choice.target = without(allowed, driver_cores);
  return choice;
}

Result<PinningChoice> choose_pinning(const Pinning& asked, int driver_threads) {
  const CpuList allowed = allowed_cpus();
  PinningChoice choice;
  if (asked.driver) {
    auto list = asked_cpus(*asked.driver, "pin.driver", allowed);
    if (!list) return failure(list.error());
    choice.driver = std::move(*list);
  }
  if (asked.target) {
    auto list = asked_cpus(*asked.target, "pin.target", allowed);
    if (!list) return failure(list.error());
    choice.target = std::move(*list);
  }
  if (!asked.driver && !asked.target) {
    return divide_cpus(allowed, siblings_of(allowed), driver_threads);
  }
  // One side given: the other gets what is left.
  if (!asked.driver) choice.driver = without(allowed, choice.target);
  if (!asked.target) choice.target = without(allowed, choice.driver);
  if (choice.driver.empty()) choice.driver = allowed;
  if (choice.target.empty()) choice.target = allowed;
  if (const CpuList shared = shared_cpus(choice.driver, choice.target); !shared.empty()) {
    choice.warnings.push_back(fmt::format(
        "driver and sink (CPU {}) and target (CPU {}) share CPU {}: they delay each "
        "other, and it shows in every number; give each its own, such as --set "
        "pin.driver=0 --set pin.target=1",
        format_cpu_list(choice.driver), format_cpu_list(choice.target), format_cpu_list(shared)));
  }
  return choice;
}

Status pin_this_thread(const CpuList& cpus) {
  if (cpus.empty()) return {};
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) {
    return failure(ExitCode::usage, fmt::format("the driver cannot be pinned to CPU {}: {}",
                                                format_cpu_list(cpus), strerror(errno)));
  }
  return {};
}

CpuList allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CpuList allowed;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return allowed;
  for (int cpu = 0; cpu <= kHighestCpu; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) allowed.push_back(cpu);
  }
  return allowed;
}

}  // namespace tracetax
