// SPDX-License-Identifier: Apache-2.0
#include "reports/words/kept_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "harness/core/text/effect_text.h"

namespace tracetax {
namespace {

struct KeptByArm {
  std::uint64_t segments = 0;
  std::array<ClassAccount, kRequestClasses> classes{};
};

KeptByArm kept_by_arm(const RunResult& result, int cell, const std::string& arm) {
  KeptByArm kept;
  for (const SegmentRecord& segment : result.segments) {
    const bool here = segment.spec.cell == cell && segment.arm == arm && segment.valid();
    if (!here || !segment.receipt.keeps) continue;
    ++kept.segments;
    for (const ClassAccount& of : segment.receipt.keeps->classes) {
      ClassAccount& sum = kept.classes[static_cast<std::size_t>(of.of)];
      sum.sent += of.sent;
      sum.whole += of.whole;
      sum.part += of.part;
    }
  }
  return kept;
}

std::string words_of(const std::string& arm, const KeptByArm& kept) {
  std::vector<std::string> parts;
  std::uint64_t partial = 0;
  for (std::size_t i = 0; i < kRequestClasses; ++i) {
    const ClassAccount& of = kept.classes[i];
    partial += of.part;
    if (of.sent == 0) continue;
    parts.push_back(fmt::format(
        "{} of {} {} traces ({:.3g} %)", format_count(of.whole), format_count(of.sent),
        kRequestClassNames[i], 100 * static_cast<double>(of.whole) / static_cast<double>(of.sent)));
  }
  return fmt::format(
      "{} drops traces on purpose. Of those that the driver began it kept {}{}, in {} valid "
      "segment{}",
      arm, fmt::join(parts, ", "),
      partial == 0 ? ", each of them whole" : fmt::format("; {} more came in part", partial),
      kept.segments, kept.segments == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> kept_words(const RunResult& result, int cell) {
  std::vector<std::string> all;
  for (const ArmSpec& arm : result.suite.arms) {
    if (!arm.keeps) continue;
    const KeptByArm kept = kept_by_arm(result, cell, arm.name);
    if (kept.segments > 0) all.push_back(words_of(arm.name, kept));
  }
  return all;
}

}  // namespace tracetax
