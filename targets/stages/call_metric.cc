// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/call_metric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 4> kWanted{"rpc.system", "rpc.service", "rpc.method",
                                                  "status.code"};
constexpr std::array<std::string_view, 3> kWantedOfResource{"service.name", "service.namespace",
                                                            "deployment.environment"};

/// Every attribute against every wanted key, as the original does.
void copy_wanted(const Attributes& from, std::span<const std::string_view> wanted, Attributes& to) {
  for (const Attribute& attribute : from) {
    for (const std::string_view key : wanted) {
      if (attribute.key == key) to.push_back(attribute);
    }
  }
}

class CallMetricStage final : public Stage {
 public:
  CallMetricStage(const CallMetricSpec& spec, std::unique_ptr<Instrument> (*make)())
      : spec_(spec), duration_(make()) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    Attributes set;
    if (exchange.span_records) {
      copy_wanted(span_attributes(exchange), kWanted, set);
      copy_wanted(spec_.resource, kWantedOfResource, set);
    }
    normalize_set(set);
    duration_->record(took.count(), set);
  }

  std::string describe() const override {
    return fmt::format("metric: one record with attributes copied from span and resource; {}",
                       duration_->describe());
  }

 private:
  /// The span as the SDK hands it out for reading: a copy of what it holds.
  static Attributes span_attributes(const Exchange& exchange) {
    std::string_view path = exchange.path;
    if (path.starts_with('/')) path.remove_prefix(1);
    const std::size_t slash = path.rfind('/');
    const std::string_view service = slash == std::string_view::npos ? "" : path.substr(0, slash);
    const std::string_view method = slash == std::string_view::npos ? path : path.substr(slash + 1);
    return {{"rpc.system", std::string("kitex")},
            {"rpc.service", std::string(service)},
            {"rpc.method", std::string(method)},
            {"kitex.recv_size", static_cast<std::int64_t>(exchange.body.size())},
            {"kitex.send_size", static_cast<std::int64_t>(exchange.answer.size())},
            {"status.code", static_cast<std::int64_t>(exchange.status)}};
  }

  CallMetricSpec spec_;
  std::unique_ptr<Instrument> duration_;
};

}  // namespace

StagePointer make_stage(const CallMetricSpec& spec,
                        std::unique_ptr<Instrument> (*make_instrument)()) {
  return std::make_unique<CallMetricStage>(spec, make_instrument);
}

}  // namespace tracetax
