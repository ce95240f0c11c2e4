// A chain of hashes, from one thread and from many.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "targets/work/testing.h"

namespace tracetax {
namespace {

// By: (head -c 32 /dev/zero; printf 'batch=1\n') | sha256sum, and the same behind that hash.
TEST(HashChain, HashesTheOneBeforeAndTheRecord) {
  const MadeWork chain = made_work("hash_chain", R"({"record": ["batch"]})");
  ASSERT_EQ(chain.mistakes, "");
  EXPECT_EQ(chain.sets("hash", {{"batch", "1"}}),
            "6d9125e9f584d3082cc4737ace9e8d2ff9815cd180877c657ef096830016fd07");
  EXPECT_EQ(chain.sets("hash", {{"batch", "1"}}),
            "e49252917c16a4fedadab251aa207295bd5642ff47ac0d0c9035e9e1e9f73884");
  chain.expect_invariants();
}

TEST(HashChain, VerifiesAfterRecordsFromManyThreads) {
  const MadeWork chain = made_work("hash_chain", R"({"record": ["batch", "sum"]})");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 250; ++i) chain.run({{"batch", std::to_string(i)}, {"sum", "0"}});
      });
  }
  chain.expect_invariants();
  EXPECT_EQ(chain.work->invariants()[0].saw, "1000 of 1000 records");
}

}  // namespace
}  // namespace tracetax
