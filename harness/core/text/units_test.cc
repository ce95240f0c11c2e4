// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

Nanos duration(std::string_view text) { return parse_duration(text).value(); }
double rate(std::string_view text) { return parse_rate(text).value(); }
double share(std::string_view text) { return parse_sample_rate(text).value().share(); }
template <typename T>
std::string message(const Result<T>& result) {
  return result.has_value() ? "no error" : result.error().message;
}

TEST(ParseDuration, ReadsEveryUnit) {
  EXPECT_EQ(duration("500ns"), 500ns);
  EXPECT_EQ(duration("250us"), 250us);
  EXPECT_EQ(duration("10ms"), 10ms);
  EXPECT_EQ(duration("1.5s"), 1500ms);
  EXPECT_EQ(duration("2m"), 2min);
  EXPECT_EQ(duration("1h"), 1h);
  EXPECT_EQ(duration("1.5h"), 90min);
}

TEST(ParseDuration, ReadsBothUnicodeMicroSigns) {
  EXPECT_EQ(duration("7\u00b5s"), 7us);
  EXPECT_EQ(duration("7\u03bcs"), 7us);
}

TEST(ParseDuration, ZeroNeedsNoUnitAndEverythingElseDoes) {
  EXPECT_EQ(duration("0"), 0ns);
  EXPECT_EQ(duration("0s"), 0ns);
  EXPECT_EQ(message(parse_duration("5")),
            "'5' is not a duration: write a number with its unit, such as 250us, 10ms or 1.5s");
}

TEST(ParseDuration, TurnsAtTwentyFourHoursAndAtOneNanosecond) {
  EXPECT_EQ(duration("24h"), 24h);
  EXPECT_EQ(duration("86400s"), 24h);
  EXPECT_EQ(message(parse_duration("86400.000000001s")), "'86400.000000001s' is longer than 24h");
  EXPECT_EQ(duration("1ns"), 1ns);
  EXPECT_EQ(duration("0.5ns"), 1ns);
  EXPECT_EQ(message(parse_duration("0.4ns")), "'0.4ns' is shorter than 1ns");
}

