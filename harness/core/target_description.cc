// SPDX-License-Identifier: Apache-2.0
#include "harness/core/target_description.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite_writer.h"
#include "harness/core/suite/target_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

TargetDescription read_description(const Json& value, const std::string& pointer,
                                   Mistakes& mistakes) {
  TargetDescription told;
  JsonFields fields(value, pointer, mistakes);
  for (const auto key : {"$schema", "span"}) (void)fields.any(key);
  for (const auto key : {"models", "wire"}) (void)fields.text(key);
  told.name = fields.text("name").value_or("");
  told.ready = fields.text("ready").value_or("");
  if (fields.has("ready")) {
    const auto status = check_ready_url(told.ready);
    if (!status) fields.mistake("ready", status.error().message);
  }
  if (const auto spans = fields.integer("spans_per_request", 0, kMostSpansPerRequest)) {
    told.spans_per_request = static_cast<int>(*spans);
  }
  told.can_be_absent = fields.boolean("can_be_absent");
  told.samplers = fields.texts("samplers").value_or(std::vector<std::string>{});
  told.versions = fields.text_map("versions").value_or(std::map<std::string, std::string>{});
  fields.finish();
  return told;
}

Result<TargetDescription> description_in_file(const Suite& suite, const TargetSpec& target) {
  const std::string path = (std::filesystem::path(suite.folder) / target.describe).string();
  return read_file(path, kLargestJson).and_then([&](const std::string& text) {
    return read_target_description(text, path);
  });
}

Result<TargetDescription> description_called(const std::string& name,
                                             const TargetDescriptions& all) {
  const auto found = std::ranges::find(all, name, &TargetDescription::name);
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  for (const TargetDescription& one : all) names.push_back(one.name);
  return failure(ExitCode::usage, unknown_name("target", name, names));
}

/// A real target is a command from then on, as far as starting it goes.
Result<TargetDescription> described_by(const DescribeReal& real, TargetSpec& target) {
  return real(target.framework).transform([&](RealService service) {
    target.command = {std::move(service.program), "--port", "{port}"};
    return std::move(service.told);
  });
}

/// What the suite leaves open is as the target says.
void complete(TargetSpec& target, const TargetDescription& told) {
  const bool starts = target.kind != TargetKind::attached;
  if (starts && target.ready.empty()) target.ready = told.ready;
  if (starts && !target.says_absent) {
    target.can_be_absent = told.can_be_absent.value_or(target.can_be_absent);
  }
  if (!target.says_spans) {
    target.spans_per_request = told.spans_per_request.value_or(target.spans_per_request);
  }
}

/// A program that an arm runs in the target's place may know others.
void check_samplers(const Suite& suite, const TargetSpec& target, const TargetDescription& told,
                    Mistakes& mistakes) {
  for (std::size_t i = 0; i < suite.arms.size(); ++i) {
    const ArmSpec& arm = suite.arms[i];
    if (!arm.sampler || told.samplers.empty()) continue;
    const auto changed = arm.per_target.find(target.name);
    const bool other =
        changed != arm.per_target.end() && (changed->second.program || changed->second.command);
    if (other || std::ranges::find(told.samplers, arm.sampler->name) != told.samplers.end()) {
      continue;
    }
    mistakes.add(fmt::format("/arms/{}/sampler/name", i),
                 fmt::format("target {}: {}", quote(target.name),
                             unknown_name("sampler", arm.sampler->name, told.samplers)));
  }
}

}  // namespace

Result<TargetDescription> read_target_description(std::string_view text,
                                                  const std::string& file_name) {
  const auto source = JsonSource::parse(text, file_name);
  if (!source) return failure(source.error());
  Mistakes mistakes(*source);
  TargetDescription told = read_description(source->root(), "", mistakes);
  if (!mistakes.empty()) return failure(mistakes.error());
  return told;
}

Result<TargetDescriptions> read_target_descriptions(std::string_view text,
                                                    const std::string& file_name) {
  const auto source = JsonSource::parse(text, file_name);
  if (!source) return failure(source.error());
  if (!source->root().is_array()) {
    return failure(ExitCode::usage, fmt::format("{}: expected an array, found {}", file_name,
                                                describe_json(source->root())));
  }
  Mistakes mistakes(*source);
  TargetDescriptions all;
  for (std::size_t i = 0; i < source->root().size(); ++i) {
    all.push_back(read_description(source->root()[i], fmt::format("/{}", i), mistakes));
  }
  if (!mistakes.empty()) return failure(mistakes.error());
  return all;
}

Status describe_targets(Suite& suite, const DescribeEmulated& emulated, const DescribeReal& real,
                        Mistakes& mistakes) {
  TargetDescriptions known;
  if (std::ranges::find(suite.targets, TargetKind::emulated, &TargetSpec::kind) !=
      suite.targets.end()) {
    auto told = emulated();
    if (!told) return failure(told.error());
    known = std::move(*told);
  }
  for (TargetSpec& target : suite.targets) {
    const bool emulation = target.kind == TargetKind::emulated;
    const bool asked = emulation || target.kind == TargetKind::real;
    if ((asked ? target.framework : target.describe).empty()) continue;
    const std::string place = "/targets/" + pointer_step(target.name);
    const auto told = emulation ? description_called(target.framework, known)
                      : asked   ? described_by(real, target)
                                : description_in_file(suite, target);
    if (!told) {
      mistakes.add(place + '/' + std::string(asked ? name_of(target.kind) : "describe"),
                   told.error().message);
      continue;
    }
    complete(target, *told);
    if (target.kind == TargetKind::command && target.ready.empty()) {
      mistakes.add(place, fmt::format("'ready' is missing here and in {}; write {}",
                                      quote(target.describe), kReadyExample));
    }
    if (const Status status = check_port_is_told(target); !status) {
      mistakes.add(place + "/ready", status.error().message);
    }
    check_samplers(suite, target, *told, mistakes);
  }
  return {};
}

}  // namespace tracetax
