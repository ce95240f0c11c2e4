// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/written_request.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>
#include <utility>

#include "harness/core/text/base64.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

// What one request takes beside its texts.
constexpr std::size_t kRequestSize = 512;

std::string basic_authorization(const std::string& user) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(user.data());
  return "Basic " + to_base64({bytes, user.size()});
}

/// Fills one request with one row after the other.
class Filling {
 public:
  explicit Filling(const WrittenScenario& written)
      : data_(written.data ? &*written.data : nullptr),
        user_(written.user ? &*written.user : nullptr),
        keeps_cookies_(written.keeps_cookies) {}

  [[nodiscard]] bool takes_data(const WrittenRequest& request) const {
    return request.path.takes_data() || request.body.takes_data() ||
           (user_ != nullptr && user_->takes_data()) ||
           std::ranges::any_of(request.headers,
                               [](const auto& header) { return header.second.takes_data(); });
  }

  [[nodiscard]] Result<HttpRequest> fill(const WrittenRequest& request, const DataRow* row) {
    HttpRequest out{.method = request.method,
                    .path = {},
                    .headers = {},
                    .body = {},
                    .expected = request.expected};
    std::size_t size = kRequestSize;
    std::optional<Error> error;
    const auto put = [&](const ValueText& text) {
      auto filled = text.filled(data_, row);
      if (!filled && !error) error = filled.error();
      size += filled ? filled->size() : 0;
      return filled ? std::move(*filled) : std::string{};
    };
    out.path = put(request.path);
    for (const auto& [name, value] : request.headers) out.headers.emplace_back(name, put(value));
    if (user_ != nullptr)
      out.headers.emplace_back("Authorization", basic_authorization(put(*user_)));
    out.body = put(request.body);
    if (error) return failure(*error);
    bytes_ += size;
    // Its values cannot make a path wrong, and must not be told.
    std::string path = std::exchange(out.path, request.path.written);
    Status checked = check_http(out);
    out.path = std::move(path);
    if (checked && keeps_cookies_ && has_header(out, "cookie")) {
      checked = failure(ExitCode::usage,
                        "header 'Cookie' is written by tracetax itself where cookies are kept");
    }
    if (!checked) {
      return failure(row == nullptr
                         ? checked.error()
                         : checked.error().within(fmt::format("{}:{}", data_->file, row->line)));
    }
    return out;
  }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  const DataRows* data_;
  const ValueText* user_;
  bool keeps_cookies_;
  std::size_t bytes_ = 0;
};

Error too_large(const DataRows& data, std::size_t done) {
  return {ExitCode::usage,
          fmt::format("{}: {} rows are too many: each request that takes values from it is kept "
                      "once for each row, and {} of them fill the {} that there are",
                      data.file, format_count(data.rows.size()), format_count(done),
                      format_bytes(static_cast<double>(kFilledMax)))};
}

void divide_out(std::vector<std::int64_t>& weights) {
  std::int64_t common = 0;
  for (const std::int64_t weight : weights) common = std::gcd(common, weight);
  for (std::int64_t& weight : weights) weight /= common;
}

std::vector<Turn> turns_of(std::span<const std::size_t> order, std::span<const std::size_t> first,
                           std::span<const std::size_t> rows) {
  std::vector<Turn> turns;
  std::vector<std::uint32_t> came(first.size());
  for (const std::size_t which : order) {
    turns.push_back({static_cast<std::uint32_t>(first[which]),
                     static_cast<std::uint32_t>(rows[which]), 0, came[which]++});
  }
  for (std::size_t i = 0; i < turns.size(); ++i) turns[i].weight = came[order[i]];
  return turns;
}

/// Of each place in the cycle: the turns' or, without any, the requests' own.
void tell_classes(const std::vector<WrittenRequest>& requests, std::span<const std::size_t> order,
                  PreparedScenario& scenario) {
  for (const std::size_t which : order) {
    scenario.classes.push_back(requests[which].of);
    scenario.extra_spans.push_back(requests[which].extra_spans);
  }
  const auto is_zero = [](auto value) { return value == decltype(value){}; };
  if (std::ranges::all_of(scenario.classes, is_zero)) scenario.classes.clear();
  if (std::ranges::all_of(scenario.extra_spans, is_zero)) scenario.extra_spans.clear();
}

}  // namespace

std::vector<std::size_t> listed_order(std::vector<std::int64_t> weights) {
  divide_out(weights);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < weights.size(); ++i)
    order.insert(order.end(), static_cast<std::size_t>(weights[i]), i);
  return order;
}

std::vector<std::size_t> smooth_order(std::vector<std::int64_t> weights) {
  divide_out(weights);
  const auto total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  std::vector<std::int64_t> credit(weights.size());
  std::vector<std::size_t> order;
  for (std::int64_t i = 0; i < total; ++i) {
    std::ranges::transform(credit, weights, credit.begin(), std::plus{});
    const auto richest = std::ranges::max_element(credit);
    *richest -= total;
    order.push_back(static_cast<std::size_t>(richest - credit.begin()));
  }
  return order;
}

bool has_json_type(const std::vector<std::pair<std::string, std::string>>& headers) {
  return std::ranges::any_of(headers, [](const auto& header) {
    std::string text = header.first + ":" + header.second;
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text.starts_with("content-type:") && text.find("json") != std::string::npos;
  });
}

Result<PreparedScenario> prepare_written(const WrittenScenario& written, const ScenarioUse& use) {
  Filling filling(written);
  std::vector<HttpRequest> requests;
  std::vector<std::size_t> first, rows;
  std::vector<std::int64_t> weights;
  for (std::size_t i = 0; i < written.requests.size(); ++i) {
    const WrittenRequest& request = written.requests[i];
    const std::string place = written.requests.size() == 1 ? "" : fmt::format("requests[{}]", i);
    first.push_back(requests.size());
    weights.push_back(request.weight);
    const std::size_t copies = filling.takes_data(request) ? written.data->rows.size() : 1;
    rows.push_back(copies);
    for (std::size_t row = 0; row < copies; ++row) {
      auto filled = filling.fill(request, written.data ? &written.data->rows[row] : nullptr);
      if (!filled) return failure(place.empty() ? filled.error() : filled.error().within(place));
      if (filling.bytes() > kFilledMax && written.data)
        return failure(too_large(*written.data, requests.size()));
      requests.push_back(std::move(*filled));
    }
  }
  auto scenario = prepare_http(requests, written.expectation, written.transport, use);
  if (!scenario) return scenario;
  scenario->keeps_cookies = written.keeps_cookies;
  const std::vector<std::size_t> order =
      written.keeps_cookies ? listed_order(weights) : smooth_order(weights);
  tell_classes(written.requests, order, *scenario);
  // One after the other is what the engine does by itself.
  if (requests.size() != weights.size() || std::ranges::any_of(weights, [&](std::int64_t weight) {
        return weight != weights.front();
      })) {
    scenario->turns = turns_of(order, first, rows);
  }
  return scenario;
}

}  // namespace tracetax
