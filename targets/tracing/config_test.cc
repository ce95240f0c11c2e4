// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/config.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using std::chrono::milliseconds;

TracingConfig config_of(const EnvironmentMap& variables) {
  auto config = read_tracing_config(variables);
  EXPECT_TRUE(config) << (config ? "" : config.error().message);
  return config.value_or(TracingConfig{});
}

std::string error_of(const EnvironmentMap& variables) {
  const auto config = read_tracing_config(variables);
  return config ? "" : config.error().message;
}

TEST(TracingConfig, DefaultsAreTheSpecifications) {
  const TracingConfig config = config_of({});
  EXPECT_EQ(config.state, TracerState::export_);
  EXPECT_EQ(config.sampler, "parentbased_always_on");
  EXPECT_FALSE(config.propagators);
  EXPECT_EQ(config.limits, (SpanLimits{128, 128}));
  EXPECT_EQ(config.batch.queue_size, 2048U);
  EXPECT_EQ(config.batch.batch_size, 512U);
  EXPECT_EQ(config.batch.delay, milliseconds(5000));
  EXPECT_EQ(config.batch.export_timeout, milliseconds(30'000));
  EXPECT_EQ(config.otlp.endpoint.host, "localhost");
  EXPECT_EQ(config.otlp.endpoint.port, 4318);
  EXPECT_EQ(config.otlp.endpoint.path, "/v1/traces");
  EXPECT_EQ(config.otlp.timeout, milliseconds(10'000));
  EXPECT_FALSE(config.otlp.gzip);
  EXPECT_TRUE(config.warnings.empty());
}

TEST(TracingConfig, StateComesFromTracetaxStateAndTheTwoOtelSwitches) {
  EXPECT_EQ(config_of({{"TRACETAX_STATE", "absent"}}).state, TracerState::absent);
  EXPECT_EQ(config_of({{"TRACETAX_STATE", "drop"}}).state, TracerState::drop);
  EXPECT_EQ(config_of({{"OTEL_SDK_DISABLED", "TRUE"}}).state, TracerState::noop);
  EXPECT_EQ(config_of({{"OTEL_SDK_DISABLED", "true"}, {"TRACETAX_STATE", "export"}}).state,
            TracerState::noop);
  EXPECT_EQ(config_of({{"OTEL_SDK_DISABLED", "true"}, {"TRACETAX_STATE", "absent"}}).state,
            TracerState::absent);
  EXPECT_EQ(config_of({{"OTEL_TRACES_EXPORTER", "none"}}).state, TracerState::record);
  EXPECT_EQ(config_of({{"OTEL_TRACES_EXPORTER", "none"}, {"TRACETAX_STATE", "drop"}}).state,
            TracerState::drop);
}

TEST(TracingConfig, UnknownStateIsAnErrorWithASuggestion) {
  const auto error = error_of({{"TRACETAX_STATE", "recrod"}});
  EXPECT_NE(error.find("TRACETAX_STATE"), std::string::npos);
  EXPECT_NE(error.find("'record'"), std::string::npos) << error;
}

TEST(TracingConfig, WhatWouldChangeThePathMeasuredIsAnError) {
  EXPECT_EQ(error_of({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http"}}),
            "OTEL_EXPORTER_OTLP_PROTOCOL: protocol 'http' is not supported; use http/protobuf, "
            "http/json or grpc");
  EXPECT_EQ(error_of({{"OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"}}),
            "OTEL_EXPORTER_OTLP_COMPRESSION: compression 'zstd' is not supported, as Go's exporter "
            "has none; use gzip or none");
  EXPECT_NE(error_of({{"OTEL_TRACES_EXPORTER", "otlp,otlp"}}).find("twice"), std::string::npos);
  EXPECT_NE(error_of({{"TRACETAX_PROCESSOR", "simpel"}}).find("'simple'"), std::string::npos);
  EXPECT_NE(error_of({{"OTEL_TRACES_EXPORTER", "zipkin"}}), "");
  EXPECT_NE(error_of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318"}}), "");
}

TEST(TracingConfig, ExporterSettingsDoNotMatterWhenNothingIsExported) {
  EXPECT_EQ(config_of({{"TRACETAX_STATE", "noop"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "http"}}).state,
            TracerState::noop);
}

TEST(TracingConfig, ProtocolGrpcChangesTheDefaultPortAndTheSignalsOwnVariableWins) {
  const auto grpc = config_of({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}});
  EXPECT_EQ(grpc.otlp.protocol, ExportProtocol::grpc);
  EXPECT_EQ(authority_of(grpc.otlp.endpoint), "localhost:4317");
  EXPECT_FALSE(grpc.otlp.endpoint.tls);
  const auto own = config_of({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                              {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"}});
  EXPECT_EQ(own.otlp.protocol, ExportProtocol::http_protobuf);
  EXPECT_EQ(own.otlp.endpoint.port, 4318);
}

TEST(TracingConfig, GrpcEndpointIsSchemeHostAndPort) {
  const EnvironmentMap grpc{{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}};
  const auto with = [&](std::string_view url) {
    EnvironmentMap variables = grpc;
    variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
    return variables;
  };
  EXPECT_EQ(authority_of(config_of(with("http://[::1]:9/")).otlp.endpoint), "[::1]:9");
  EXPECT_TRUE(config_of(with("https://sink")).otlp.endpoint.tls);
  EXPECT_EQ(config_of(with("https://sink")).otlp.endpoint.port, 443);
  EXPECT_NE(error_of(with("http://sink:4317/v1/traces")).find("takes no path"), std::string::npos);
  EXPECT_NE(error_of(with("unix:///x")).find("http://127.0.0.1:4317"), std::string::npos);
}

TEST(TracingConfig, AGrpcEndpointWithoutASchemeHasTlsUnlessInsecure) {
  EnvironmentMap variables{{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                           {"OTEL_EXPORTER_OTLP_ENDPOINT", "sink:4317"}};
  EXPECT_TRUE(config_of(variables).otlp.endpoint.tls);
  EXPECT_EQ(authority_of(config_of(variables).otlp.endpoint), "sink:4317");
  variables["OTEL_EXPORTER_OTLP_INSECURE"] = "true";
  EXPECT_FALSE(config_of(variables).otlp.endpoint.tls);
  EXPECT_TRUE(config_of(variables).warnings.empty());
  variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://sink:4317";  // a scheme wins
  EXPECT_TRUE(config_of(variables).otlp.endpoint.tls);
  EXPECT_EQ(config_of(variables).warnings.size(), 1U);
}

TEST(TracingConfig, ExportersGetProcessorsAndAPool) {
  const auto both =
      config_of({{"OTEL_TRACES_EXPORTER", "otlp, console"}, {"TRACETAX_EXPORTERS", "8"}});
  ASSERT_EQ(both.processors.size(), 2U);
  EXPECT_FALSE(both.processors[0].simple);
  EXPECT_TRUE(both.processors[1].simple);
  EXPECT_EQ(both.exporters, 8U);
  const auto simple = config_of({{"TRACETAX_PROCESSOR", "simple"}, {"TRACETAX_EXPORTERS", "8"}});
  EXPECT_TRUE(simple.processors[0].simple);
  EXPECT_EQ(simple.exporters, 1U);
  EXPECT_EQ(simple.warnings.size(), 1U);
  EXPECT_EQ(config_of({{"TRACETAX_KEEPALIVE", "10000"}}).otlp.keepalive, milliseconds(10'000));
}

TEST(TracingConfig, WhatIsInForceCanBeTold) {
  const auto lines =
      describe_export(config_of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://sink:4318"},
                                 {"OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret"}}));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0],
            "processor batch: queue 2048, at most 512 spans a batch, every 5000ms, an export ends "
            "after 30000ms, 1 at a time");
  EXPECT_EQ(lines[1],
            "otlp: http/protobuf to https://sink:4318/v1/traces, compression none, 10000ms per "
            "attempt, given up after 60000ms, trusts the system's CAs, header x-key");
}
TEST(TracingConfig, GrpcMetadataIsLowerCaseAndMayNotBreakGrpcsRules) {
  const auto config = config_of(
      {{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, {"OTEL_EXPORTER_OTLP_HEADERS", "X-Key=a%20b"}});
  EXPECT_EQ(config.otlp.headers, (KeyValueList{{"x-key", "a b"}}));
  for (const char* list : {"a=%c3%a4", "a b=c", "grpc-timeout=1S"}) {
    const auto bad =
        config_of({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, {"OTEL_EXPORTER_OTLP_HEADERS", list}});
    EXPECT_TRUE(bad.otlp.headers.empty()) << list;
    EXPECT_EQ(bad.warnings.size(), 1U) << list;
  }
}

TEST(TracingConfig, CertificatesAreReadForTlsOnly) {
  const EnvironmentMap tls{{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                           {"OTEL_EXPORTER_OTLP_ENDPOINT", "https://sink:4317"},
                           {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.pem"}};
  EXPECT_NE(error_of(tls).find("OTEL_EXPORTER_OTLP_CERTIFICATE"), std::string::npos);
  EnvironmentMap plain = tls;
  plain["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://sink:4317";
  EXPECT_EQ(
      config_of(plain).warnings,
      std::vector<std::string>{"OTEL_EXPORTER_OTLP_CERTIFICATE: not used, http://sink:4317 is "
                               "without TLS"});
}

TEST(TracingConfig, AClientCertificateNeedsItsOwnKey) {
  const EnvironmentMap half{{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://sink"},
                            {"OTEL_EXPORTER_OTLP_CLIENT_KEY", "/nowhere/key.pem"}};
  EXPECT_EQ(error_of(half),
            "OTEL_EXPORTER_OTLP_CLIENT_KEY: is of no use without "
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE");
}

TEST(TracingConfig, CredentialsInHeadersKeepTheirSigns) {
  for (const char* protocol : {"http/protobuf", "grpc"}) {
    const auto config =
        config_of({{"OTEL_EXPORTER_OTLP_PROTOCOL", protocol},
                   {"OTEL_EXPORTER_OTLP_HEADERS",
                    "authorization=Basic%20dXNlcjpwYSs%2Fc3M=,x-api-key=a+b%2Cc%3Dd%25"}});
    EXPECT_EQ(config.otlp.headers, (KeyValueList{{"authorization", "Basic dXNlcjpwYSs/c3M="},
                                                 {"x-api-key", "a+b,c=d%"}}))
        << protocol;
  }
}

TEST(TracingConfig, UnreadableValuesWarnAndFallBack) {
  const TracingConfig config = config_of({{"OTEL_BSP_MAX_QUEUE_SIZE", "many"},
                                          {"OTEL_BSP_SCHEDULE_DELAY", "-5"},
                                          {"OTEL_TRACES_SAMPLER", "parentbased_alway_on"},
                                          {"OTEL_SDK_DISABLED", "1"},
                                          {"OTEL_SPAN_LINK_COUNT_LIMIT", "many"}});
  EXPECT_EQ(config.state, TracerState::export_);
  EXPECT_EQ(config.batch.queue_size, 2048U);
  EXPECT_EQ(config.batch.delay, milliseconds(5000));
  EXPECT_EQ(config.sampler, "parentbased_always_on");
  EXPECT_EQ(config.limits.links, 128U);
  ASSERT_EQ(config.warnings.size(), 5U);
  EXPECT_EQ(config.warnings[0], "OTEL_SDK_DISABLED: '1' is neither true nor false; using false");
}

TEST(TracingConfig, LimitsAreTheSpansElseTheGeneralOnesAndNegativeIsNone) {
  const SpanLimits general = config_of({{"OTEL_ATTRIBUTE_COUNT_LIMIT", "1"},
                                        {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2"},
                                        {"OTEL_SPAN_EVENT_COUNT_LIMIT", "3"},
                                        {"OTEL_SPAN_LINK_COUNT_LIMIT", "4"},
                                        {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "5"},
                                        {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "-1"}})
                                 .limits;
  EXPECT_EQ(general, (SpanLimits{1, 3, 4, 5, kUnlimited, 2}));
  const SpanLimits own = config_of({{"OTEL_ATTRIBUTE_COUNT_LIMIT", "1"},
                                    {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "7"},
                                    {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2"},
                                    {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "8"}})
                             .limits;
  EXPECT_EQ(own.attributes, 7U);
  EXPECT_EQ(own.value_length, 8U);
  EXPECT_EQ(config_of({}).limits, SpanLimits{});
}

TEST(TracingConfig, PropagatorsAreAListAndAnUnknownOneIsRefused) {
  EXPECT_EQ(config_of({{"OTEL_PROPAGATORS", "b3,baggage"}}).propagators,
            (Propagators{Propagator::b3, Propagator::baggage}));
  EXPECT_EQ(config_of({{"OTEL_PROPAGATORS", "none"}}).propagators, Propagators{});
  EXPECT_EQ(config_of({{"OTEL_PROPAGATORS", ""}}).propagators, std::nullopt);
  EXPECT_TRUE(
      error_of({{"OTEL_PROPAGATORS", "tracecontext,jeager"}})
          .starts_with("OTEL_PROPAGATORS: unknown propagator 'jeager'; did you mean 'jaeger'?"));
}

TEST(TracingConfig, SamplerArgumentIsReadForRatioSamplersOnly) {
  const auto ratio = config_of(
      {{"OTEL_TRACES_SAMPLER", "parentbased_traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "0.25"}});
  EXPECT_EQ(ratio.sampler_argument, "0.25");
  EXPECT_TRUE(ratio.warnings.empty());
  const auto bad =
      config_of({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "nan"}});
  EXPECT_EQ(bad.sampler_argument, "");
  EXPECT_EQ(bad.warnings,
            std::vector<std::string>{"OTEL_TRACES_SAMPLER_ARG: 'nan' is not a number from 0 to 1; "
                                     "going on without it"});
  for (const char* text : {"-0.1", "1.1", "1%", "0.5x"}) {
    const auto read =
        config_of({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", text}});
    EXPECT_EQ(read.warnings.size(), 1U) << text;
  }
  const auto unused =
      config_of({{"OTEL_TRACES_SAMPLER", "always_on"}, {"OTEL_TRACES_SAMPLER_ARG", "nonsense"}});
  EXPECT_TRUE(unused.warnings.empty());
}

// Its settings are ours, and with others something else would be measured.
TEST(TracingConfig, ABadArgumentOfASamplerOfOursIsAnError) {
  const auto read = read_tracing_config(
      {{"OTEL_TRACES_SAMPLER", "jaeger_adaptive"}, {"OTEL_TRACES_SAMPLER_ARG", "interval=1"}});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ExitCode::usage);
  EXPECT_NE(read.error().message.find("jaeger_adaptive: interval: '1'"), std::string::npos)
      << read.error().message;
}

TEST(TracingConfig, BatchNeverExceedsTheQueue) {
  const auto small = config_of({{"OTEL_BSP_MAX_QUEUE_SIZE", "10"}});
  EXPECT_EQ(small.batch.batch_size, 10U);
  EXPECT_TRUE(small.warnings.empty());
  const auto asked =
      config_of({{"OTEL_BSP_MAX_QUEUE_SIZE", "10"}, {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "20"}});
  EXPECT_EQ(asked.batch.batch_size, 10U);
  EXPECT_EQ(asked.warnings.size(), 1U);
}

TEST(TracingConfig, GenericEndpointIsABaseAndTheSignalsOwnIsUsedAsIs) {
  const auto generic = config_of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://sink:9/base/"}});
  EXPECT_EQ(generic.otlp.endpoint.path, "/base/v1/traces");
  EXPECT_EQ(generic.otlp.endpoint.port, 9);
  const auto own = config_of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://other:1"},
                              {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://[::1]:4000"}});
  EXPECT_EQ(own.otlp.endpoint.host, "::1");
  EXPECT_EQ(own.otlp.endpoint.port, 4000);
  EXPECT_EQ(own.otlp.endpoint.path, "/");
}

TEST(TracingConfig, SignalsOwnVariablesWin) {
  const auto config = config_of({{"OTEL_EXPORTER_OTLP_TIMEOUT", "1"},
                                 {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"},
                                 {"OTEL_EXPORTER_OTLP_COMPRESSION", "none"},
                                 {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"},
                                 {"OTEL_EXPORTER_OTLP_HEADERS", "a=b%20c, d = e"}});
  EXPECT_EQ(config.otlp.timeout, milliseconds(250));
  EXPECT_TRUE(config.otlp.gzip);
  EXPECT_EQ(config.otlp.headers, (KeyValueList{{"a", "b c"}, {"d", "e"}}));
}

TEST(TracingConfig, HeadersCannotCarryLineBreaks) {
  const auto config = config_of({{"OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ax:y"}});
  EXPECT_TRUE(config.otlp.headers.empty());
  EXPECT_EQ(config.warnings.size(), 1U);
}

TEST(TracingConfig, ServiceNameBeatsResourceAttributes) {
  const auto named = config_of(
      {{"OTEL_SERVICE_NAME", "users"}, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=x,team=a"}});
  EXPECT_EQ(named.resource[0], (std::pair<std::string, std::string>{"service.name", "users"}));
  EXPECT_EQ(named.resource[1].second, "a");
  const auto unnamed = config_of({{"OTEL_RESOURCE_ATTRIBUTES", "broken"}});
  EXPECT_EQ(unnamed.resource[0].second, "unknown_service:tracetax-target");
  EXPECT_EQ(unnamed.warnings.size(), 1U);
}

TEST(ParseEndpoint, RefusesWhatItCannotReach) {
  for (const char* url : {"", "localhost:4318", "https://", "http://", "http://:80",
                          "http://x:", "http://x:0", "http://x:70000", "http://x:1a", "http://[::1",
                          "http://a b", "http://u@h", "http://[::1]x", "grpc://x"}) {
    EXPECT_FALSE(parse_endpoint(url, ExportProtocol::http_protobuf)) << url;
  }
}

TEST(ParseEndpoint, KeepsThePathAndDefaultsThePort) {
  const auto parse = [](std::string_view url) {
    return parse_endpoint(url, ExportProtocol::http_protobuf);
  };
  EXPECT_EQ(parse("http://h")->port, 80);
  EXPECT_EQ(parse("http://h")->path, "/");
  EXPECT_EQ(parse("http://h:1/a?b=c")->path, "/a?b=c");
}

TEST(ParseKeyValueList, DecodesPercentAndRefusesBrokenMembers) {
  EXPECT_EQ(*parse_key_value_list(""), KeyValueList{});
  EXPECT_EQ(*parse_key_value_list(",a=,"), (KeyValueList{{"a", ""}}));
  EXPECT_EQ(*parse_key_value_list("a=b=c"), (KeyValueList{{"a", "b=c"}}));
  EXPECT_FALSE(parse_key_value_list("a=%4"));
  EXPECT_FALSE(parse_key_value_list("a=%zz"));
  EXPECT_FALSE(parse_key_value_list("=b"));
}

}  // namespace
}  // namespace tracetax
