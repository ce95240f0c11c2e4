// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/target_reader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>

#include "harness/core/suite/service_reader.h"
#include "harness/core/suite/suite_values.h"
#include "harness/core/suite/system_target.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostTargets = 64;
constexpr std::string_view kPort = "{port}";
constexpr std::array<std::string_view, 4> kFrameworkKeys = {"emulated", "real", "framework",
                                                            "pair"};
constexpr std::array<std::string_view, 18> kKeys = {
    "emulated",    "real",        "framework",     "pair",  "command",  "attach",
    "services",    "args",        "env",           "ready", "pid",      "ready_within",
    "stop_within", "working_dir", "can_be_absent", "otlp",  "describe", "topology"};

bool holds_port(std::string_view text) { return text.find(kPort) != text.npos; }

/// The key by which a target is a framework's; empty: it is none. Beside another one "pair" only
/// says where it belongs.
std::string_view framework_key(const JsonFields& fields) {
  for (const std::string_view key : kFrameworkKeys) {
    if (fields.has(key)) return key;
  }
  return {};
}

void read_times(JsonFields& fields, TargetSpec& target) {
  target.ready_within = fields.parsed("ready_within", parse_duration).value_or(target.ready_within);
  // They flush for up to 30 s when the receiver of their spans does not answer.
  constexpr std::chrono::seconds kFlushes{35};
  if (!framework_key(fields).empty()) target.stop_within = kFlushes;
  target.stop_within = fields.parsed("stop_within", parse_duration).value_or(target.stop_within);
  if (target.ready_within == Nanos{0}) fields.mistake("ready_within", "must be more than 0");
  if (target.stop_within == Nanos{0}) fields.mistake("stop_within", "must be more than 0");
}

/// What a target is read as: real, emulated or a pair.
Frameworks shape_of(std::string_view key, const std::string& name, const FrameworkChoice& choice) {
  const bool built = choice.built && std::ranges::find(*choice.built, name) != choice.built->end();
  const auto where_built = [&](Frameworks shape) {
    if (built || (shape == Frameworks::pair && !choice.built)) return shape;
    // That a suite's emulation has no real service beside it is as it should be for some.
    if (key != "emulated" && choice.stays_emulated) choice.stays_emulated(name);
    return Frameworks::emulated;
  };
  if (choice.as == Frameworks::emulated) return Frameworks::emulated;
  if (choice.as == Frameworks::pair) return where_built(Frameworks::pair);
  if (key == "real") return Frameworks::real;
  if (choice.as == Frameworks::real || key == "framework") return where_built(Frameworks::real);
  return key == "pair" ? where_built(Frameworks::pair) : Frameworks::emulated;
}

void read_framework(JsonFields& fields, TargetSpec& target, std::string_view key) {
  target.framework = fields.text(key).value_or("");
  if (!key.empty() && target.framework.empty()) {
    fields.mistake(key, "names no service; see `tracetax list targets`");
  }
  if (key == "framework") fields.refuse("pair", "does not fit beside \"framework\"");
  const bool half = key == "emulated" || key == "real";
  if (half) target.pair = fields.text("pair").value_or("");
  if (half && fields.has("pair") && target.pair.empty()) fields.mistake("pair", "names no pair");
  target.args = read_arguments(fields, "args").value_or(target.args);
  target.env = read_environment(fields, "env");
  target.otlp = read_otlp(fields);
  const auto absent = fields.boolean("can_be_absent");
  target.can_be_absent = absent.value_or(true);
  target.says_absent = absent.has_value();
  read_times(fields, target);
  const std::string why =
      fmt::format("does not fit {} target", key == "real" ? "a real" : "an emulated");
  for (const auto unfit : {"ready", "working_dir", "pid", "describe"}) {
    fields.refuse(unfit, why);
  }
}

/// Appends what one target of a suite is: itself, or the two of a pair.
void append_shapes(TargetSpec target, std::string_view key, const FrameworkChoice& choice,
                   std::vector<TargetSpec>& all) {
  const Frameworks as_it_says = key == "real" ? Frameworks::real : Frameworks::emulated;
  const Frameworks shape =
      target.pair.empty() ? shape_of(key, target.framework, choice) : as_it_says;
  if (shape != Frameworks::pair) {
    target.kind = shape == Frameworks::real ? TargetKind::real : TargetKind::emulated;
    all.push_back(std::move(target));
    return;
  }
  target.pair = target.name;
  for (const TargetKind kind : {TargetKind::real, TargetKind::emulated}) {
    TargetSpec half = target;
    half.kind = kind;
    half.name = fmt::format("{}-{}", target.pair, name_of(kind));
    for (ServiceSpec& service : half.services) {
      if (service.front) service.name = half.name;
    }
    all.push_back(std::move(half));
  }
}

