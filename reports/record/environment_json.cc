// SPDX-License-Identifier: Apache-2.0
#include "reports/record/environment_json.h"

#include <limits>

#include "reports/record/json_values.h"

namespace tracetax {
namespace {

constexpr int kMostCpus = 1'000'000;

}  // namespace

Json tool_to_json(const ToolFacts& tool) {
  Json json = Json::object();
  json["version"] = tool.version;
  json["git_sha"] = text_or_null(tool.git_revision);
  json["compiler"] = tool.compiler;
  json["build_type"] = tool.build_type;
  json["sanitized"] = tool.sanitized;
  for (const auto& [kind, plugin] : tool.plugins) {
    json["plugins"][kind] = {{"path", plugin.path}, {"sha256", plugin.sha256}};
  }
  return json;
}

ToolFacts read_tool(JsonFields& fields) {
  ToolFacts tool;
  tool.version = read_text(fields, "version");
  tool.git_revision = read_text(fields, "git_sha");
  tool.compiler = read_text(fields, "compiler");
  tool.build_type = read_text(fields, "build_type");
  tool.sanitized = fields.boolean("sanitized").value_or(false);
  if (const Json* plugins = fields.object("plugins")) {
    for (const auto& [kind, value] : plugins->items()) {
      JsonFields plugin(value, fields.pointer_to("plugins") + '/' + pointer_step(kind),
                        fields.mistakes());
      tool.plugins[kind] = {read_text(plugin, "path"), read_text(plugin, "sha256")};
    }
  }
  return tool;
}

Json machine_to_json(const MachineFacts& machine) {
  Json json = Json::object();
  json["fingerprint"] = text_or_null(machine.fingerprint_sha256);
  json["cpu"] = {{"model", machine.cpu_model},
                 {"governor", machine.governor},
                 {"count", machine.cpus},
                 {"allowed", machine.cpus_allowed}};
  json["mem_bytes"] = machine.memory_bytes;
  json["thp"] = machine.thp;
  json["kernel"] = machine.kernel;
  json["os"] = machine.os;
  json["libc"] = machine.libc;
  json["aslr"] = machine.aslr;
  json["virt"] = machine.virtualization;
  json["cgroup"] = {{"cpu_max", machine.cgroup_cpu_max},
                    {"mem_max", machine.cgroup_memory_max},
                    {"cpuset", machine.cpuset}};
  json["clocksource"] = machine.clocksource;
  json["load_before"] = number_or_null(machine.load_before);
  json["steal_pct"] = number_or_null(machine.steal_pct_before);
  json["ci"] = {{"provider", text_or_null(machine.ci_provider)}};
  json["otel_variables"] = map_to_json(machine.otel_variables);
  return json;
}

MachineFacts read_machine(JsonFields& fields) {
  MachineFacts machine;
  machine.fingerprint_sha256 = read_text(fields, "fingerprint");
  if (const Json* object = fields.object("cpu")) {
    JsonFields cpu(*object, fields.pointer_to("cpu"), fields.mistakes());
    machine.cpu_model = read_text(cpu, "model");
    machine.governor = read_text(cpu, "governor");
    machine.cpus = read_index(cpu, "count", kMostCpus);
    machine.cpus_allowed = read_index(cpu, "allowed", kMostCpus);
  }
  machine.memory_bytes = fields.unsigned_integer("mem_bytes").value_or(0);
  machine.thp = read_text(fields, "thp");
  machine.kernel = read_text(fields, "kernel");
  machine.os = read_text(fields, "os");
  machine.libc = read_text(fields, "libc");
  machine.aslr = read_text(fields, "aslr");
  machine.virtualization = read_text(fields, "virt");
  if (const Json* object = fields.object("cgroup")) {
    JsonFields cgroup(*object, fields.pointer_to("cgroup"), fields.mistakes());
    machine.cgroup_cpu_max = read_text(cgroup, "cpu_max");
    machine.cgroup_memory_max = read_text(cgroup, "mem_max");
    machine.cpuset = read_text(cgroup, "cpuset");
  }
  machine.clocksource = read_text(fields, "clocksource");
  machine.load_before = read_number(fields, "load_before");
  machine.steal_pct_before = read_number(fields, "steal_pct");
  if (const Json* object = fields.object("ci")) {
    JsonFields ci(*object, fields.pointer_to("ci"), fields.mistakes());
    machine.ci_provider = read_text(ci, "provider");
  }
  machine.otel_variables =
      fields.text_map("otel_variables").value_or(std::map<std::string, std::string>{});
  return machine;
}

Json subject_to_json(const SubjectFacts& subject) {
  Json json = Json::object();
  json["name"] = subject.name;
  json["plugin"] = subject.kind;
  json["command"] = text_or_null(subject.command);
  json["binary_sha256"] = text_or_null(subject.binary_sha256);
  json["off_state"] = subject.off_state;
  if (!subject.versions.empty()) json["versions"] = map_to_json(subject.versions);
  Json& arms = json["arm_env"] = Json::object();
  for (const auto& [arm, variables] : subject.arm_env) arms[arm] = map_to_json(variables);
  return json;
}

SubjectFacts read_subject(JsonFields& fields) {
  SubjectFacts subject;
  subject.name = read_text(fields, "name");
  subject.kind = read_text(fields, "plugin");
  subject.command = read_text(fields, "command");
  subject.binary_sha256 = read_text(fields, "binary_sha256");
  subject.off_state = read_text(fields, "off_state");
  subject.versions = fields.text_map("versions").value_or(std::map<std::string, std::string>{});
  if (const Json* arms = fields.object("arm_env")) {
    JsonFields inner(*arms, fields.pointer_to("arm_env"), fields.mistakes());
    for (const auto& [arm, variables] : arms->items()) {
      subject.arm_env[arm] = inner.text_map(arm).value_or(std::map<std::string, std::string>{});
    }
  }
  return subject;
}

}  // namespace tracetax
