// What the readers say about suites, or about descriptions of targets, for the test that holds the
// JSON Schema against them: one per line on stdin, one answer per line on stdout, {"resolved": ...}
// of a suite, {"good": true} of a description, or {"mistakes": "..."}.
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <string_view>

#include "harness/core/suite/suite_reader.h"
#include "harness/core/target_description.h"

namespace {

tracetax::Json answer_to(const std::string& line, bool description) {
  auto answer = tracetax::Json::object();
  if (description) {
    const auto told = tracetax::read_target_description(line, "description");
    if (!told) answer["mistakes"] = told.error().message;
    if (told) answer["good"] = true;
    return answer;
  }
  const auto suite = tracetax::parse_suite(line, "suite", {});
  if (!suite) answer["mistakes"] = suite.error().message;
  if (suite) answer["resolved"] = suite->resolved;
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  const bool description = argc > 1 && std::string_view(argv[1]) == "description";
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << answer_to(line, description).dump() << std::endl;
  }
}
