// Weights, values of data, environment and files, and what of them may be seen.
// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/written_request.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "harness/core/text/text_file.h"
#include "scenarios/http/http.h"

namespace tracetax {
namespace {

class WrittenScenarios : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir();
    write("users.csv", "id,name\n1,Ada\n2,\"Grace/Hopper \"\"x\"\"\"\n3,Bo\n");
    setenv("TRACETAX_TEST_TOKEN", "s3cret", 1);
  }

  void write(const std::string& name, std::string_view text) {
    ASSERT_TRUE(write_file((folder_ + "/" + name), text));
  }
  [[nodiscard]] Result<PreparedScenario> prepare(const char* options) const {
    return prepare_http_scenario({"s", "http", Json::parse(options), folder_},
                                 {{"127.0.0.1", 80}, ContextFormats{}});
  }
  [[nodiscard]] PreparedScenario good(const char* options) const {
    auto scenario = prepare(options);
    EXPECT_TRUE(scenario) << scenario.error().message;
    return scenario ? std::move(*scenario) : PreparedScenario{};
  }
  [[nodiscard]] std::string mistake(const char* options) const {
    const auto scenario = prepare(options);
    EXPECT_FALSE(scenario) << options;
    return scenario ? "" : scenario.error().message;
  }
  [[nodiscard]] static std::string first_line(const PreparedScenario& scenario, std::uint64_t k) {
    const std::string& bytes =
        scenario.requests[scenario.index_of(k, scenario.requests.size())].bytes;
    return bytes.substr(0, bytes.find(" HTTP/1.1"));
  }

  std::string folder_;
};

TEST(SmoothOrder, HasExactSharesAndSpreadsThem) {
  EXPECT_EQ(smooth_order({1}), (std::vector<std::size_t>{0}));
  EXPECT_EQ(smooth_order({5, 1, 1}), (std::vector<std::size_t>{0, 0, 1, 0, 2, 0, 0}));
  EXPECT_EQ(smooth_order({300, 100}), (std::vector<std::size_t>{0, 0, 1, 0}));
  EXPECT_EQ(listed_order({2, 6}), (std::vector<std::size_t>{0, 1, 1, 1}));
}

TEST_F(WrittenScenarios, KeepTheirWeightsOverEveryCycle) {
  const PreparedScenario scenario = good(
      R"({"requests": [{"path": "/a", "weight": 3}, {"path": "/b"}, {"path": "/c", "weight": 2}]})");
  ASSERT_EQ(scenario.requests.size(), 3U);
  for (const std::uint64_t from : {0U, 6U, 6'000'000U}) {
    std::map<std::string, int> came;
    for (std::uint64_t k = from; k < from + 6; ++k) ++came[first_line(scenario, k)];
    EXPECT_EQ(came, (std::map<std::string, int>{{"GET /a", 3}, {"GET /b", 1}, {"GET /c", 2}}));
  }
}

TEST_F(WrittenScenarios, GoThroughTheRowsOfTheirData) {
  const PreparedScenario scenario = good(
      R"({"data": "users.csv", "requests": [{"path": "/u/${id}", "weight": 2}, {"path": "/list"}, {"path": "/n?q=${name}"}]})");
  EXPECT_EQ(scenario.requests.size(), 7U) << "once a row, only where values are taken";
  std::map<std::string, int> came;
  for (std::uint64_t k = 0; k < 12; ++k) ++came[first_line(scenario, k)];
  EXPECT_EQ(came, (std::map<std::string, int>{{"GET /u/1", 2},
                                              {"GET /u/2", 2},
                                              {"GET /u/3", 2},
                                              {"GET /list", 3},
                                              {"GET /n?q=Ada", 1},
                                              {"GET /n?q=Grace%2FHopper%20%22x%22", 1},
                                              {"GET /n?q=Bo", 1}}));
  EXPECT_EQ(first_line(scenario, 0), "GET /u/1");
}

TEST_F(WrittenScenarios, EscapeValuesAsTheirPlaceAsks) {
  const PreparedScenario json = good(
      R"({"data": "users.csv", "path": "/", "body": {"n": "${name}"}, "headers": {"X-Name": "<${name}>"}})");
  const std::string& bytes = json.requests[1].bytes;
  EXPECT_NE(bytes.find("\r\nX-Name: <Grace/Hopper \"x\">\r\n"), std::string::npos) << bytes;
  EXPECT_TRUE(bytes.ends_with("Content-Length: 26\r\n\r\n{\"n\":\"Grace/Hopper \\\"x\\\"\"}"))
      << bytes;
  EXPECT_TRUE(good(R"({"data": "users.csv", "path": "/", "body": "n=${name} $${name}"})")
                  .requests[1]
                  .bytes.ends_with("\r\n\r\nn=Grace/Hopper \"x\" ${name}"));
  EXPECT_TRUE(
      good(
          R"({"data": "users.csv", "path": "/", "body": "[${id}, \"${name}\"]", "headers": {"content-type": "application/json"}})")
          .requests[1]
          .bytes.ends_with("\r\n\r\n[2, \"Grace/Hopper \\\"x\\\"\"]"));
}

