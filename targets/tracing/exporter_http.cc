// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/exporter_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>
#include <utility>

#include "harness/core/gzip/gzip.h"
#include "targets/tracing/http_client.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;

bool is_retryable(unsigned status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

class HttpTransport final : public OtlpTransport {
 public:
  explicit HttpTransport(const OtlpOptions& options)
      : endpoint_(options.endpoint), gzip_(options.gzip), client_(endpoint_, options.headers) {}

  OtlpAttempt send(std::string_view payload, SteadyTime deadline) override {
    using enum OtlpAttempt::Outcome;
    const std::string_view body = gzip_ ? std::string_view(compressor_.compress(payload)) : payload;
    auto answer = client_.post(body, gzip_, deadline);
    if (!answer) return {.outcome = retry, .problem = answer.error().message};
    if (answer->status >= 200 && answer->status < 300) {
      return {.outcome = accepted, .body = std::move(answer->body)};
    }
    std::string problem = fmt::format("the receiver answered {}", answer->status);
    if (!is_retryable(answer->status)) return {.outcome = refused, .problem = std::move(problem)};
    return {.outcome = retry,
            .problem = std::move(problem),
            .asked_wait = parse_retry_after(answer->retry_after, std::chrono::system_clock::now())};
  }

  void limit_to(SteadyTime deadline) noexcept override { client_.limit_to(deadline); }

  std::string url() const override {
    return fmt::format("http://{}{}", authority_of(endpoint_), endpoint_.path);
  }

 private:
  const OtlpEndpoint endpoint_;
  const bool gzip_;
  GzipCompressor compressor_;
  HttpClient client_;
};

}  // namespace

std::unique_ptr<OtlpTransport> make_otlp_http_transport(const OtlpOptions& options) {
  return std::make_unique<HttpTransport>(options);
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
