// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/start_sinks.h"

#include <filesystem>

#include "harness/run/service/arm_environment.h"

namespace tracetax {
namespace {

/// Paths of a suite are relative to its file.
std::string in_suite(const Suite& suite, const std::string& path) {
  return path.empty() ? path : (std::filesystem::path(suite.folder) / path).string();
}

}  // namespace

Result<Sinks> start_sinks(const Suite& suite, const std::string& program, std::size_t at_a_time,
                          const CpuList& cpus) {
  SinkProcess::Wanted wanted{.http_port = suite.sink_port.value_or(0)};
  wanted.memory_bytes = suite.sink_memory.value_or(wanted.memory_bytes);
  if (uses_otlp_grpc(suite)) wanted.grpc_port = suite.sink_grpc_port.value_or(0);
  Sinks sinks;
  for (const SinkSpec& door : doors_needed(suite)) {
    wanted.spec = door;
    SinkTls& tls = wanted.spec.tls;
    for (std::string* file : {&tls.cert_file, &tls.key_file, &tls.client_ca_file})
      *file = in_suite(suite, *file);
    for (std::size_t i = 0; i < at_a_time; ++i) {
      auto sink = SinkProcess::start(program, wanted, cpus);
      if (!sink) return failure(sink.error());
      sinks.push_back(std::move(*sink));
    }
  }
  return sinks;
}

std::vector<std::size_t> first_sinks(const Suite& suite, const Sinks& sinks) {
  const std::size_t of_a_door = sinks.size() / doors_needed(suite).size();
  std::vector<std::size_t> first;
  for (std::size_t arm = 0; arm < suite.arms.size(); ++arm)
    first.push_back(of_a_door * door_of(suite, static_cast<int>(arm)));
  return first;
}

std::vector<SinkPorts> ports_by_arm(const Suite& suite, const Sinks& sinks) {
  std::vector<SinkPorts> ports;
  for (const std::size_t first : first_sinks(suite, sinks)) ports.push_back(sinks[first]->ports());
  return ports;
}

}  // namespace tracetax
