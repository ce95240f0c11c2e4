// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/faults/faults.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(Faults, TheCatalogIsInTheOrderOfTheEnumerators) {
  for (std::size_t i = 0; i < tracing_fault_catalog().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(tracing_fault_catalog()[i].make), i);
    EXPECT_EQ(name_of(tracing_fault_catalog()[i].make), tracing_fault_catalog()[i].name);
  }
  EXPECT_EQ(tracing_fault_catalog().back().make, TracingFault::ctx_shadow);
}

TEST(Faults, NamesMakeASetAndAWrongOneIsToldWithTheRightOne) {
  const auto faults = tracing_faults_of({"leak", "unended"});
  ASSERT_TRUE(faults);
  for (const auto& entry : tracing_fault_catalog()) {
    EXPECT_EQ(faults->has(entry.make), entry.name == "leak" || entry.name == "unended");
  }
  EXPECT_FALSE(tracing_faults_of({})->any());
  const auto wrong = tracing_faults_of({"leak", "no_shutdwn"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ExitCode::usage);
  EXPECT_NE(wrong.error().message.find("'no_shutdown'"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
