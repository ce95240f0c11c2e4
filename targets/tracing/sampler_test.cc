// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/sampler.h"

#include <gtest/gtest.h>

#include <cmath>

#include "targets/tracing/ids.h"

namespace tracetax {
namespace {

TraceId id_with_low_half(std::uint64_t low) {
  TraceId id;
  id.bytes[0] = 1;
  for (int i = 0; i < 8; ++i) {
    id.bytes[static_cast<std::size_t>(8 + i)] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return id;
}

SampleRate rate(double share) { return SampleRate::make(share).value(); }

bool keeps(const Sampler& sampler, const TraceId& id,
           std::optional<TraceContext> parent = std::nullopt) {
  return sampler.decide({parent, id}).decision == SamplingDecision::record_and_sample;
}

TraceContext parent_of(const TraceId& id, std::uint8_t flags) {
  TraceContext parent;
  parent.trace_id = id;
  parent.span_id.bytes[0] = 1;
  parent.flags = flags;
  return parent;
}

// Go: keep if BE64(id[8:16]) >> 1 < ratio * 2^63. A quarter of 2^63 is 2^61, so the id's low half
// turns at 2^62.
TEST(TraceIdRatio, TurnsExactlyAtGosThreshold) {
  const auto quarter = make_trace_id_ratio(rate(0.25));
  EXPECT_TRUE(keeps(*quarter, id_with_low_half(0)));
  EXPECT_TRUE(keeps(*quarter, id_with_low_half((1ULL << 62) - 1)));
  EXPECT_FALSE(keeps(*quarter, id_with_low_half(1ULL << 62)));
  EXPECT_FALSE(keeps(*quarter, id_with_low_half(~0ULL)));
}

TEST(TraceIdRatio, GoldenVectorsOfOnePercent) {
  const auto percent = make_trace_id_ratio(rate(0.01));
  // The double nearest to 0.01, times 2^63, is 92233720368547760; doubled, it is the first low half
  // lost.
  EXPECT_TRUE(keeps(*percent, id_with_low_half(184467440737095519ULL)));
  EXPECT_FALSE(keeps(*percent, id_with_low_half(184467440737095520ULL)));
  EXPECT_FALSE(keeps(*percent, *trace_id_from_hex("4bf92f3577b34da6a3ce929d0e0e4736")));
  EXPECT_TRUE(keeps(*percent, *trace_id_from_hex("4bf92f3577b34da6001122334455aabb")));
}

TEST(TraceIdRatio, IgnoresTheFirstHalfOfTheId) {
  const auto half = make_trace_id_ratio(rate(0.5));
  EXPECT_TRUE(keeps(*half, *trace_id_from_hex("ffffffffffffffff7fffffffffffffff")));
  EXPECT_FALSE(keeps(*half, *trace_id_from_hex("00000000000000008000000000000000")));
}

TEST(TraceIdRatio, ZeroAndOneAreExact) {
  EXPECT_FALSE(keeps(*make_trace_id_ratio(rate(0)), id_with_low_half(0)));
  EXPECT_TRUE(keeps(*make_trace_id_ratio(rate(1)), id_with_low_half(~0ULL)));
}

TEST(TraceIdRatio, LongRunShareOfRandomIdsIsTheRatio) {
  const auto tenth = make_trace_id_ratio(rate(0.1));
  constexpr int kIds = 200'000;
  int kept = 0;
  for (int i = 0; i < kIds; ++i) kept += keeps(*tenth, random_trace_id()) ? 1 : 0;
  const double sigma = std::sqrt(kIds * 0.1 * 0.9);
  EXPECT_NEAR(kept, kIds * 0.1, 6 * sigma);
}

// Java keeps the low halves next to 2^64 too, which are negative numbers there; Go does not.
TEST(TraceIdRatio, TheRuleOfAnotherSdkIsASetting) {
  const auto make = find_in_catalog(sampler_catalog(), "sampler", "traceidratio").value();
  const auto java = make("0.25,rule=java").value();
  EXPECT_TRUE(keeps(*java, id_with_low_half(~0ULL)));
  EXPECT_FALSE(keeps(*make("0.25,rule=go").value(), id_with_low_half(~0ULL)));
  EXPECT_EQ(java->describe(), "TraceIDRatioBased{0.25,rule=java}");
  EXPECT_NE(make("0.25,rule=pyton").error().message.find("python"), std::string::npos);
}

TEST(ParentBased, FollowsTheParentAndAsksTheRootSamplerForRoots) {
  const TraceId id = random_trace_id();
  const auto off = make_parent_based(make_always_off());
  const auto on = make_parent_based(make_always_on());
  EXPECT_TRUE(keeps(*off, id, parent_of(id, 0x01)));
  EXPECT_TRUE(keeps(*off, id, parent_of(id, 0x03)));
  EXPECT_FALSE(keeps(*on, id, parent_of(id, 0x00)));
  EXPECT_FALSE(keeps(*on, id, parent_of(id, 0x02)));
  EXPECT_FALSE(keeps(*off, id));
  EXPECT_TRUE(keeps(*on, id));
}

TEST(TraceIdRatio, DoesNotAskTheParent) {
  const TraceId lost = id_with_low_half(~0ULL);
  EXPECT_FALSE(keeps(*make_trace_id_ratio(rate(0.5)), lost, parent_of(lost, 0x01)));
}

TEST(SamplerCatalog, MakesEverySamplerThatOtelNames) {
  const TraceId lost = id_with_low_half(~0ULL);
  int found = 0;
  for (const auto& entry : sampler_catalog()) {
    if (!entry.name.ends_with("always_on") && !entry.name.ends_with("always_off") &&
        !entry.name.ends_with("traceidratio")) {
      continue;
    }
    ++found;
    const auto sampler = entry.make("0.5").value();
    const bool always_on = entry.name.ends_with("always_on");
    EXPECT_EQ(keeps(*sampler, lost), always_on) << entry.name;
    EXPECT_EQ(keeps(*sampler, lost, parent_of(lost, 0x01)),
              always_on || entry.name.starts_with("parentbased"))
        << entry.name;
  }
  EXPECT_EQ(found, 6);
}

TEST(SamplerCatalog, EverySamplerDoesWithoutAnArgument) {
  for (const auto& entry : sampler_catalog()) EXPECT_TRUE(entry.make("")) << entry.name;
  EXPECT_FALSE(
      find_in_catalog(sampler_catalog(), "sampler", "traceidratio").value()("a half").has_value());
}

TEST(Sampler, DescribesItself) {
  EXPECT_EQ(make_parent_based(make_trace_id_ratio(rate(0.1)))->describe(),
            "ParentBased{root:TraceIDRatioBased{0.1}}");
}

}  // namespace
}  // namespace tracetax
