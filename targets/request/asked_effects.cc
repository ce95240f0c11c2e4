// SPDX-License-Identifier: Apache-2.0
#include "targets/request/asked_effects.h"

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

Status read_time(std::string_view name, std::string_view text, Nanos& out) {
  const auto time = parse_duration(text);
  if (time && *time <= kLongestEffect) {
    out = *time;
    return {};
  }
  return failure(ExitCode::usage,
                 fmt::format("query: {}={} is no time of at most {}, such as {}=20ms", name,
                             printable(text, 40), format_duration(kLongestEffect), name));
}

Status read_effect(std::string_view name, std::string_view value, AskedEffects& effects) {
  if (name == "slow") return read_time(name, value, effects.slow);
  if (name == "late") return read_time(name, value, effects.late);
  const auto says = [&](std::string_view right, bool& out) -> Status {
    out = value == right;
    if (out) return {};
    return failure(ExitCode::usage, fmt::format("query: {}={} is not {}={}", name,
                                                printable(value, 40), name, right));
  };
  if (name == "fail") return says("1", effects.fails);
  if (name == "priority") return says("high", effects.high_priority);
  return {};
}

}  // namespace

Result<AskedEffects> effects_asked_by(std::string_view query) {
  AskedEffects effects;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (const Status read = read_effect(pair.substr(0, equals), value, effects); !read)
      return failure(read.error());
  }
  return effects;
}

}  // namespace tracetax
