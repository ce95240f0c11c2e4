// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/arm_reader.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "harness/core/sink/sink_reader.h"
#include "harness/core/suite/suite_values.h"
#include "harness/core/suite/target_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostArms = 16;
constexpr std::string_view kOn = "on@";
constexpr std::string_view kSamplesNothing =
    "samples nothing; for that state write {\"name\": \"drop\", \"state\": \"drop\"}";
constexpr std::string_view kShorthands =
    "write \"off\", \"off2\" or \"on@RATE\", such as \"on@1%\"";

ArmRole role_by_name(std::string_view name) {
  if (name == "off") return ArmRole::off;
  return name == "off2" ? ArmRole::sham : ArmRole::traced;
}

// The rate that a name like "on@1%" promises; 0 if it promises none.
Result<SampleRate> rate_in_name(std::string_view name) {
  if (!name.starts_with(kOn)) return SampleRate{};
  return parse_sample_rate(name.substr(kOn.size()));
}

ArmSpec read_shorthand(const std::string& name, const std::string& pointer, Mistakes& mistakes) {
  ArmSpec arm;
  arm.name = name;
  arm.role = role_by_name(name);
  if (arm.role != ArmRole::traced) return arm;
  arm.state = TracingState::exporting;
  if (!name.starts_with(kOn)) {
    const auto nearest = nearest_name(name, std::vector<std::string>{"off", "off2", "on@1%"});
    mistakes.add(
        pointer,
        fmt::format("{} is no arm by itself;{} {}, or an object with a \"name\"", quote(name),
                    nearest ? fmt::format(" did you mean '{}'?", *nearest) : "", kShorthands));
    return arm;
  }
  const auto rate = rate_in_name(name);
  arm.rate = rate.value_or(arm.rate);
  if (!rate) {
    mistakes.add(pointer, rate.error().message);
  } else if (rate->share() == 0) {
    mistakes.add(pointer, kSamplesNothing);
  } else if (const auto status = check_name(name); !status) {
    mistakes.add(pointer, status.error().message);
  }
  return arm;
}

std::optional<SamplerSpec> read_sampler(JsonFields& fields) {
  const Json* value = fields.object("sampler");
  if (value == nullptr) return std::nullopt;
  JsonFields sampler(*value, fields.pointer_to("sampler"), fields.mistakes());
  sampler.require("name", R"("name": "traceidratio"; see `tracetax list samplers`)");
  SamplerSpec read{sampler.text("name").value_or(""), sampler.text("arg").value_or("")};
  if (sampler.has("name") && read.name.empty()) sampler.mistake("name", "names no sampler");
  for (const std::string* text : {&read.name, &read.argument}) {
    if (text->find('\0') != std::string::npos) {
      sampler.mistake("a variable cannot hold a NUL character");
    }
  }
  sampler.finish();
  return read;
}

/// What has to survive: a share by class, "rest" for those that are not named, and a limit of all.
std::optional<KeepRule> read_keeps(JsonFields& fields) {
  const Json* value = fields.object("keeps");
  if (value == nullptr) return std::nullopt;
  KeepRule rule;
  JsonFields keeps(*value, fields.pointer_to("keeps"), fields.mistakes());
  const auto share_of = [&keeps](std::string_view key) -> std::optional<double> {
    const auto rate = keeps.parsed(key, parse_sample_rate);
    return rate ? std::optional{rate->share()} : std::nullopt;
  };
  const auto rest = share_of("rest");
  for (std::size_t i = 0; i < kRequestClasses; ++i) {
    rule.share[i] = share_of(kRequestClassNames[i]);
    if (!keeps.has(kRequestClassNames[i])) rule.share[i] = rest;
  }
  rule.at_most_per_s = keeps.parsed("at_most", parse_rate);
  keeps.finish();
  return rule;
}

