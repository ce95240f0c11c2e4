// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/service_reader.h"

#include <algorithm>
#include <csignal>
#include <set>
#include <string_view>
#include <utility>

#include "harness/core/files/suite_files.h"
#include "harness/core/suite/suite_values.h"
#include "harness/core/suite/target_reader.h"
#include "harness/core/text/placeholders.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostServices = 32;

using Command = std::vector<std::string>;
using NamedSignal = std::pair<std::string_view, int>;
constexpr NamedSignal kSignals[] = {{"SIGTERM", SIGTERM},
                                    {"SIGINT", SIGINT},
                                    {"SIGQUIT", SIGQUIT},
                                    {"SIGHUP", SIGHUP},
                                    {"SIGUSR1", SIGUSR1}};

std::vector<Command> read_commands(JsonFields& fields, std::string_view key) {
  std::vector<Command> commands;
  const Json* list = fields.array(key);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const auto& one = (*list)[i];
    const bool right = one.is_array() && !one.empty() &&
                       std::ranges::all_of(one, [](const Json& word) { return word.is_string(); });
    if (right) {
      commands.push_back(one.get<Command>());
    } else {
      fields.mistakes().add(fmt::format("{}/{}", fields.pointer_to(key), i),
                            R"(expected a command; write ["program", "argument", ...])");
    }
  }
  return commands;
}

/// A text, or its lines.
std::map<std::string, std::string> read_files(JsonFields& fields) {
  std::map<std::string, std::string> files;
  const Json* members = fields.object("files");
  if (members == nullptr) return files;
  for (const auto& [name, value] : members->items()) {
    const std::string pointer = fields.pointer_to("files") + '/' + pointer_step(name);
    if (name.empty() || name.starts_with('/') || name.find("..") != std::string::npos) {
      fields.mistakes().add(pointer, "is no name of a file in {dir}");
    }
    if (value.is_string()) {
      files[name] = value.get<std::string>();
    } else if (value.is_array() &&
               std::ranges::all_of(value, [](const Json& line) { return line.is_string(); })) {
      for (const Json& line : value) files[name] += line.get<std::string>() + "\n";
    } else {
      fields.mistakes().add(pointer, fmt::format("expected a text or a list of lines, found {}",
                                                 describe_json(value)));
    }
  }
  return files;
}

std::vector<std::string> read_programs(JsonFields& fields) {
  const Json* value = fields.any("program");
  if (value == nullptr) return {};
  std::vector<std::string> programs;
  if (value->is_string()) {
    programs = {value->get<std::string>()};
  } else {
    programs = fields.texts("program").value_or(programs);
  }
  if (std::ranges::any_of(programs, &std::string::empty))
    fields.mistake("program", "names no program");
  return programs;
}

std::map<std::string, Environment> read_per_arm(JsonFields& fields) {
  std::map<std::string, Environment> per_arm;
  const Json* arms = fields.object("per_arm");
  if (arms == nullptr) return per_arm;
  for (const auto& [name, value] : arms->items()) {
    JsonFields inner(value, fields.pointer_to("per_arm") + '/' + pointer_step(name),
                     fields.mistakes());
    per_arm[name] = read_environment(inner, "env");
    inner.finish();
  }
  return per_arm;
}

void read_ports(JsonFields& fields, ServiceSpec& service) {
  service.ports = fields.texts("ports").value_or(service.ports);
  for (const std::string& port : service.ports) {
    if (const auto status = check_name(port); !status || port.find('.') != std::string::npos) {
      fields.mistake("ports", fmt::format("{} is not a name without dots", quote(port)));
    }
  }
}

