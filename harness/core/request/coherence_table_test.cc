// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/coherence_table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace tracetax {
namespace {

TEST(CoherenceTable, FitsATerminalAndSaysTheShares) {
  const std::string text = coherence_table(SampleRate::make(0.01).value());
  std::istringstream lines(text);
  std::string go;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
    if (line.starts_with("go ")) go = line;
  }
  std::istringstream cells(go);
  std::vector<std::string> words;
  for (std::string word; cells >> word;) words.push_back(word);
  EXPECT_EQ(words, (std::vector<std::string>{"go", "100", "50", "100", "1", "1", "1", "0.78125"}));
}

}  // namespace
}  // namespace tracetax