void read_traced(JsonFields& fields, ArmSpec& arm) {
  arm.state = arm.state.value_or(TracingState::exporting);
  const bool samples = arm.state == TracingState::record || arm.state == TracingState::exporting;
  if (samples) {
    arm.sampler = read_sampler(fields);
  } else {
    fields.refuse("sampler", "does not fit a state in which nothing is sampled");
  }
  if (arm.state == TracingState::exporting) {
    arm.keeps = read_keeps(fields);
  } else {
    fields.refuse("keeps", "does not fit a state in which nothing is exported");
  }
  const bool named = arm.name.starts_with(kOn);
  if (samples && !named) fields.require("rate", "the share of requests to sample, such as \"10%\"");
  const auto promised = rate_in_name(arm.name);
  const auto rate = fields.parsed("rate", parse_sample_rate);
  if (!promised) {
    fields.mistake("name", promised.error().message);
    return;
  }
  arm.rate = rate.value_or(*promised);
  if (rate && named && *rate != *promised) {
    fields.mistake("rate", fmt::format("is {}, but the arm is called {}", format_sample_rate(*rate),
                                       quote(arm.name)));
  }
  const bool stated = rate || (named && !fields.has("rate"));
  if (samples && stated && arm.rate.share() == 0) fields.mistake(kSamplesNothing);
}

ArmOverride read_override(const Json& value, const std::string& pointer, const TargetSpec& target,
                          Mistakes& mistakes) {
  ArmOverride changed;
  JsonFields fields(value, pointer, mistakes);
  if (target.kind == TargetKind::attached) {
    fields.mistake(fmt::format("{} already runs; an arm cannot change it", quote(target.name)));
    return changed;
  }
  changed.env = read_environment(fields, "env");
  if (target.kind == TargetKind::emulated || target.kind == TargetKind::real) {
    changed.args = read_arguments(fields, "args");
    fields.refuse("command",
                  fmt::format("does not fit {} {} target; give it \"args\"",
                              target.kind == TargetKind::real ? "a" : "an", name_of(target.kind)));
  } else {
    changed.command = read_arguments(fields, "command");
    if (changed.command && (changed.command->empty() || changed.command->front().empty())) {
      fields.mistake("command", "names no program; write [\"program\", \"argument\", ...]");
    }
    fields.refuse("args", "does not fit a command; give the whole \"command\"");
    changed.working_dir = fields.text("working_dir");
  }
  changed.program = fields.text("program");
  if (changed.program && changed.program->empty()) fields.mistake("program", "names no program");
  if (changed.program && changed.command) {
    fields.mistake("program", "is the first word of the \"command\" that stands here too");
  }
  fields.finish();
  return changed;
}

void read_overrides(JsonFields& fields, const std::vector<TargetSpec>& targets, ArmSpec& arm) {
  const Json* overrides = fields.object("per_target");
  if (overrides == nullptr) return;
  std::vector<std::string> names;
  for (const TargetSpec& target : targets) names.push_back(target.name);
  for (const auto& [name, value] : overrides->items()) {
    const std::string pointer = fields.pointer_to("per_target") + '/' + pointer_step(name);
    const auto called = targets_called(targets, name);
    if (called.empty()) {
      fields.mistakes().add(pointer, unknown_name("target", name, names));
      if (arm.per_target.size() >= names.size()) return;
      continue;
    }
    for (const std::string& one : called) {
      const auto target = std::ranges::find(targets, one, &TargetSpec::name);
      arm.per_target.emplace(one, read_override(value, pointer, *target, fields.mistakes()));
    }
  }
}

/// Of the targets that are topologies, each must know it.
void read_variant(JsonFields& fields, const std::vector<TargetSpec>& targets, ArmSpec& arm) {
  arm.variant = fields.text("variant").value_or("");
  if (arm.variant.empty()) return;
  bool systems = false;
  for (const TargetSpec& target : targets) {
    if (!target.system) continue;
    systems = true;
    std::vector<std::string> known;
    for (const auto& [name, topology] : target.system->variants) known.push_back(name);
    if (!target.system->variants.contains(arm.variant))
      fields.mistake("variant", unknown_name("variant of " + target.name, arm.variant, known));
  }
  if (!systems) fields.mistake("variant", "no target is a \"topology\", which would have variants");
}

void read_arm_sink(JsonFields& fields, ArmSpec& arm) {
  enum class Loss { expected };
  arm.loss_expected = fields.choice<Loss>("loss", {{"expected", Loss::expected}}).has_value();
  const Json* value = fields.object("sink");
  if (value == nullptr) return;
  JsonFields sink(*value, fields.pointer_to("sink"), fields.mistakes());
  arm.sink = read_sink_spec(sink, arm.sink);
  for (const auto key : {"port", "grpc_port", "memory"})
    sink.refuse(key, "does not fit an arm: it is of the suite's \"sink\"");
  sink.finish();
}

