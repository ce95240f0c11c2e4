// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/target_output.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

class KeptOutput : public ::testing::Test {
 protected:
  KeptOutput() {
    std::filesystem::create_directories(folder_);
    suite_.targets.resize(1);
    suite_.targets.front().name = "hello";
    suite_.arms.resize(1);
    suite_.arms.front().name = "on@100%";
  }
  ~KeptOutput() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string content(const std::string& name) const {
    return read_file(folder_ + "/" + name, 1 << 20).value_or("nothing");
  }

  // Each test is a process of its own, and they run side by side.
  const std::string folder_ = ::testing::TempDir() + "kept-output-" + std::to_string(getpid());
  Suite suite_;
  TargetOutput output_{.target = "hello",
                       .arm = "on@100%",
                       .argv = {"python3", "hello.py", "38765"},
                       .working_dir = "/srv",
                       .environment = {{"OTEL_SDK_DISABLED", "false"}},
                       .text = "Traceback\n  File\nKeyError: 'x'\n",
                       .written = 31,
                       .when = "block 2",
                       .failure = {}};
};

TEST_F(KeptOutput, IsThatOfTheLastLaunchAndOfTheFirstFailure) {
  TargetOutputs outputs(folder_, suite_);
  outputs.keep(output_);
  EXPECT_EQ(outputs.first_failure("hello", "on@100%"), "");
  output_.when = "block 3";
  output_.failure = "it died";
  outputs.keep(output_);
  output_.when = "block 4";
  output_.text.clear();
  outputs.keep(output_);
  EXPECT_EQ(content("target-on@100%.first-failure.log"),
            "# target hello, arm on@100%, block 3: it died\n"
            "# command: python3 hello.py 38765\n"
            "# in the folder: /srv\n"
            "# environment that tracetax set:\n"
            "#   OTEL_SDK_DISABLED=false\n"
            "# it wrote 31 bytes:\n"
            "Traceback\n  File\nKeyError: 'x'\n");
  EXPECT_NE(content("target-on@100%.log").find("block 4"), std::string::npos);
  EXPECT_NE(content("target-on@100%.log").find("these are the last 0"), std::string::npos);
  EXPECT_EQ(outputs.first_failures(),
            std::vector<std::string>{folder_ + "/target-on@100%.first-failure.log"});
}

TEST_F(KeptOutput, OfAnEarlierRunIsRemoved) {
  ASSERT_TRUE(write_file(folder_ + "/target-on@100%.first-failure.log", "old"));
  const TargetOutputs outputs(folder_, suite_);
  EXPECT_EQ(content("target-on@100%.first-failure.log"), "nothing");
}

TEST_F(KeptOutput, OfSeveralTargetsIsNamedAfterThem) {
  suite_.targets.resize(2);
  TargetOutputs outputs(folder_, suite_);
  output_.arm = "a/b";
  outputs.keep(output_);
  EXPECT_NE(content("target-hello-a_b.log"), "nothing");
}

TEST_F(KeptOutput, IsNoneOfWhatWasNotLaunched) {
  TargetOutputs outputs(folder_, suite_);
  outputs.keep({});
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace tracetax
