// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/exporter_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>
#include <utility>

#include "harness/core/gzip/gzip.h"
#include "targets/tracing/export/http_client.h"
#include "targets/tracing/proto/rpc_status.pb.h"

namespace tracetax {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kJson = "application/json";

bool is_retryable(unsigned status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

/// The first line of what the receiver wrote to explain itself, or the message of its rpc.Status.
std::string explanation_of(const HttpAnswer& answer) {
  std::string text = answer.body;
  rpc::Status status;
  if (answer.content_type == kProtobuf && status.ParseFromString(answer.body)) {
    text = status.message();
  }
  text = text.substr(0, std::min<std::size_t>(text.find_first_of("\r\n"), 200));
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return text.empty() ? "" : ": " + text;
}

std::string_view hint_of(unsigned status) {
  if (status == 401 || status == 403)
    return "; does it want a header (OTEL_EXPORTER_OTLP_HEADERS)?";
  if (status == 404) return "; is it OTLP's path (/v1/traces)?";
  return "";
}

class HttpTransport final : public OtlpTransport {
 public:
  explicit HttpTransport(const OtlpOptions& options)
      : gzip_(options.gzip),
        client_(options, options.protocol == ExportProtocol::http_json ? kJson : kProtobuf) {}

  OtlpAttempt send(std::string_view payload, SteadyTime deadline) override {
    using enum OtlpAttempt::Outcome;
    const std::string_view body = gzip_ ? std::string_view(compressor_.compress(payload)) : payload;
    auto answer = client_.post(body, gzip_, deadline);
    if (!answer) {
      HttpProblem& problem = answer.error();
      return {.outcome = problem.can_pass ? retry : refused,
              .problem = std::move(problem.text),
              .error = std::move(problem.error)};
    }
    if (answer->status >= 200 && answer->status < 300) return attempt_of_success(*answer);
    std::string problem = fmt::format("the receiver answered {}{}{}", answer->status,
                                      explanation_of(*answer), hint_of(answer->status));
    return {.outcome = is_retryable(answer->status) ? retry : refused,
            .problem = std::move(problem),
            .error = std::to_string(answer->status),
            .asked_wait = parse_retry_after(answer->retry_after, std::chrono::system_clock::now())};
  }

  void limit_to(SteadyTime deadline) noexcept override { client_.limit_to(deadline); }

 private:
  // Of other types Go's exporter takes the status for the whole answer. A page for people is the
  // exception here: whoever sends that is no receiver.
  static OtlpAttempt attempt_of_success(const HttpAnswer& answer) {
    const std::string_view type = answer.content_type;
    if (type.empty() || type == kProtobuf || type == "text/html") {
      return attempt_of_body(answer.body, /*json=*/false);
    }
    if (type == kJson) return attempt_of_body(answer.body, /*json=*/true);
    return {.outcome = OtlpAttempt::Outcome::accepted};
  }

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