ArmSpec read_object(const Json& value, const std::string& pointer,
                    const std::vector<TargetSpec>& targets, const SinkSpec& sink,
                    Mistakes& mistakes) {
  ArmSpec arm;
  arm.sink = sink;
  JsonFields fields(value, pointer, mistakes);
  fields.require("name", "what the reports call it, such as \"name\": \"drop\"");
  arm.name = fields.text("name").value_or("");
  if (fields.has("name")) {
    if (const auto status = check_name(arm.name); !status)
      fields.mistake("name", status.error().message);
  }
  arm.role = fields
                 .choice<ArmRole>("role", {{"off", ArmRole::off},
                                           {"sham", ArmRole::sham},
                                           {"rate", ArmRole::traced},
                                           {"base", ArmRole::base}})
                 .value_or(role_by_name(arm.name));
  if (arm.role == ArmRole::sham) {
    for (const auto key : {"state", "rate", "otlp", "sampler", "env", "per_target", "sink", "loss",
                           "keeps", "variant"}) {
      fields.refuse(key, "does not fit a sham arm, which is a copy of the off arm");
    }
    fields.finish();
    return arm;
  }
  arm.state = fields.choice<TracingState>("state", {{"absent", TracingState::absent},
                                                    {"noop", TracingState::noop},
                                                    {"drop", TracingState::drop},
                                                    {"record", TracingState::record},
                                                    {"export", TracingState::exporting}});
  if (arm.role == ArmRole::traced || arm.role == ArmRole::base) {
    read_traced(fields, arm);
  } else {
    for (const auto key : {"rate", "sampler", "keeps"}) {
      fields.refuse(key, "does not fit an off arm, which samples nothing");
    }
    const bool traces = arm.state == TracingState::record || arm.state == TracingState::exporting;
    if (traces)
      fields.mistake("state", "an off arm does not trace: its state is absent, noop or drop");
  }
  arm.otlp = read_otlp(fields);
  arm.env = read_environment(fields, "env");
  read_overrides(fields, targets, arm);
  read_variant(fields, targets, arm);
  read_arm_sink(fields, arm);
  fields.finish();
  return arm;
}

// A sham arm must differ from the off arm in nothing, or it measures no noise.
void copy_off_to_shams(std::vector<ArmSpec>& arms) {
  const ArmSpec off = arms.front();
  for (ArmSpec& arm : arms) {
    if (arm.role != ArmRole::sham) continue;
    arm.state = off.state;
    arm.otlp = off.otlp;
    arm.env = off.env;
    arm.per_target = off.per_target;
    arm.sink = off.sink;
    arm.variant = off.variant;
    arm.loss_expected = off.loss_expected;
  }
}

void check_order_and_names(const std::vector<ArmSpec>& arms, const std::string& pointer,
                           Mistakes& mistakes) {
  if (arms.empty() || arms.front().role != ArmRole::off) {
    mistakes.add(pointer, "the first arm must be \"off\": every other one is compared with it");
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    const std::string place = fmt::format("{}/{}", pointer, i);
    if (i > 0 && arms[i].role == ArmRole::off) {
      mistakes.add(place, "is a second off arm; for a copy that shows the noise write \"off2\"");
    }
    if (!arms[i].name.empty() && !names.insert(arms[i].name).second) {
      mistakes.add(place, fmt::format("the arm {} stands here a second time", quote(arms[i].name)));
    }
  }
}

}  // namespace

std::vector<ArmSpec> read_arms(const Json& arms, const std::string& pointer,
                               const std::vector<TargetSpec>& targets, const SinkSpec& sink,
                               Mistakes& mistakes) {
  std::vector<ArmSpec> all;
  for (std::size_t i = 0; i < arms.size() && i < kMostArms; ++i) {
    const std::string place = fmt::format("{}/{}", pointer, i);
    if (arms[i].is_string()) {
      all.push_back(read_shorthand(arms[i].get<std::string>(), place, mistakes));
      all.back().sink = sink;
    } else if (arms[i].is_object()) {
      all.push_back(read_object(arms[i], place, targets, sink, mistakes));
    } else {
      mistakes.add(
          place, fmt::format("expected an arm, found {}; {}", describe_json(arms[i]), kShorthands));
      all.emplace_back();
    }
  }
  if (arms.size() > kMostArms) {
    mistakes.add(pointer,
                 fmt::format("holds {} arms; at most {} fit into a block", arms.size(), kMostArms));
  }
  check_order_and_names(all, pointer, mistakes);
  if (!all.empty() && all.front().role == ArmRole::off) copy_off_to_shams(all);
  return all;
}

}  // namespace tracetax
