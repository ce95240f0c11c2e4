// SPDX-License-Identifier: Apache-2.0
#include "harness/core/manual/completion.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

std::vector<CommandEntry> commands() {
  return {{"run",
           "measure",
           {.program = "tool run",
            .purpose = "Runs.",
            .usage = "SUITE",
            .positionals = {"suite"},
            .groups = {{"Options",
                        {{"o,out", "folder", one_value("DIR")},
                         {"color", "when", one_of("WHEN", {"always", "never"}, "never")},
                         {"log", "a log", many_values("FILE")},
                         {"q,quiet", "nothing else"}}}}}},
          {"look",
           "see",
           {.program = "tool look", .purpose = "Looks.", .usage = "-- COMMAND", .groups = {}}}};
}

/// The offered words, then what the shell finds, as one text.
std::string offered(std::vector<std::string> words) {
  const auto all = commands();
  const Completion found = complete(all, words);
  std::string text;
  for (const auto& [word, help] : found.words) text += word + " ";
  if (!found.names.empty()) text += "<" + std::string(found.names) + ">";
  if (found.files) text += "@files";
  if (found.folders) text += "@folders";
  if (found.programs) text += "@programs";
  return text;
}

TEST(Completion, TheFirstWordIsACommand) {
  EXPECT_EQ(offered({""}), "run look --help --version ");
  EXPECT_EQ(offered({}), "run look --help --version ");
  EXPECT_EQ(offered({"walk", ""}), "");
}

TEST(Completion, WhatStandsBeforeDecides) {
  EXPECT_EQ(offered({"run", ""}), "<suites>@files");
  EXPECT_EQ(offered({"run", "-q", ""}), "<suites>@files");
  EXPECT_EQ(offered({"run", "--out", ""}), "@folders");
  EXPECT_EQ(offered({"run", "-o", "x", ""}), "<suites>@files");
  EXPECT_EQ(offered({"run", "quick", ""}), "");
  EXPECT_EQ(offered({"run", "quick", "--log", ""}), "@files");
  EXPECT_EQ(offered({"run", "-"}), "--out --color --log --quiet ");
}

TEST(Completion, AValueStandsBehindAnEqualsSignToo) {
  EXPECT_EQ(offered({"run", "--color", ""}), "always never ");
  EXPECT_EQ(offered({"run", "--color=a"}), "always never ");
  EXPECT_EQ(offered({"run", "--color", "="}), "always never ");       // bash
  EXPECT_EQ(offered({"run", "--color", "=", "a"}), "always never ");  // bash
  EXPECT_EQ(offered({"run", "--quiet=a"}), "");
}

TEST(Completion, BehindTwoDashesStandsACommandLine) {
  EXPECT_EQ(offered({"look", "--", ""}), "@files@programs");
  EXPECT_EQ(offered({"look", "--", "node", ""}), "@files");
}

TEST(Completion, ThreeShellsHaveAScript) {
  for (const std::string& shell : completion_shells())
    EXPECT_NE(completion_script(shell).value().find("completion --words"), std::string::npos);
  EXPECT_EQ(completion_script("fisch").error().message,
            "unknown shell 'fisch'; did you mean 'fish'? known: bash, zsh, fish");
}

}  // namespace
}  // namespace tracetax
