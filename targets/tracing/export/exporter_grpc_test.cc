// The gRPC exporter against a scripted receiver in this process.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/exporter_grpc.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "harness/otlp/proto/otlp_trace.pb.h"
#include "targets/tracing/export/exporters.h"
#include "targets/tracing/export/testing.h"
#include "targets/tracing/proto/rpc_status.pb.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

/// One answer of the receiver's script.
struct Answer {
  grpc::Status status;
  std::string body;     // with OK
  bool silent = false;  // no answer until the client gives up
};
using Script = std::deque<Answer>;

Answer fails(int code) {
  return {grpc::Status(static_cast<grpc::StatusCode>(code), "no"), {}, false};
}
Answer keeps_silent() { return {{}, {}, true}; }

struct Received {
  std::string method;
  std::map<std::string, std::string> metadata;
  std::string bytes;
};

otlp::ExportTraceServiceRequest decoded(const Received& received) {
  otlp::ExportTraceServiceRequest request;
  EXPECT_TRUE(request.ParseFromString(received.bytes));
  return request;
}

/// Gives the scripted answers in turn, then accepts for good. All its calls are one thread's.
class Receiver {
 public:
  explicit Receiver(Script script, bool decompresses = true,
                    const std::shared_ptr<grpc::ServerCredentials>& credentials =
                        grpc::InsecureServerCredentials())
      : script_(std::move(script)) {
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, decompresses ? 1 : 0);
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.RegisterAsyncGenericService(&service_);
    queue_ = builder.AddCompletionQueue();
    server_ = builder.BuildAndStart();
    thread_ = std::jthread([this] { serve(); });
  }
  ~Receiver() {
    server_->Shutdown(std::chrono::system_clock::now());
    queue_->Shutdown();
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  [[nodiscard]] std::vector<Received> received() {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  void wait_for_calls(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, seconds(20), [&] { return received_.size() >= count; }));
  }

 private:
  struct Call {
    enum class State { waiting, reading, finishing };
    State state = State::waiting;
    grpc::GenericServerContext context;
    grpc::GenericServerAsyncReaderWriter stream{&context};
    grpc::ByteBuffer message;
  };

  void serve() {
    std::deque<Call> calls;  // until the end: a silent one has no other
    const auto await = [&] {
      Call& call = calls.emplace_back();
      service_.RequestCall(&call.context, &call.stream, queue_.get(), queue_.get(), &call);
    };
    await();
    void* tag = nullptr;
    bool ok = false;
    while (queue_->Next(&tag, &ok)) {
      if (!ok) continue;
      Call& call = *static_cast<Call*>(tag);
      switch (call.state) {
        case Call::State::waiting:
          await();
          call.state = Call::State::reading;
          call.stream.Read(&call.message, &call);
          break;
        case Call::State::reading:
          call.state = Call::State::finishing;
          answer(call);
          break;
        case Call::State::finishing:
          break;
      }
    }
  }

  void answer(Call& call) {
    Received received{call.context.method(), {}, {}};
    for (const auto& [key, value] : call.context.client_metadata()) {
      received.metadata[{key.data(), key.size()}] = {value.data(), value.size()};
    }
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(call.message.Dump(&slices).ok());
    for (const grpc::Slice& slice : slices) {
      received.bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    const Answer next = take(std::move(received));
    if (next.silent) return;
    if (!next.status.ok()) return call.stream.Finish(next.status, &call);
    const grpc::Slice slice(next.body);
    call.stream.WriteAndFinish(grpc::ByteBuffer(&slice, 1), {}, grpc::Status::OK, &call);
  }

  Answer take(Received received) {
    const std::lock_guard lock(mutex_);
    received_.push_back(std::move(received));
    came_.notify_all();
    if (script_.empty()) return {};
    Answer answer = std::move(script_.front());
    script_.pop_front();
    return answer;
  }

  std::mutex mutex_;
  std::condition_variable came_;
  Script script_;
  std::vector<Received> received_;
  int port_ = 0;
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  std::jthread thread_;
};

TracingConfig config_for(std::uint16_t port) {
  TracingConfig config;
  config.otlp.protocol = ExportProtocol::grpc;
  config.otlp.endpoint = {"127.0.0.1", port, "/", false};
  config.otlp.retry = {milliseconds(1), milliseconds(2), minutes(1)};
  return config;
}

std::vector<SpanPointer> spans(std::size_t count) {
  std::vector<SpanPointer> batch;
  for (std::size_t i = 0; i < count; ++i) batch.push_back(std::make_unique<SpanData>());
  return batch;
}

ExportResult send(const TracingConfig& config, std::size_t count) {
  const auto batch = spans(count);
  return make_otlp_exporter(config, "scope", "1")
      ->export_spans(batch, SteadyClock::now() + seconds(30));
}

