// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/variables.h"

#include <gtest/gtest.h>

#include <set>

#include "targets/tracing/config.h"

namespace tracetax {
namespace {

std::vector<std::string> warnings_of(const EnvironmentMap& variables) {
  const auto config = read_tracing_config(variables);
  EXPECT_TRUE(config) << (config ? "" : config.error().message);
  return config ? config->warnings : std::vector<std::string>{};
}

// What the code asks for, in all the ways that lead past other variables, is what the table says.
TEST(Variables, TheTableHasWhatIsReadAndNothingElse) {
  std::set<std::string> asked;
  for (const char* protocol : {"http/protobuf", "grpc"}) {
    const EnvironmentMap variables{{"OTEL_EXPORTER_OTLP_PROTOCOL", protocol},
                                   {"OTEL_EXPORTER_OTLP_ENDPOINT", "https://sink"}};
    EnvReader env(variables);
    ASSERT_TRUE(read_tracing_config(variables, env));
    asked.insert(env.asked().begin(), env.asked().end());
  }
  asked.insert("OTEL_SEMCONV_STABILITY_OPT_IN");  // read in main.cc
  std::set<std::string> listed;
  for (const Variable& variable : sdk_variables()) {
    if (variable.use != VariableUse::read) continue;
    for (const std::string& name : names_of(variable)) listed.insert(name);
  }
  EXPECT_EQ(asked, listed);
}

TEST(Variables, AnUnknownOneIsNamedWithASuggestion) {
  EXPECT_EQ(
      warnings_of({{"OTEL_EXPORTER_OTLP_HEADRES", "a=b"}}),
      std::vector<std::string>{"OTEL_EXPORTER_OTLP_HEADRES: no such variable, ignored; did you "
                               "mean 'OTEL_EXPORTER_OTLP_HEADERS'?"});
  EXPECT_EQ(warnings_of({{"OTEL_QQ", "1"}}),
            std::vector<std::string>{"OTEL_QQ: this SDK knows no such variable; ignored"});
  EXPECT_EQ(warnings_of({{"TRACETAX_EXPORTER", "4"}}).size(), 1U);
  EXPECT_EQ(warnings_of({{"TRACETAX_BIN", "x"}, {"OTEL_QQ", " "}, {"PATH", "x"}}).size(), 0U);
}

TEST(Variables, ThoseOfOtherSignalsAndSdksWarnUnlessTheyAreOff) {
  EXPECT_EQ(warnings_of({{"OTEL_METRICS_EXPORTER", "none"}, {"OTEL_LOGS_EXPORTER", "none"}}).size(),
            0U);
  EXPECT_EQ(
      warnings_of({{"OTEL_METRICS_EXPORTER", "otlp"}}),
      std::vector<std::string>{"OTEL_METRICS_EXPORTER: not supported and ignored: metrics; none "
                               "are made here"});
  EXPECT_EQ(warnings_of({{"OTEL_JAVAAGENT_DEBUG", "true"}}).size(), 1U);
}

TEST(Variables, WhatWouldMeasureSomethingElseIsRefused) {
  const auto config = read_tracing_config({{"OTEL_CONFIG_FILE", "otel.yaml"}});
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find("OTEL_CONFIG_FILE"), std::string::npos);
  EXPECT_TRUE(read_tracing_config({{"OTEL_CONFIG_FILE", "x"}, {"TRACETAX_STATE", "absent"}}));
}

}  // namespace
}  // namespace tracetax
