// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/exporter_grpc.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "targets/tracing/grpc_code.h"
#include "targets/tracing/proto/rpc_status.pb.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;

constexpr const char* kExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
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

 private:
  void open_channel() {
    grpc::ChannelArguments arguments;
    arguments.SetUserAgentPrefix("tracetax-otlp/0.1.0");
    if (options_.keepalive.count() > 0) {  // while no call is running, too
      arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(options_.keepalive.count()));
      arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
      arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
      arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    }
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // Or a new channel would share the failed connection, and its backoff, with the old one.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
    if (options_.endpoint.tls) {
      grpc::SslCredentialsOptions tls;
      tls.pem_root_certs = options_.root_certificates;
      tls.pem_cert_chain = options_.client_certificate;
      tls.pem_private_key = options_.client_key;
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

  OtlpAttempt attempt_of(const grpc::Status& status, const grpc::ByteBuffer& reply) const {
    using enum OtlpAttempt::Outcome;
    if (status.ok()) return attempt_of_body(text_of(reply), /*json=*/false);
    std::string error(grpc_code_name(status.error_code()));
    std::string problem =
        fmt::format("the call ended with {}: {}{}", error, status.error_message(), hint(status));
    if (!is_retryable(status)) {
      return {.outcome = refused, .problem = std::move(problem), .error = std::move(error)};
    }
    return {.outcome = retry,
            .problem = std::move(problem),
            .error = std::move(error),
            .asked_wait = retry_delay(status).value_or(milliseconds(0))};
  }

  std::string_view hint(const grpc::Status& status) const {
    if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
      return "; does it want a header (OTEL_EXPORTER_OTLP_HEADERS)?";
    }
    const std::string message = status.error_message();
    const bool is_cut = status.error_code() == grpc::StatusCode::UNAVAILABLE &&
                        message.find("certificate") == std::string::npos &&
                        message.find("refused") == std::string::npos;
    if (is_cut && options_.endpoint.tls && options_.client_certificate.empty()) {
      return "; does it want a client certificate (OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and "
             "CLIENT_KEY), and does it speak TLS?";
    }
    return "";
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
  // grpc++ would log every handshake that fails; what is to be told is in the status.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
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