TEST(ParseDuration, RefusesWhatIsNotANumberWithAUnit) {
  for (const std::string_view text :
       {"",     " ",     "s",     ".",     ".5s",   "5.s",   "5..1s", "1,5s", "-1s",
        "+1s",  " 5ms",  "5ms ",  "5  ms", "5\tms", "5 ",    "nan",   "nans", "infs",
        "1e3s", "1e400", "0x10s", "5sec",  "5S",    "5msms", "١s",    "5\0s"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_duration(std::string("5s\0", 3)).has_value());
}

TEST(ParseDuration, LongNumbersAreErrorsAndNotOverflows) {
  EXPECT_FALSE(parse_duration(std::string(40, '9').append("h")).has_value());
  EXPECT_FALSE(parse_duration(std::string(1'000'000, '9').append("h")).has_value());
  EXPECT_EQ(duration("0." + std::string(37, '0') + "s"), 0ns);
}

TEST(ParseRate, ReadsEverySpelling) {
  EXPECT_EQ(rate("2k/s"), 2000);
  EXPECT_EQ(rate("2000/s"), 2000);
  EXPECT_EQ(rate("10k"), 10'000);
  EXPECT_EQ(rate("1.5M/s"), 1'500'000);
  EXPECT_EQ(rate("500"), 500);
  EXPECT_EQ(rate("0.5/s"), 0.5);
}

TEST(ParseRate, DecimalSuffixesAreExact) {
  EXPECT_EQ(rate("0.07k"), 70);  // 0.07 * 1000 is 70.00000000000001
  EXPECT_EQ(rate("0.0000011M"), 1.1);
}

TEST(ParseRate, TurnsAtItsBounds) {
  EXPECT_EQ(rate("100M/s"), 1e8);
  EXPECT_FALSE(parse_rate("100.1M/s").has_value());
  EXPECT_EQ(rate("0.001"), 0.001);
  EXPECT_FALSE(parse_rate("0.0009").has_value());
  EXPECT_EQ(message(parse_rate("0")),
            "'0' is out of range: a rate lies between 0.001/s and 100M/s");
}

TEST(ParseRate, RefusesOtherSpellings) {
  for (const std::string_view text :
       {"", "k", "/s", "2K/s", "2m/s", "2/m", "-2k/s", "2k/", "1e3", "inf"}) {
    EXPECT_FALSE(parse_rate(text).has_value()) << text;
  }
}

TEST(ParseOfferedRate, ReadsARateOrAShareOfCapacity) {
  EXPECT_EQ(parse_offered_rate("2k/s").value(), OfferedRate{2000.0});
  EXPECT_EQ(parse_offered_rate("auto:0.5").value(), OfferedRate{CapacityShare{0.5}});
}

TEST(ParseOfferedRate, AShareLiesBetweenZeroAndOneExclusive) {
  for (const std::string_view text :
       {"auto:0", "auto:1", "auto:", "auto:-0.5", "auto:50%", "auto:nan"}) {
    EXPECT_FALSE(parse_offered_rate(text).has_value()) << text;
  }
  EXPECT_TRUE(parse_offered_rate("auto:0.999").has_value());
  EXPECT_EQ(message(parse_offered_rate("auto")),
            "'auto' needs the share of capacity to offer, such as auto:0.5");
}

TEST(ParseOfferedRate, ItsErrorNamesBothForms) {
  EXPECT_EQ(
      message(parse_offered_rate("fast")),
      "'fast' is not a rate: write requests per second, such as 500, 2k/s or 1.5M/s, or a share "
      "of capacity: auto:0.5");
}

TEST(FormatOfferedRate, IsReadBackExactly) {
  for (const std::string_view text :
       {"2000/s", "0.001/s", "1234.5678/s", "100000000/s", "auto:0.5", "auto:0.125"}) {
    EXPECT_EQ(format_offered_rate(parse_offered_rate(text).value()), text);
  }
}

TEST(ParseSampleRate, ReadsPercentagesAndShares) {
  EXPECT_EQ(share("1%"), 0.01);
  EXPECT_EQ(share("0.5%"), 0.005);
  EXPECT_EQ(share("100%"), 1);
  EXPECT_EQ(share("0%"), 0);
  EXPECT_EQ(share("0.01"), 0.01);
  EXPECT_EQ(share("1"), 1);
}

TEST(ParseSampleRate, OutOfRangeSuggestsThePercentage) {
  EXPECT_EQ(message(parse_sample_rate("3")), "'3' is not between 0 and 1; did you mean 3%?");
  EXPECT_EQ(message(parse_sample_rate("100.1%")), "'100.1%' is more than 100%");
  EXPECT_EQ(message(parse_sample_rate("101")), "'101' is more than 100%");
}

TEST(ParseSampleRate, RefusesWhatIsNotAShare) {
  for (const std::string_view text : {"", "%", "-1%", "1%%", "one", "nan", "1e-2", "1٪"}) {
    EXPECT_FALSE(parse_sample_rate(text).has_value()) << text;
  }
}

TEST(SampleRate, MakeRefusesWhatIsOutsideOfZeroToOne) {
  EXPECT_TRUE(SampleRate::make(0).has_value());
  EXPECT_TRUE(SampleRate::make(1).has_value());
  EXPECT_FALSE(SampleRate::make(-0.1).has_value());
  EXPECT_FALSE(SampleRate::make(1.0001).has_value());
  EXPECT_FALSE(SampleRate::make(std::numeric_limits<double>::quiet_NaN()).has_value());
}

TEST(SampleRate, TurnsAtTheLeastThatSamplersTellApart) {
  EXPECT_TRUE(SampleRate::make(1e-17).has_value());
  EXPECT_FALSE(SampleRate::make(0.99e-17).has_value());
}

TEST(FormatSampleRate, WritesTheSpellingOfArmNames) {
  for (const std::string_view text :
       {"0%", "1%", "0.5%", "7%", "29%", "33.3%", "100%", "0.0001%"}) {
    EXPECT_EQ(format_sample_rate(parse_sample_rate(text).value()), text);
  }
}

TEST(FormatSampleRate, IsAlwaysReadBackExactly) {
  EXPECT_EQ(format_sample_rate(SampleRate::make(1.0 / 3).value()), "0.3333333333333333");
  for (double value = 1e-17; value < 1; value *= 1.7) {
    EXPECT_EQ(share(format_sample_rate(SampleRate::make(value).value())), value);
  }
}

TEST(ParseCount, ReadsSuffixesAndKeepsToItsRange) {
  EXPECT_EQ(parse_count("250").value(), 250U);
  EXPECT_EQ(parse_count("10k").value(), 10'000U);
  EXPECT_EQ(parse_count("1.5k").value(), 1500U);
  EXPECT_EQ(parse_count("1M").value(), 1'000'000U);
  EXPECT_EQ(parse_count("1").value(), 1U);
  EXPECT_EQ(parse_count("1000000M").value(), 1'000'000'000'000U);
  EXPECT_FALSE(parse_count("1000001M").has_value());
  EXPECT_EQ(message(parse_count("0")), "'0' is out of range: a count lies between 1 and 1000000M");
  EXPECT_EQ(message(parse_count("1.5")), "'1.5' is not a whole number");
  EXPECT_FALSE(parse_count("99999999999999999999999").has_value());
  EXPECT_FALSE(parse_count("-1").has_value());
}

TEST(ParseBytes, ReadsBinaryUnitsOnly) {
  EXPECT_EQ(parse_bytes("64MiB").value(), 64U << 20);
  EXPECT_EQ(parse_bytes("512KiB").value(), 512U << 10);
  EXPECT_EQ(parse_bytes("1GiB").value(), 1U << 30);
  EXPECT_EQ(parse_bytes("4096").value(), 4096U);
  EXPECT_EQ(parse_bytes("1024GiB").value(), 1ULL << 40);
  EXPECT_FALSE(parse_bytes("1025GiB").has_value());
  EXPECT_FALSE(parse_bytes("64MB").has_value());
  EXPECT_FALSE(parse_bytes("0").has_value());
  EXPECT_FALSE(parse_bytes("0.3B").has_value());
}

TEST(FormatDuration, HasThreeDigitsAndAFittingUnit) {
  EXPECT_EQ(format_duration(812ns), "812 ns");
  EXPECT_EQ(format_duration(18'240ns), "18.2 us");
  EXPECT_EQ(format_duration(1'834us), "1.83 ms");
  EXPECT_EQ(format_duration(2500ms), "2.5 s");
  EXPECT_EQ(format_duration(119s), "119 s");
  EXPECT_EQ(format_duration(150s), "2.5 m");
  EXPECT_EQ(format_duration(24h), "24 h");
  EXPECT_EQ(format_duration(0ns), "0 ns");
}

TEST(FormatDuration, ChoosesTheUnitAfterRounding) {
  EXPECT_EQ(format_nanos(999.4), "999 ns");
  EXPECT_EQ(format_nanos(999.6), "1 us");
  EXPECT_EQ(format_nanos(999'600'000), "1 s");
  EXPECT_EQ(format_nanos(0.5), "0.5 ns");
}

TEST(FormatNanos, SignsAndMissingValuesStayVisible) {
  EXPECT_EQ(format_nanos(-18'240), "-18.2 us");
  EXPECT_EQ(format_nanos(-0.0), "0 ns");
  EXPECT_EQ(format_nanos(-1e-9), "0 ns");
  EXPECT_EQ(format_nanos(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(format_nanos(std::numeric_limits<double>::infinity()), "-");
  EXPECT_EQ(format_nanos(3600e9 * 12345), "12300 h");
}

TEST(FormatDuration, IsReadBackToThreeDigits) {
  for (Nanos value{1}; value < 20h; value = value * 7 / 3 + 1ns) {
    const double again = static_cast<double>(duration(format_duration(value)).count());
    EXPECT_NEAR(again / static_cast<double>(value.count()), 1, 0.005 + 1e-12) << value.count();
  }
}

TEST(FormatDurationExact, IsReadBackExactly) {
  EXPECT_EQ(format_duration_exact(10s), "10s");
  EXPECT_EQ(format_duration_exact(1500ms), "1500ms");
  EXPECT_EQ(format_duration_exact(0ns), "0s");
  EXPECT_EQ(format_duration_exact(24h), "86400s");
  for (Nanos value{1}; value < 20h; value = value * 7 / 3 + 1ns) {
    EXPECT_EQ(duration(format_duration_exact(value)), value);
  }
}

TEST(FormatRate, HasThreeDigitsAndIsReadBack) {
  EXPECT_EQ(format_rate(9214), "9.21 k/s");
  EXPECT_EQ(format_rate(512), "512 /s");
  EXPECT_EQ(format_rate(1'200'000), "1.2 M/s");
  EXPECT_EQ(format_rate(999.9), "1 k/s");
  EXPECT_EQ(rate(format_rate(9214)), 9210);
}

TEST(FormatBytes, HasThreeDigitsAndIsReadBack) {
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(1.25 * 1024 * 1024), "1.25 MiB");
  EXPECT_EQ(format_bytes(3.0 * (1ULL << 40)), "3070 GiB");
  EXPECT_EQ(parse_bytes(format_bytes(1.25 * 1024 * 1024)).value(), 1'310'720U);
}

}  // namespace
}  // namespace tracetax
