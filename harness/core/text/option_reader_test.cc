// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/option_reader.h"

#include <gtest/gtest.h>

#include "harness/core/text/units.h"

namespace tracetax {
namespace {

CommandLine some_command() {
  return {
      .program = "tool do",
      .purpose = "Does it.",
      .usage = "WHAT",
      .positionals = {"what"},
      .groups = {{"Options",
                  {{"o,out", "folder", one_value("DIR")},
                   {"times", "how often", one_value("N", "3")},
                   {"set", "change it", many_values("KEY=VALUE")}}},
                 {"Options", {{"q,quiet", "nothing else"}, {"wait", "how long", one_value()}}}}};
}

Result<OptionReader> parse(std::vector<const char*> arguments) {
  return OptionReader::parse(some_command(), arguments);
}

TEST(OptionReader, TellsWhatWasGivenFromWhatIsMeant) {
  const auto reader = parse({"--out=a", "x", "-q", "--set", "a=1,2", "--out", "a", "--set=c", "y"});
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->text("what"), "x");
  EXPECT_EQ(reader->texts("rest"), std::vector<std::string>{"y"});
  EXPECT_EQ(reader->text("out"), "a");
  EXPECT_EQ(reader->texts("set"), (std::vector<std::string>{"a=1,2", "c"}));
  EXPECT_TRUE(reader->given("quiet"));
  EXPECT_FALSE(reader->given("times"));
  EXPECT_EQ(reader->text("times"), "3");
  EXPECT_FALSE(reader->given("wait"));
  EXPECT_EQ(reader->text("wait"), "");
  EXPECT_FALSE(reader->given("of another command"));
}

TEST(OptionReader, UnknownOptionsAndMissingValuesAreErrors) {
  EXPECT_EQ(parse({"--tims", "4"}).error().message,
            "unknown option '--tims'; did you mean '--times'?");
  EXPECT_EQ(parse({"--elsewhere"}).error().message, "unknown option '--elsewhere'; see --help");
  EXPECT_EQ(parse({"--out"}).error().code, ExitCode::usage);
}

TEST(OptionReader, NoValueIsPassedOver) {
  const auto wrong = [](std::vector<const char*> arguments) {
    const auto reader = parse(std::move(arguments));
    return reader ? "" : reader.error().message;
  };
  EXPECT_EQ(wrong({"--times", "4", "-o", "a", "--times=5", "--out=b", "--times=6"}),
            "--out: stands twice, with 'a' and 'b'; it takes one value\n"
            "--times: stands twice, with '4' and '5'; it takes one value");
  EXPECT_EQ(wrong({"--times=4", "--times=4", "-q", "-q"}), "");
  EXPECT_EQ(wrong({"--quiet=false"}), "--quiet: takes no value; leave it out to say no");
  EXPECT_EQ(parse({"--set=a=1", "--set=a=2"})->texts("set").size(), 2U);
}

TEST(OptionReader, MistakesAreToldTogetherAndSpoilNothing) {
  auto reader = parse({"--times", "0", "--wait", "soon"});
  ASSERT_TRUE(reader);
  EXPECT_FALSE(reader->mistakes());
  int times = 7;
  std::optional<Nanos> wait;
  reader->read("times", times, whole(1, 9));
  reader->read("wait", wait, parse_duration);
  reader->mistake("WHAT", "is missing");
  EXPECT_EQ(times, 7);
  EXPECT_FALSE(wait);
  const auto wrong = reader->mistakes();
  ASSERT_TRUE(wrong);
  EXPECT_TRUE(
      wrong->message.starts_with("--times: '0' is not a whole number from 1 to 9\n--wait: "))
      << wrong->message;
  EXPECT_TRUE(wrong->message.ends_with("\nWHAT: is missing"));
}

TEST(OptionReader, NeighboursWithOneTitleAreOneGroupOfTheHelp) {
  EXPECT_EQ(help_text(some_command()),
            "Does it.\nUsage: tool do [OPTION...] WHAT\nOptions:\n"
            "  -o, --out DIR    folder\n"
            "  --times N        how often (default: 3)\n"
            "  --set KEY=VALUE  change it\n"
            "  -q, --quiet      nothing else\n"
            "  --wait VALUE     how long\n");
}

}  // namespace
}  // namespace tracetax
