// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/exporter_grpc.h"

#include <fmt/format.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "targets/tracing/grpc_code.h"
#include "targets/tracing/proto/rpc_status.pb.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;

constexpr const char* kExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
// Servers of grpc-go close connections that are pinged more often than this.
constexpr int kKeepaliveMs = 5 * 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 20 * 1000;

std::chrono::system_clock::time_point wall_time(SteadyTime time) {
  return std::chrono::system_clock::now() +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(
             time - std::chrono::steady_clock::now());
}

std::string text_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

class GrpcTransport final : public OtlpTransport {
 public:
  explicit GrpcTransport(const OtlpOptions& options) : options_(options) { open_channel(); }

  ~GrpcTransport() override {
    limit_.Cancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  OtlpAttempt send(std::string_view payload, SteadyTime deadline) override {
    // A channel that failed would refuse at once until its own backoff is over; ours is what
    // counts.
    if (channel_->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE) open_channel();
    grpc::ClientContext context;
    context.set_deadline(wall_time(deadline));
    if (options_.gzip) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    for (const auto& [key, value] : options_.headers) context.AddMetadata(key, value);
    const grpc::Slice slice(payload.data(), payload.size());
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer reply;
    grpc::Status status;
    const auto call = stub_->PrepareUnaryCall(&context, kExport, request, &queue_);
    call->StartCall();
    call->Finish(&reply, &status, &status);
    wait_for(&status, context);
    return attempt_of(status, reply);
  }

  void limit_to(SteadyTime deadline) noexcept override {
    if (!limited_.exchange(true)) limit_.Set(&queue_, wall_time(deadline), &limit_);
  }

  std::string url() const override {
    return fmt::format("{}://{}", options_.endpoint.tls ? "https" : "http",
                       authority_of(options_.endpoint));
  }

 private:
  void open_channel() {
    grpc::ChannelArguments arguments;
    arguments.SetUserAgentPrefix("tracetax-otlp/0.1.0");
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // Or a new channel would share the failed connection, and its backoff, with the old one.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
    if (options_.endpoint.tls) {
      grpc::SslCredentialsOptions tls;
      tls.pem_root_certs = options_.root_certificates;
      credentials = grpc::SslCredentials(tls);
    }
    stub_.reset();
    channel_ = grpc::CreateCustomChannel(authority_of(options_.endpoint), credentials, arguments);
    stub_ = std::make_unique<grpc::GenericStub>(channel_);
  }

  // The other event that can come is the limit, which ends the call; its status comes then.
  void wait_for(const void* call_tag, grpc::ClientContext& context) {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok) && tag != call_tag) context.TryCancel();
  }

  static OtlpAttempt attempt_of(const grpc::Status& status, const grpc::ByteBuffer& reply) {
    using enum OtlpAttempt::Outcome;
    if (status.ok()) return {.outcome = accepted, .body = text_of(reply)};
    std::string problem = fmt::format("the call ended with {}: {}",
                                      grpc_code_name(status.error_code()), status.error_message());
    if (!is_retryable(status)) return {.outcome = refused, .problem = std::move(problem)};
    return {.outcome = retry,
            .problem = std::move(problem),
            .asked_wait = retry_delay(status).value_or(milliseconds(0))};
  }

  const OtlpOptions options_;
  grpc::CompletionQueue queue_;
  grpc::Alarm limit_;
  std::atomic<bool> limited_{false};
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::GenericStub> stub_;
};

}  // namespace

std::unique_ptr<OtlpTransport> make_otlp_grpc_transport(const OtlpOptions& options) {
  return std::make_unique<GrpcTransport>(options);
}

std::optional<milliseconds> retry_delay(const grpc::Status& status) {
  rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& detail : details.details()) {
    // "type.googleapis.com/google.rpc.RetryInfo"; what is before the slash is up to the sender.
    const std::string_view type(detail.type_url());
    rpc::RetryInfo info;
    if (type.substr(type.rfind('/') + 1) != "google.rpc.RetryInfo") continue;
    if (!info.ParseFromString(detail.value())) continue;
    constexpr std::int64_t kLongestSeconds = 3600;
    const auto seconds = std::clamp<std::int64_t>(info.retry_delay().seconds(), 0, kLongestSeconds);
    const auto nanos = std::clamp(info.retry_delay().nanos(), 0, 999'999'999);
    return milliseconds(seconds * 1000 + nanos / 1'000'000);
  }
  return std::nullopt;
}

bool is_retryable(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return true;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return retry_delay(status).has_value();
    default:
      return false;
  }
}

}  // namespace tracetax