void read_ready(JsonFields& fields, ServiceSpec& service) {
  service.ready = fields.text("ready").value_or("");
  service.ready_command = read_arguments(fields, "ready_command").value_or(Command{});
  service.after_ready = read_commands(fields, "after_ready");
  service.metrics = fields.text("metrics").value_or("");
  if (!service.metrics.empty() && !service.metrics.starts_with("http://"))
    fields.mistake("metrics", "expected a URL such as \"http://127.0.0.1:{port.metrics}/metrics\"");
  if (fields.has("ready")) {
    if (const auto status = check_ready_url(service.ready); !status)
      fields.mistake("ready", status.error().message);
  }
  if (fields.has("ready_command") && service.ready_command.empty())
    fields.mistake("ready_command", "names no program");
  service.ready_within =
      fields.parsed("ready_within", parse_duration).value_or(service.ready_within);
  service.stop_within = fields.parsed("stop_within", parse_duration).value_or(service.stop_within);
  if (service.ready_within == Nanos{0}) fields.mistake("ready_within", "must be more than 0");
  if (service.stop_within == Nanos{0}) fields.mistake("stop_within", "must be more than 0");
  service.stop_signal = fields
                            .choice<int>("stop_signal", {kSignals[0], kSignals[1], kSignals[2],
                                                         kSignals[3], kSignals[4]})
                            .value_or(service.stop_signal);
}

/// `companion`: it is one of the suite's, not a service of a target.
ServiceSpec read_one(const std::string& name, const Json& value, const std::string& pointer,
                     bool companion, Mistakes& mistakes) {
  ServiceSpec service;
  service.name = name;
  if (const auto status = check_name(name); !status) {
    mistakes.add(pointer, status.error().message);
  } else if (name.find('.') != std::string::npos) {
    mistakes.add(pointer, "the name of a service holds no dot, which stands in {port.NAME.PORT}");
  }
  JsonFields fields(value, pointer, mistakes);
  (void)fields.text("description");
  service.use = fields.text("use").value_or("");
  if (service.use.empty())
    fields.require("command", R"(["program", "argument", ...], or "use": "postgresql")");
  service.command = read_arguments(fields, "command").value_or(Command{});
  if (fields.has("command") && (service.command.empty() || service.command.front().empty()))
    fields.mistake("command", "names no program; write [\"program\", \"argument\", ...]");
  service.programs = read_programs(fields);
  service.install = fields.text("install").value_or("");
  service.working_dir = fields.text("working_dir").value_or("");
  service.env = read_environment(fields, "env");
  read_ports(fields, service);
  service.files = read_files(fields);
  service.prepare = read_commands(fields, "prepare");
  read_ready(fields, service);
  service.user = fields.text("user").value_or("");
  if (companion) {
    fields.refuse("front", "does not fit a companion; the target is what the load goes to");
  } else {
    service.front = fields.boolean("front").value_or(false);
  }
  const bool own = !companion && service.use.empty();
  service.role =
      fields
          .choice<ServiceRole>(
              "role", {{"subject", ServiceRole::subject}, {"companion", ServiceRole::companion}})
          .value_or(own || service.front ? ServiceRole::subject : ServiceRole::companion);
  service.traced = fields.boolean("traced").value_or(own || service.front);
  service.holds_spans = fields.parsed("holds_spans", parse_duration);
  service.cpus = fields.parsed("pin", parse_cpu_list);
  service.per_block = fields.boolean("per_block").value_or(false);
  service.per_arm = read_per_arm(fields);
  if (const Status told = check_port_is_told(service.ready, service.command, service.env);
      !told && service.files.empty()) {
    fields.mistake("ready", told.error().message);
  }
  if (service.front && service.per_block)
    fields.mistake("per_block", "does not fit the front, which every arm has for itself");
  if (service.per_block && !service.per_arm.empty())
    fields.mistake("per_arm", "does not fit a service that is up for a whole block");
  if (service.per_block && service.role == ServiceRole::subject)
    fields.mistake("per_block",
                   "does not fit a subject, whose CPU must be that of one arm; it could be "
                   "\"role\": \"companion\"");
  fields.finish();
  return service;
}

/// What the catalog says, with `value` over it: objects merge key by key, null takes a key away,
/// anything else replaces.
Json over_catalog(const Json& value, const std::string& pointer, Mistakes& mistakes) {
  if (!value.is_object()) return value;
  Json merged = Json::object();
  if (!value.contains("use") || !value["use"].is_string()) {
    merged.merge_patch(value);
    return merged;
  }
  const auto known = find_service(value["use"].get<std::string>()).and_then([](const auto& path) {
    return read_file(path, kLargestJson).and_then([&path](const std::string& text) {
      return JsonSource::parse(text, path);
    });
  });
  if (!known) {
    mistakes.add(pointer + "/use", known.error().message);
    return value;
  }
  merged = known->root();
  merged.merge_patch(value);
  return merged;
}

