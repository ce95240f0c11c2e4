// What the tests of frameworks share: an exporter that keeps the spans, and a gRPC service that
// runs in this process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "harness/otlp/proto/otlp_trace.pb.h"
#include "targets/service/service.h"
#include "targets/stages/proto/bench.grpc.pb.h"
#include "targets/tracing/export/otlp_encode.h"

namespace tracetax {

using Strings = std::vector<std::string>;

class KeepingExporter final : public SpanExporter {
 public:
  explicit KeepingExporter(std::vector<otlp::Span>& kept) : kept_(kept) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    OtlpEncoder encoder({}, "", "");
    otlp::ExportTraceServiceRequest request;
    EXPECT_TRUE(request.ParseFromString(encoder.encode(batch)));
    for (const auto& span : request.resource_spans(0).scope_spans(0).spans()) kept_.push_back(span);
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}

 private:
  std::vector<otlp::Span>& kept_;
};

/// "key=value" of every attribute, in order.
inline Strings attributes_of(const otlp::Span& span) {
  Strings all;
  for (const auto& attribute : span.attributes()) {
    const auto& value = attribute.value();
    all.push_back(
        attribute.key() + "=" +
        (value.has_int_value() ? std::to_string(value.int_value()) : value.string_value()));
  }
  return all;
}

/// "(none)" when there is no such attribute.
inline std::string attribute_of(const otlp::Span& span, std::string_view key) {
  for (const std::string& pair : attributes_of(span)) {
    if (pair.starts_with(std::string(key) + "=")) return pair.substr(key.size() + 1);
  }
  return "(none)";
}

/// A service that runs until stop(), which also collects its spans.
class RunningService {
 public:
  explicit RunningService(std::string_view name, const ServiceOptions& options = {},
                          const EnvironmentMap& variables = {}) {
    const Framework framework = find_in_catalog(framework_catalog(), "target", name).value()();
    const auto config = read_tracing_config(variables);
    tracer_ = Tracer::make(config.value(), std::make_unique<KeepingExporter>(spans_)).value();
    service_ = make_service(framework, options, *tracer_);
    server_ = service_->listen({.host = "127.0.0.1", .port = 0, .threads = 2}).value();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port()),
                                   grpc::InsecureChannelCredentials());
    thread_ = std::jthread([this] { server_->run(); });
  }
  ~RunningService() { stop(); }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  [[nodiscard]] std::unique_ptr<bench::v1::Bench::Stub> stub() const {
    return bench::v1::Bench::NewStub(channel_);
  }
  [[nodiscard]] SpanCounts counts() const { return tracer_->counts(); }

  /// The spans, in the order in which they ended.
  const std::vector<otlp::Span>& stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
    tracer_->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(20));
    return spans_;
  }

  grpc::Status echo(const std::string& text, const char* traceparent = nullptr) {
    grpc::ClientContext context;
    if (traceparent != nullptr) context.AddMetadata("traceparent", traceparent);
    bench::v1::EchoRequest request;
    request.set_text(text);
    bench::v1::EchoReply reply;
    grpc::Status status = stub()->Echo(&context, request, &reply);
    if (status.ok()) {
      EXPECT_EQ(reply.text(), text);
    }
    return status;
  }

 private:
  std::vector<otlp::Span> spans_;
  std::unique_ptr<Tracer> tracer_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::jthread thread_;
};

}  // namespace tracetax