grpc::Status with_retry_info(grpc::StatusCode code, milliseconds delay) {
  rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  info.mutable_retry_delay()->set_nanos(static_cast<int>(delay.count() % 1000) * 1'000'000);
  rpc::Status details;
  auto* detail = details.add_details();
  detail->set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  detail->set_value(info.SerializeAsString());
  return {code, "busy", details.SerializeAsString()};
}

TEST(OtlpGrpcExporter, DeliversTheBatchToTheExportMethodWithTheHeaders) {
  Receiver receiver(Script{});
  TracingConfig config = config_for(receiver.port());
  config.otlp.headers = {{"x-key", "a b"}};
  EXPECT_EQ(send(config, 3).exported, 3U);
  const auto calls = receiver.received();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].method, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
  EXPECT_EQ(decoded(calls[0]).resource_spans(0).scope_spans(0).spans_size(), 3);
  EXPECT_EQ(calls[0].metadata.at("x-key"), "a b");
}

TEST(OtlpGrpcExporter, GzipMakesTheMessageSmallerAndKeepsIt) {
  Receiver raw(Script{}, false);
  Receiver receiver(Script{});
  for (Receiver* to : {&raw, &receiver}) {
    TracingConfig config = config_for(to->port());
    config.otlp.gzip = true;
    EXPECT_EQ(send(config, 100).exported, 100U);
  }
  EXPECT_EQ(raw.received().at(0).bytes.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(decoded(receiver.received().at(0)).resource_spans(0).scope_spans(0).spans_size(), 100);
}

class RetriedCodes : public testing::TestWithParam<int> {};
TEST_P(RetriedCodes, ComeAgainAndArrive) {
  Receiver receiver(Script{fails(GetParam()), fails(GetParam())});
  EXPECT_EQ(send(config_for(receiver.port()), 2).exported, 2U);
  EXPECT_EQ(receiver.received().size(), 3U);
}
INSTANTIATE_TEST_SUITE_P(OtlpGrpcExporter, RetriedCodes, testing::Values(1, 4, 10, 11, 14, 15));

class LostCodes : public testing::TestWithParam<int> {};
TEST_P(LostCodes, AreNotSentAgain) {
  Receiver receiver(Script{fails(GetParam())});
  EXPECT_EQ(send(config_for(receiver.port()), 2).failed, 2U);
  EXPECT_EQ(receiver.received().size(), 1U);
}
INSTANTIATE_TEST_SUITE_P(OtlpGrpcExporter, LostCodes,
                         testing::Values(2, 3, 5, 6, 7, 8, 9, 12, 13, 16));

TEST(OtlpGrpcExporter, ExhaustedIsRetriedWithRetryInfoAfterTheDelayItAsksFor) {
  constexpr auto kDelay = milliseconds(60);
  Receiver receiver(
      Script{{with_retry_info(grpc::StatusCode::RESOURCE_EXHAUSTED, kDelay), {}, false}});
  const auto before = SteadyClock::now();
  EXPECT_EQ(send(config_for(receiver.port()), 2).exported, 2U);
  EXPECT_GE(SteadyClock::now() - before,
            kDelay);  // a lower bound holds however slow the machine is
  EXPECT_EQ(receiver.received().size(), 2U);
}

TEST(OtlpGrpcExporter, PartialSuccessIsNotSentAgainAndTheRejectedAreLost) {
  otlp::ExportTraceServiceResponse response;
  response.mutable_partial_success()->set_rejected_spans(3);
  response.mutable_partial_success()->set_error_message("full");
  Receiver receiver(Script{{{}, response.SerializeAsString(), false}});
  const ExportResult result = send(config_for(receiver.port()), 10);
  EXPECT_EQ(result.exported, 7U);
  EXPECT_EQ(result.failed, 3U);
  EXPECT_EQ(receiver.received().size(), 1U);
}

TEST(OtlpGrpcExporter, AnAttemptWithoutAnswerEndsAtItsTimeoutAndIsRetried) {
  Receiver receiver(Script{keeps_silent()});
  TracingConfig config = config_for(receiver.port());
  config.otlp.timeout = milliseconds(200);
  EXPECT_EQ(send(config, 1).exported, 1U);
  EXPECT_EQ(receiver.received().size(), 2U);
}

std::shared_ptr<grpc::ServerCredentials> server_tls(const std::string& certificate,
                                                    const std::string& client_ca = "") {
  grpc::SslServerCredentialsOptions tls(
      client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                        : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = client_ca;
  tls.pem_key_cert_pairs.push_back({TestCertificates::shared().server_key, certificate});
  return grpc::SslServerCredentials(tls);
}

TracingConfig tls_config_for(std::uint16_t port) {
  TracingConfig config = config_for(port);
  config.otlp.endpoint.tls = true;
  config.otlp.root_certificates = TestCertificates::shared().ca;
  config.otlp.retry = {milliseconds(100), milliseconds(200), seconds(3)};
  return config;
}

/// The result, and what was told on standard error.
std::pair<ExportResult, std::string> send_and_hear(const TracingConfig& config) {
  testing::internal::CaptureStderr();
  ExportResult result = send(config, 2);
  return {std::move(result), testing::internal::GetCapturedStderr()};
}

TEST(OtlpGrpcExporter, TlsNeedsACertificateThatIsTrustedAndInDate) {
  const auto& own = TestCertificates::shared();
  Receiver receiver(Script{}, true, server_tls(own.server));
  TracingConfig config = tls_config_for(receiver.port());
  config.otlp.retry.give_up = seconds(20);
  EXPECT_EQ(send(config, 2).exported, 2U);
  config = tls_config_for(receiver.port());
  config.otlp.root_certificates = TestCertificates().ca;  // another one
  const auto [result, told] = send_and_hear(config);
  EXPECT_EQ(result.failed, 2U);
  EXPECT_EQ(result.error, "UNAVAILABLE");
  EXPECT_NE(told.find("certificate verify failed"), std::string::npos) << told;
  EXPECT_EQ(std::ranges::count(told, '\n'), 1) << told;
  EXPECT_EQ(receiver.received().size(), 1U);
  Receiver old(Script{}, true, server_tls(own.expired));
  EXPECT_EQ(send(tls_config_for(old.port()), 2).failed, 2U);
}

TEST(OtlpGrpcExporter, MutualTlsNeedsTheClientsCertificate) {
  const auto& own = TestCertificates::shared();
  Receiver receiver(Script{}, true, server_tls(own.server, own.ca));
  TracingConfig config = tls_config_for(receiver.port());
  const auto [result, told] = send_and_hear(config);
  EXPECT_EQ(result.failed, 2U);
  EXPECT_NE(told.find("CLIENT_CERTIFICATE"), std::string::npos) << told;
  config.otlp.client_certificate = own.client;
  config.otlp.client_key = own.client_key;
  config.otlp.retry.give_up = seconds(20);
  EXPECT_EQ(send(config, 2).exported, 2U);
  EXPECT_EQ(receiver.received().size(), 1U);
}

TEST(OtlpGrpcExporter, AnAnswerThatIsNotOtlpLosesTheBatch) {
  Receiver receiver(Script{{{}, "<html>", false}});
  EXPECT_EQ(send(config_for(receiver.port()), 2).error, "not_otlp");
}

TEST(OtlpGrpcExporter, RefusedConnectionsAreTriedAgainWithoutGrpcsOwnBackoff) {
  TracingConfig config = config_for(1);  // nobody listens on port 1
  config.otlp.retry.give_up = milliseconds(50);
  EXPECT_EQ(send(config, 4).failed, 4U);
}

// The receiver keeps silent and the timeout of the attempt is far: only the limit can end the call.
TEST(OtlpGrpcExporter, ShutdownEndsARunningAttemptAtItsDeadline) {
  Receiver receiver(Script{keeps_silent()});
  TracingConfig config = config_for(receiver.port());
  config.otlp.timeout = minutes(20);
  const auto exporter = make_otlp_exporter(config, "s", "1");
  ExportResult result;
  {
    const std::jthread exporting([&] {
      const auto batch = spans(2);
      result = exporter->export_spans(batch, SteadyClock::now() + minutes(20));
    });
    receiver.wait_for_calls(1);
    exporter->begin_shutdown(SteadyClock::now() + milliseconds(50));
  }
  EXPECT_EQ(result.failed, 2U);
}

// Without the cut the first backoff alone would take ten minutes at least.
TEST(OtlpGrpcExporter, ShutdownMakesTheRetryComeAtOnceAndBeTheLast) {
  Receiver receiver(Script{fails(grpc::StatusCode::UNAVAILABLE)});
  TracingConfig config = config_for(receiver.port());
  config.otlp.retry = {minutes(20), minutes(20), minutes(200)};
  const auto exporter = make_otlp_exporter(config, "s", "1");
  ExportResult result;
  {
    const std::jthread exporting([&] {
      const auto batch = spans(2);
      result = exporter->export_spans(batch, SteadyClock::now() + minutes(200));
    });
    receiver.wait_for_calls(1);
    // Meanwhile the answer is on its way; whether the shutdown or the answer is first is the same.
    exporter->begin_shutdown(SteadyClock::now() + seconds(20));
  }
  EXPECT_EQ(receiver.received().size() == 2 ? result.exported : result.failed, 2U);
}

TEST(RetryDelay, IsReadFromTheDetailsAndCapped) {
  const auto code = grpc::StatusCode::UNAVAILABLE;
  EXPECT_EQ(retry_delay(with_retry_info(code, milliseconds(2500))), milliseconds(2500));
  EXPECT_EQ(retry_delay(with_retry_info(code, std::chrono::hours(30))), std::chrono::hours(1));
  EXPECT_EQ(retry_delay(with_retry_info(code, -seconds(5))), milliseconds(0));
  EXPECT_EQ(retry_delay(grpc::Status(code, "no")), std::nullopt);
  EXPECT_EQ(retry_delay(grpc::Status(code, "no", "\xff\xff")), std::nullopt);
}

}  // namespace
}  // namespace tracetax
