// SPDX-License-Identifier: Apache-2.0
#include "reports/words/held_words.h"

#include <fmt/format.h>

#include "harness/core/text/effect_text.h"
#include "reports/fidelity/kept_fidelity.h"
#include "reports/words/target_kind.h"

namespace tracetax {
namespace {

std::string times_of(const KeptRatio& cpu) {
  return format_amount(cpu.ratio, {.low = cpu.low, .high = cpu.high, .level = 0}, "");
}

std::string_view never_held(Language language) {
  return pick(language, "not yet measured beside the real one", "尚未与真实框架对比");
}

}  // namespace

std::string held_words(const HeldAgainst& held, Language language) {
  if (!held.cpu) return std::string(never_held(language));
  if (language == Language::chinese) {
    return fmt::format("真实 {} 每请求 CPU 为其 {} 倍（{}）", held.framework, times_of(*held.cpu),
                       held.month);
  }
  return fmt::format("real {} costs {} times as much per request ({})", held.framework,
                     times_of(*held.cpu), held.month);
}

std::string held_ratio(const HeldAgainst& held, Language language) {
  return held.cpu ? times_of(*held.cpu) : std::string(pick(language, "not measured", "未测量"));
}

std::string what_it_is(const RunResult& result, int cell) {
  const std::string off = "off = " + off_state(result, cell);
  if (const auto held = held_against(result, cell, kept_fidelity()))
    return fmt::format("emulated; {}; {}", held_words(*held, Language::english), off);
  const bool real = target_kind(result, cell) == name_of(TargetKind::real);
  return (real ? "real, " : "") + off;
}

}  // namespace tracetax