std::vector<ServiceSpec> read_all(const Json& services, const std::string& pointer, bool companions,
                                  Mistakes& mistakes) {
  std::vector<ServiceSpec> all;
  for (const auto& [name, value] : services.items()) {
    if (value.is_null()) continue;
    if (all.size() == kMostServices) {
      mistakes.add(pointer, fmt::format("holds more than {} services", kMostServices));
      break;
    }
    const std::string place = pointer + '/' + pointer_step(name);
    all.push_back(
        read_one(name, over_catalog(value, place, mistakes), place, companions, mistakes));
  }
  return all;
}

/// Placeholders that a text may hold, and whether it does.
class PlaceholderCheck {
 public:
  /// `told` are the mistakes of other checks: targets share some texts.
  PlaceholderCheck(std::vector<std::string> known, std::set<std::string>& told, Mistakes& mistakes)
      : known_(std::move(known)), told_(told), mistakes_(mistakes) {}

  void text(const std::string& pointer, std::string_view text) {
    for (const std::string& name : misspelt_placeholders(text, known_)) {
      if (!told_.insert(pointer + ' ' + name).second) continue;
      mistakes_.add(pointer, fmt::format("nothing stands for {{{}}}: {}", name,
                                         unknown_name("placeholder", name, known_)));
    }
  }
  void texts(const std::string& pointer, const std::vector<std::string>& all) {
    for (const std::string& one : all) text(pointer, one);
  }
  void variables(const std::string& pointer, const Environment& all) {
    for (const auto& [name, value] : all) text(pointer + '/' + pointer_step(name), value);
  }
  void commands(const std::string& pointer, const std::vector<Command>& all) {
    for (const Command& one : all) texts(pointer, one);
  }

 private:
  std::vector<std::string> known_;
  std::set<std::string>& told_;
  Mistakes& mistakes_;
};

void add_service_names(const std::vector<ServiceSpec>& services, std::vector<std::string>& names) {
  for (const ServiceSpec& service : services) {
    names.push_back("port." + service.name);
    for (const std::string& port : service.ports)
      names.push_back(fmt::format("port.{}.{}", service.name, port));
    names.push_back("dir." + service.name);
  }
}

/// What the texts of a service may hold that is up for a whole block: it knows no arm's sink and
/// none of the processes that come and go.
std::vector<std::string> names_for_block(std::vector<ServiceSpec> services) {
  std::erase_if(services, [](const ServiceSpec& service) { return !service.per_block; });
  std::vector<std::string> names{"port", "dir", "tracetax", "tracetax_target"};
  add_service_names(services, names);
  return names;
}

/// What every text of `target` may hold; without a target, of a companion.
std::vector<std::string> names_for(const Suite& suite, const TargetSpec* target) {
  std::vector<std::string> names{"port",      "dir",      "sink_http",
                                 "sink_grpc", "tracetax", "tracetax_target"};
  if (target != nullptr) add_service_names(target->services, names);
  add_service_names(suite.companions, names);
  return names;
}

void check_service(const Suite& suite, const ServiceSpec& service, std::vector<std::string> names,
                   const std::string& pointer, std::set<std::string>& told, Mistakes& mistakes) {
  if (service.per_block) {
    std::vector<ServiceSpec> all = suite.companions;
    for (const TargetSpec& target : suite.targets) {
      const auto own = std::ranges::find(target.services, service.name, &ServiceSpec::name);
      if (own != target.services.end())
        all.insert(all.end(), target.services.begin(), target.services.end());
    }
    names = names_for_block(std::move(all));
  }
  names.emplace_back("bin");
  for (const std::string& port : service.ports) names.push_back("port." + port);
  PlaceholderCheck check{names, told, mistakes};
  check.texts(pointer + "/command", service.command);
  check.variables(pointer + "/env", service.env);
  check.variables(pointer + "/files", service.files);
  check.commands(pointer + "/prepare", service.prepare);
  check.text(pointer + "/ready", service.ready);
  check.text(pointer + "/metrics", service.metrics);
  check.texts(pointer + "/ready_command", service.ready_command);
  check.commands(pointer + "/after_ready", service.after_ready);
  std::vector<std::string> arms;
  for (const ArmSpec& arm : suite.arms) arms.push_back(arm.name);
  for (const auto& [arm, variables] : service.per_arm) {
    const std::string place = pointer + "/per_arm/" + pointer_step(arm);
    if (std::ranges::find(arms, arm) == arms.end())
      mistakes.add(place, unknown_name("arm", arm, arms));
    check.variables(place + "/env", variables);
  }
}