void read_command(JsonFields& fields, TargetSpec& target) {
  target.kind = TargetKind::command;
  const auto command = read_arguments(fields, "command");
  target.command = command.value_or(target.command);
  if (command && (command->empty() || command->front().empty())) {
    fields.mistake("command", "names no program; write [\"program\", \"argument\", ...]");
  }
  target.working_dir = fields.text("working_dir").value_or("");
  if (target.working_dir.find('\0') != std::string::npos) {
    fields.mistake("working_dir", "a path cannot hold a NUL character");
  }
  target.env = read_environment(fields, "env");
  target.otlp = read_otlp(fields);
  if (!fields.has("describe")) fields.require("ready", kReadyExample);
  target.ready = fields.text("ready").value_or("");
  if (!target.ready.empty() || fields.has("ready")) {
    const auto status = check_ready_url(target.ready);
    if (!status) fields.mistake("ready", status.error().message);
  }
  if (const auto status = check_port_is_told(target); !status) {
    fields.mistake("ready", status.error().message);
  }
  const auto absent = fields.boolean("can_be_absent");
  target.can_be_absent = absent.value_or(false);
  target.says_absent = absent.has_value();
  read_times(fields, target);
  fields.refuse("args", "does not fit a command; put the arguments into \"command\"");
  fields.refuse("pid", "does not fit a command, whose process is known");
}

void read_description_file(JsonFields& fields, TargetSpec& target) {
  target.describe = fields.text("describe").value_or("");
  if (fields.has("describe") && target.describe.empty()) {
    fields.mistake("describe", "names no file");
  }
  if (target.describe.find('\0') != std::string::npos) {
    fields.mistake("describe", "a path cannot hold a NUL character");
  }
}

/// The front is what the load goes to and what most of the code knows as the target.
void take_front(TargetSpec& target) {
  const ServiceSpec* front = front_of(target);
  if (front == nullptr) return;
  target.command = front->command;
  target.working_dir = front->working_dir;
  target.ready = front->ready;
  target.ready_within = front->ready_within;
  target.stop_within = front->stop_within;
}

/// Services are all that the target is.
void read_target_of_services(JsonFields& fields, TargetSpec& target) {
  target.kind = TargetKind::command;
  if (const Json* services = fields.object("services")) {
    target.services =
        read_services(*services, fields.pointer_to("services"), true, fields.mistakes());
  }
  take_front(target);
  target.env = read_environment(fields, "env");
  target.otlp = read_otlp(fields);
  const auto absent = fields.boolean("can_be_absent");
  target.can_be_absent = absent.value_or(false);
  target.says_absent = absent.has_value();
  for (const auto key : {"ready", "ready_within", "stop_within", "working_dir", "args", "pid"}) {
    fields.refuse(key, "does not fit beside \"services\"; it belongs into one of them");
  }
}

/// Services beside a program that the target names itself: that one is the front, and comes last.
void read_further_services(JsonFields& fields, TargetSpec& target) {
  const Json* services = fields.object("services");
  if (services == nullptr) return;
  target.services =
      read_services(*services, fields.pointer_to("services"), false, fields.mistakes());
  ServiceSpec front;
  front.name = target.name;
  front.front = true;
  front.role = ServiceRole::subject;
  front.role = ServiceRole::subject;
  front.traced = true;
  front.command = target.command;
  front.working_dir = target.working_dir;
  front.ready = target.ready;
  front.ready_within = target.ready_within;
  front.stop_within = target.stop_within;
  target.services.push_back(std::move(front));
}

/// A system of several services: a file says what it consists of.
void read_system(JsonFields& fields, TargetSpec& target) {
  read_system_target(fields, target);
  take_front(target);
  target.env = read_environment(fields, "env");
  target.otlp = read_otlp(fields);
  for (const auto key : {"ready", "ready_within", "stop_within", "working_dir", "args", "pid",
                         "services", "describe", "can_be_absent", "spans_per_request"}) {
    fields.refuse(key, "does not fit beside \"topology\", which says what the target consists of");
  }
}

void read_attached(JsonFields& fields, TargetSpec& target) {
  target.kind = TargetKind::attached;
  const auto url = fields.text("attach");
  if (url) {
    target.url = *url;
    const auto status = check_url(*url, {});
    if (!status) fields.mistake("attach", status.error().message);
  }
  const auto pid = fields.integer("pid", 1, std::numeric_limits<pid_t>::max());
  if (pid) target.pid = static_cast<pid_t>(*pid);
  constexpr std::string_view kWhy = "has no effect on a target that already runs";
  for (const auto key : {"args", "env", "ready", "ready_within", "stop_within", "working_dir",
                         "can_be_absent", "otlp", "services"}) {
    fields.refuse(key, kWhy);
  }
}

