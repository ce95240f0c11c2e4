// What the suite reader says about suites, for the test that holds the JSON Schema against it: one
// suite per line on stdin, one answer per line on stdout, {"resolved": ...} or {"mistakes": "..."}.
// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include "harness/core/suite/suite_reader.h"

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto suite = tracetax::parse_suite(line, "suite", {});
    auto answer = tracetax::Json::object();
    if (suite) {
      answer["resolved"] = suite->resolved;
    } else {
      answer["mistakes"] = suite.error().message;
    }
    std::cout << answer.dump() << std::endl;
  }
}
