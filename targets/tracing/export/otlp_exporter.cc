// The exporter of OTLP: encodes, sends over its transport, tries again, tells what is lost.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "targets/tracing/export/exporter_grpc.h"
#include "targets/tracing/export/exporter_http.h"
#include "targets/tracing/export/exporters.h"
#include "targets/tracing/export/otlp_encode.h"
#include "targets/tracing/export/otlp_transport.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

class OtlpExporter final : public SpanExporter {
 public:
  OtlpExporter(const TracingConfig& config, std::string scope_name, std::string scope_version,
               std::unique_ptr<OtlpTransport> transport)
      : protocol_(config.otlp.protocol),
        retry_(config.otlp.retry),
        timeout_(config.otlp.timeout),
        url_(url_of(config.otlp)),
        encoder_(config.resource, std::move(scope_name), std::move(scope_version)),
        transport_(std::move(transport)) {}

  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime deadline) override {
    const std::string& payload = protocol_ == ExportProtocol::http_json
                                     ? encoder_.encode_json(batch)
                                     : encoder_.encode(batch);
    const SteadyTime give_up = std::min(deadline, SteadyClock::now() + retry_.give_up);
    milliseconds backoff = retry_.first;
    std::optional<OtlpAttempt> earlier;
    while (true) {
      OtlpAttempt attempt =
          transport_->send(payload, std::min(give_up, SteadyClock::now() + timeout_));
      switch (attempt.outcome) {
        case OtlpAttempt::Outcome::accepted:
          return accepted(attempt, batch.size());
        case OtlpAttempt::Outcome::refused:
          return lost(batch.size(), attempt);
        case OtlpAttempt::Outcome::retry:
          break;
      }
      // The last attempt may end because there is no time left. That is not why spans are lost.
      if (earlier && SteadyClock::now() >= give_up) return lost(batch.size(), *earlier);
      if (!wait_to_retry(std::max(jittered(backoff), attempt.asked_wait), give_up)) {
        return lost(batch.size(), attempt);
      }
      earlier = std::move(attempt);
      backoff = std::min(backoff * 3 / 2, retry_.longest);
    }
  }

  void begin_shutdown(SteadyTime deadline) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    transport_->limit_to(deadline);
  }

  std::string_view type() const noexcept override {
    switch (protocol_) {
      case ExportProtocol::grpc:
        return "otlp_grpc_span_exporter";
      case ExportProtocol::http_json:
        return "otlp_http_json_span_exporter";
      case ExportProtocol::http_protobuf:
        break;
    }
    return "otlp_http_span_exporter";
  }

 private:
  // A partial success must not be sent again, so what was rejected is lost.
  ExportResult accepted(const OtlpAttempt& attempt, std::size_t size) const {
    const auto rejected = std::min<std::uint64_t>(attempt.rejected, size);
    if (rejected > 0) {
      say(rejected, size, fmt::format("rejected by the receiver: {}", attempt.problem));
    } else if (!attempt.problem.empty()) {
      fmt::print(stderr, "tracetax-target: warning: {} took {} spans and says: {}\n", url_, size,
                 attempt.problem);
    }
    return {size - rejected, rejected, rejected > 0 ? "rejected" : ""};
  }

  ExportResult lost(std::size_t size, const OtlpAttempt& attempt) const {
    say(size, size, attempt.problem);
    return {0, size, attempt.error};
  }

  void say(std::uint64_t lost_spans, std::size_t size, std::string_view problem) const {
    fmt::print(stderr, "tracetax-target: {} of {} spans not exported to {}: {}\n", lost_spans, size,
               url_, problem);
  }

  // Half to one and a half of the interval, so that many clients do not come back in step.
  milliseconds jittered(milliseconds interval) {
    std::uniform_real_distribution<double> factor(0.5, 1.5);
    return milliseconds(
        static_cast<std::int64_t>(static_cast<double>(interval.count()) * factor(random_)));
  }

  // True when it is time for another attempt; false when there is none to come. A shutdown ends the
  // waiting: the attempt comes at once, and it is the last one.
  bool wait_to_retry(milliseconds wait, SteadyTime give_up) {
    std::unique_lock lock(mutex_);
    if (stopping_) return false;
    const SteadyTime until = SteadyClock::now() + wait;
    if (until > give_up) return false;
    wake_.wait_until(lock, until, [&] { return stopping_; });
    return true;
  }

  const ExportProtocol protocol_;
  const RetryOptions retry_;
  const milliseconds timeout_;
  const std::string url_;
  OtlpEncoder encoder_;
  const std::unique_ptr<OtlpTransport> transport_;
  std::minstd_rand random_{std::random_device{}()};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<SpanExporter> make_otlp_exporter(const TracingConfig& config,
                                                 std::string scope_name,
                                                 std::string scope_version) {
  auto transport = config.otlp.protocol == ExportProtocol::grpc
                       ? make_otlp_grpc_transport(config.otlp)
                       : make_otlp_http_transport(config.otlp);
  return std::make_unique<OtlpExporter>(config, std::move(scope_name), std::move(scope_version),
                                        std::move(transport));
}

}  // namespace tracetax