/// Appends it, or the two of a pair.
void read_target(const std::string& name, const Json& value, const std::string& pointer,
                 Mistakes& mistakes, const FrameworkChoice& choice, std::vector<TargetSpec>& all) {
  TargetSpec target;
  target.name = name;
  if (const auto status = check_name(name); !status) mistakes.add(pointer, status.error().message);
  JsonFields fields(value, pointer, mistakes);
  const std::string_view framework = framework_key(fields);
  for (const auto key : kFrameworkKeys) (void)fields.any(key);  // of an extended suite, taken away
  int kinds = int{framework == "pair"};
  for (const auto key : {"emulated", "real", "framework", "command", "attach", "topology"})
    kinds += int{fields.has(key)};
  if (kinds == 0 && fields.has("services")) {
    read_target_of_services(fields, target);
    read_description_file(fields, target);
  } else if (value.is_object() && kinds != 1) {
    fields.mistake(
        "needs exactly one of \"emulated\", \"real\", \"framework\" and \"pair\": NAME, "
        "\"command\": [PROGRAM, ...], \"attach\": URL, \"topology\": FILE and \"services\" with a "
        "front");
    // Without a kind nobody can say which of the names belong; a mistyped one can still be named.
    for (const std::string_view key : kKeys) (void)fields.any(key);
  } else if (fields.has("topology")) {
    read_system(fields, target);
  } else if (fields.has("command")) {
    read_command(fields, target);
    read_description_file(fields, target);
    read_further_services(fields, target);
  } else if (fields.has("attach")) {
    read_attached(fields, target);
    read_description_file(fields, target);
  } else {
    read_framework(fields, target, framework);
    read_further_services(fields, target);
  }
  target.sampling = read_sampling(fields);
  const auto spans = fields.integer("spans_per_request", 0, kMostSpansPerRequest);
  if (spans) target.spans_per_request = static_cast<int>(*spans);
  target.says_spans = spans.has_value();
  fields.finish();
  if (framework.empty() || kinds != 1) return all.push_back(std::move(target));
  append_shapes(std::move(target), framework, choice, all);
}

}  // namespace

Status check_ready_url(std::string_view url) {
  return check_url(url, {.tcp_allowed = true, .path_allowed = true, .placeholder_allowed = true});
}

Status check_port_is_told(std::string_view ready, const std::vector<std::string>& command,
                          const Environment& env) {
  const auto in_variable = [](const auto& variable) { return holds_port(variable.second); };
  if (!holds_port(ready) || command.empty() || std::ranges::any_of(command, holds_port) ||
      std::ranges::any_of(env, in_variable)) {
    return {};
  }
  return failure(ExitCode::usage,
                 "holds {port}, but neither \"command\" nor \"env\" tells the program its port; "
                 "put {port} there too");
}

Status check_port_is_told(const TargetSpec& target) {
  // Of a front its own reader has looked at everything that may tell it.
  if (front_of(target) != nullptr) return {};
  return check_port_is_told(target.ready, target.command, target.env);
}

std::vector<std::string> targets_called(const std::vector<TargetSpec>& targets,
                                        const std::string& name) {
  std::vector<std::string> names;
  const bool is_one = std::ranges::find(targets, name, &TargetSpec::name) != targets.end();
  for (const TargetSpec& target : targets) {
    const bool half = !is_one && !target.pair.empty() && target.pair == name;
    if (target.name == name || half) names.push_back(target.name);
  }
  return names;
}

std::vector<TargetSpec> read_targets(const Json& targets, const std::string& pointer,
                                     Mistakes& mistakes, const FrameworkChoice& choice) {
  std::vector<TargetSpec> all;
  if (targets.empty())
    mistakes.add(pointer, "names no target; write {\"gin\": {\"emulated\": \"gin\"}}");
  for (const auto& [name, value] : targets.items()) {
    if (all.size() >= kMostTargets) {
      mistakes.add(pointer, fmt::format("holds more than {} targets", kMostTargets));
      break;
    }
    const std::size_t before = all.size();
    const std::string place = pointer + '/' + pointer_step(name);
    read_target(name, value, place, mistakes, choice, all);
    for (std::size_t i = before; i < all.size(); ++i) {
      const auto same = std::ranges::find(all, all[i].name, &TargetSpec::name);
      if (same - all.begin() < static_cast<std::ptrdiff_t>(i))
        mistakes.add(place, fmt::format("the target {} stands here a second time", all[i].name));
    }
  }
  return all;
}

}  // namespace tracetax