TEST_F(WrittenScenarios, TakeSecretsFromEnvironmentAndFiles) {
  write("token.txt", "from-file\r\n");
  const PreparedScenario scenario = good(
      R"({"path": "/${env:TRACETAX_TEST_TOKEN}", "user": "ada:${env:TRACETAX_TEST_TOKEN}", "headers": {"X": "${file:token.txt}"}})");
  const std::string& bytes = scenario.requests[0].bytes;
  EXPECT_NE(bytes.find("GET /s3cret "), std::string::npos) << bytes;
  EXPECT_NE(bytes.find("\r\nX: from-file\r\n"), std::string::npos) << bytes;
  EXPECT_NE(bytes.find("\r\nAuthorization: Basic YWRhOnMzY3JldA==\r\n"), std::string::npos);
}

TEST_F(WrittenScenarios, NeverTellAValueInAnError) {
  write("broken.txt", "s3cret\nsecond line\n");
  for (const char* wrong : {R"({"path": "/", "headers": {"X": "${file:broken.txt}"}})",
                            R"({"path": "/", "headers": {"A b": "${env:TRACETAX_TEST_TOKEN}"}})",
                            R"({"path": "x${env:TRACETAX_TEST_TOKEN}"})"}) {
    EXPECT_EQ(mistake(wrong).find("s3cret"), std::string::npos) << mistake(wrong);
  }
}

TEST_F(WrittenScenarios, SayWhatNothingStandsFor) {
  EXPECT_NE(mistake(R"({"path": "/${id}"})")
                .find("s.path: ${id}: nothing stands for it, for there is no \"data\""),
            std::string::npos);
  EXPECT_NE(mistake(R"({"data": "users.csv", "path": "/${ids}"})").find("did you mean 'id'"),
            std::string::npos);
  EXPECT_NE(mistake(R"({"path": "/", "headers": {"A": "${env:TRACETAX_NOT_SET}"}})")
                .find("the environment has no variable 'TRACETAX_NOT_SET'"),
            std::string::npos);
  EXPECT_NE(mistake(R"({"path": "/", "headers": {"A": "${file:nowhere"}})").find("is not closed"),
            std::string::npos);
  EXPECT_NE(mistake(R"({"data": "nowhere.csv", "path": "/${id}"})").find("nowhere.csv"),
            std::string::npos);
  write("empty.csv", "");
  EXPECT_NE(mistake(R"({"data": "empty.csv", "path": "/${id}"})").find("empty.csv: has no rows"),
            std::string::npos);
  write("holes.jsonl", "{\"id\": 1}\n{\"name\": \"x\"}\n");
  EXPECT_NE(mistake(R"({"data": "holes.jsonl", "path": "/${id}"})")
                .find("holes.jsonl:2: has no field 'id'"),
            std::string::npos);
  EXPECT_NE(mistake(R"({"requests": [{"path": "/", "weight": 0}]})").find("weight"),
            std::string::npos);
}

TEST_F(WrittenScenarios, AreBoundedInMemory) {
  std::string many = "id\n";
  for (int i = 0; i < 150'000; ++i) many += "1\n";
  write("many.csv", many);
  const std::string message = mistake(R"({"data": "many.csv", "path": "/${id}"})");
  EXPECT_NE(message.find("many.csv: 150,000 rows are too many"), std::string::npos) << message;
  EXPECT_TRUE(prepare(R"({"data": "many.csv", "path": "/"})"));
}

TEST_F(WrittenScenarios, LeaveTheCookieHeaderToWhoKeepsCookies) {
  EXPECT_TRUE(good(R"({"path": "/", "cookies": true})").keeps_cookies);
  EXPECT_FALSE(good(R"({"path": "/", "headers": {"Cookie": "a=1"}})").keeps_cookies);
  EXPECT_NE(mistake(R"({"path": "/", "cookies": true, "headers": {"cookie": "a=1"}})")
                .find("where cookies are kept"),
            std::string::npos);
}

}  // namespace
}  // namespace tracetax
