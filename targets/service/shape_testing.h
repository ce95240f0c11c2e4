// One request through a framework's chain, and its span in comparable form.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "targets/service/build.h"
#include "targets/service/sample_request.h"
#include "targets/service/testing.h"

namespace tracetax {

inline constexpr std::string_view kShapeTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
inline constexpr std::string_view kShapeParent = "00f067aa0ba902b7";

inline Strings keys_and_types(
    const google::protobuf::RepeatedPtrField<otlp::KeyValue>& attributes) {
  Strings all;
  for (const auto& attribute : attributes) {
    const auto& value = attribute.value();
    const char* type = value.has_string_value()   ? ":s"
                       : value.has_int_value()    ? ":i"
                       : value.has_double_value() ? ":d"
                       : value.has_bool_value()   ? ":b"
                                                  : ":?";
    all.push_back(attribute.key() + type);
  }
  return all;
}

inline Strings events_of(const otlp::Span& span) {
  Strings all;
  for (const auto& event : span.events()) {
    std::string text = event.name() + "(";
    for (const std::string& one : keys_and_types(event.attributes())) {
      text += text.ends_with('(') ? one : "," + one;
    }
    all.push_back(text + ")");
  }
  return all;
}

inline std::string to_hex_text(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// A framework whose logs, if it has any, go nowhere.
inline Framework quiet_framework(std::string_view name) {
  Framework framework = find_in_catalog(framework_catalog(), "target", name).value()();
  write_logs_to(-1, framework);
  return framework;
}

class ShapeRig {
 public:
  explicit ShapeRig(std::string_view target, const EnvironmentMap& variables = {})
      : framework_(quiet_framework(target)) {
    if (target.starts_with("kitex")) with_peer_ = "loadgen";
    tracer_ = Tracer::make(read_tracing_config(variables).value(),
                           std::make_unique<KeepingExporter>(spans_))
                  .value();
  }

  [[nodiscard]] const Framework& framework() const { return framework_; }

  /// The span of one request that the framework's users would make.
  otlp::Span only_span() {
    const Chain chain = build_chain(stages_of(framework_), {}, *tracer_);
    SampleRequest request(framework_);
    if (!with_peer_.empty()) request.set_header("service.name", with_peer_);
    Exchange exchange = request.exchange();
    chain.handle(exchange);
    EXPECT_EQ(exchange.status, 200U) << exchange.answer;
    EXPECT_TRUE(tracer_->force_flush(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
    EXPECT_EQ(spans_.size(), 1U);
    return spans_.empty() ? otlp::Span{} : spans_.front();
  }

  /// Its size if the route were /api/v1/users/:id, and through Dapr the path /Echo: what the
  /// predictions were calculated with.
  std::size_t bytes_with_predicted_path() {
    otlp::Span span = only_span();
    const bool through_dapr = framework_.name.starts_with("dapr");
    const auto lengthen = [through_dapr](std::string text) {
      const auto at = text.find("/users/");
      if (through_dapr && at != std::string::npos) return text.replace(at, 9, "/Echo");
      return at == std::string::npos ? text : text.insert(at, "/api/v1");
    };
    span.set_name(lengthen(span.name()));
    for (auto& attribute : *span.mutable_attributes()) {
      auto& value = *attribute.mutable_value();
      if (value.has_string_value()) value.set_string_value(lengthen(value.string_value()));
    }
    return span.ByteSizeLong();
  }

 private:
  Framework framework_;
  std::string with_peer_;  // the caller's name, for frameworks that take it from its metadata
  std::vector<otlp::Span> spans_;
  std::unique_ptr<Tracer> tracer_;
};

}  // namespace tracetax