void check_target_texts(const TargetSpec& target, const Suite& suite, const std::string& pointer,
                        std::set<std::string>& told, Mistakes& mistakes) {
  PlaceholderCheck check{names_for(suite, &target), told, mistakes};
  if (target.services.empty()) {
    check.texts(pointer + "/command", target.command);
    check.texts(pointer + "/args", target.args);
    check.text(pointer + "/ready", target.ready);
  }
  check.variables(pointer + "/env", target.env);
  for (std::size_t i = 0; i < suite.arms.size(); ++i) {
    const ArmSpec& arm = suite.arms[i];
    if (arm.role == ArmRole::sham) continue;  // a copy of off
    check.variables(fmt::format("/arms/{}/env", i), arm.env);
    const auto changed = arm.per_target.find(target.name);
    if (changed == arm.per_target.end()) continue;
    const std::string place = fmt::format("/arms/{}/per_target/{}", i, pointer_step(target.name));
    check.variables(place + "/env", changed->second.env);
    check.texts(place + "/args", changed->second.args.value_or(Command{}));
    check.texts(place + "/command", changed->second.command.value_or(Command{}));
  }
  check.variables("/env", suite.env);
}

}  // namespace

std::string_view name_of_stop_signal(int signal) {
  const auto* found = std::ranges::find(kSignals, signal, &NamedSignal::second);
  return found == std::end(kSignals) ? "SIGTERM" : found->first;
}

std::vector<ServiceSpec> read_services(const Json& services, const std::string& pointer,
                                       bool front_is_named, Mistakes& mistakes) {
  std::vector<ServiceSpec> all = read_all(services, pointer, false, mistakes);
  const auto fronts = std::ranges::count(all, true, &ServiceSpec::front);
  if (front_is_named && fronts != 1) {
    mistakes.add(pointer,
                 "exactly one service is where the load goes; write \"front\": true into it");
  } else if (!front_is_named && fronts > 0) {
    mistakes.add(pointer,
                 "the target has a program itself, which is the front; leave \"front\" out, or "
                 "move the program into a service");
  }
  const auto is_subject = [](const ServiceSpec& service) {
    return service.role == ServiceRole::subject;
  };
  if (front_is_named && fronts == 1 && std::ranges::none_of(all, is_subject))
    mistakes.add(pointer, "all are companions, and nothing is left to be measured");
  return all;
}

std::vector<ServiceSpec> read_companions(const Json& companions, const std::string& pointer,
                                         Mistakes& mistakes) {
  return read_all(companions, pointer, true, mistakes);
}

void check_services(const Suite& suite, Mistakes& mistakes) {
  std::set<std::string> told;
  for (const ServiceSpec& companion : suite.companions) {
    check_service(suite, companion, names_for(suite, nullptr),
                  "/companions/" + pointer_step(companion.name), told, mistakes);
  }
  std::set<std::string> taken;
  for (const ServiceSpec& companion : suite.companions) taken.insert(companion.name);
  for (const TargetSpec& target : suite.targets) {
    const std::string pointer = "/targets/" + pointer_step(target.name);
    if (target.kind == TargetKind::attached && !suite.companions.empty()) {
      mistakes.add(pointer, "already runs, and would know nothing of the \"companions\"");
    }
    if (target.services.empty() && taken.contains(target.name)) {
      mistakes.add(pointer, "a companion is called so too; every service has a name of its own");
    }
    for (const ServiceSpec& service : target.services) {
      const std::string place = pointer + "/services/" + pointer_step(service.name);
      if (taken.contains(service.name)) {
        mistakes.add(place, fmt::format("a companion is called {} too; every service has a name of "
                                        "its own",
                                        quote(service.name)));
      }
      check_service(suite, service, names_for(suite, &target), place, told, mistakes);
    }
    check_target_texts(target, suite, pointer, told, mistakes);
  }
}

}  // namespace tracetax
