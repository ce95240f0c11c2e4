// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/exporter_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <random>
#include <utility>

#include "harness/otlp/proto/otlp_trace.pb.h"
#include "targets/tracing/gzip.h"
#include "targets/tracing/http_client.h"
#include "targets/tracing/otlp_encode.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

bool is_retryable(unsigned status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

class OtlpHttpExporter final : public SpanExporter {
 public:
  OtlpHttpExporter(const TracingConfig& config, std::string scope_name, std::string scope_version)
      : options_(config.otlp),
        encoder_(config.resource, std::move(scope_name), std::move(scope_version)),
        client_(options_.endpoint, options_.headers) {}

  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime deadline) override {
    const std::string* body = &encoder_.encode(batch);
    if (options_.gzip) body = &compressor_.compress(*body);
    const SteadyTime give_up = std::min(deadline, SteadyClock::now() + options_.retry.give_up);
    milliseconds backoff = options_.retry.first;
    while (true) {
      const SteadyTime now = SteadyClock::now();
      const auto answer =
          client_.post(*body, options_.gzip, std::min(give_up, now + options_.timeout));
      std::string problem;
      milliseconds asked_wait{0};
      if (answer) {
        if (answer->status >= 200 && answer->status < 300) return accepted(*answer, batch.size());
        problem = fmt::format("the receiver answered {}", answer->status);
        if (!is_retryable(answer->status)) return lost(batch.size(), problem);
        asked_wait = parse_retry_after(answer->retry_after, std::chrono::system_clock::now());
      } else {
        problem = answer.error().message;
      }
      if (!wait_to_retry(std::max(jittered(backoff), asked_wait), give_up)) {
        return lost(batch.size(), problem);
      }
      backoff = std::min(backoff * 3 / 2, options_.retry.longest);
    }
  }

  void begin_shutdown(SteadyTime deadline) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    client_.limit_to(deadline);
  }

 private:
  // A partial success must not be sent again, so what was rejected is lost.
  ExportResult accepted(const HttpAnswer& answer, std::size_t size) {
    otlp::ExportTraceServiceResponse response;
    std::uint64_t rejected = 0;
    if (!answer.body.empty() && response.ParseFromString(answer.body)) {
      const auto& partial = response.partial_success();
      rejected = std::min<std::uint64_t>(
          static_cast<std::uint64_t>(std::max<std::int64_t>(partial.rejected_spans(), 0)), size);
      if (rejected > 0) say(rejected, size, partial.error_message());
    }
    return {size - rejected, rejected};
  }

  ExportResult lost(std::size_t size, std::string_view problem) {
    say(size, size, problem);
    return {0, size};
  }

  void say(std::uint64_t lost_spans, std::size_t size, std::string_view problem) const {
    fmt::print(stderr, "tracetax-target: {} of {} spans not exported to http://{}:{}{}: {}\n",
               lost_spans, size, options_.endpoint.host, options_.endpoint.port,
               options_.endpoint.path, problem);
  }

  // Half to one and a half of the interval, so that many clients do not come back in step.
  milliseconds jittered(milliseconds interval) {
    std::uniform_real_distribution<double> factor(0.5, 1.5);
    return milliseconds(static_cast<std::int64_t>(static_cast<double>(interval.count()) *
                                                  factor(random_)));
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

  const OtlpOptions options_;
  OtlpEncoder encoder_;
  GzipCompressor compressor_;
  HttpClient client_;
  std::minstd_rand random_{std::random_device{}()};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<SpanExporter> make_otlp_http_exporter(const TracingConfig& config,
                                                      std::string scope_name,
                                                      std::string scope_version) {
  return std::make_unique<OtlpHttpExporter>(config, std::move(scope_name),
                                            std::move(scope_version));
}

milliseconds parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) {
  using std::chrono::seconds;
  const auto capped = [](seconds wait) {
    return milliseconds(std::clamp(wait, seconds(0), seconds(3600)));
  };
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (error == std::errc{} && end == value.data() + value.size()) {
    return capped(seconds(std::clamp<std::int64_t>(count, 0, 3600)));
  }
  std::tm date{};
  const std::string text(value);
  if (strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date) == nullptr) return milliseconds(0);
  const auto at = std::chrono::system_clock::from_time_t(timegm(&date));
  return capped(std::chrono::duration_cast<seconds>(at - now));
}

}  // namespace tracetax
