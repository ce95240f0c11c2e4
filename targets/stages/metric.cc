// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metric.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "targets/stages/http_attributes.h"

namespace tracetax {
namespace {

class NoopInstrument final : public Instrument {
 public:
  void record(double, const Attributes&) override {}
};

constexpr std::array kSetAttributes{
    HttpAttribute::request_method, HttpAttribute::url_scheme,       HttpAttribute::server_address,
    HttpAttribute::server_port,    HttpAttribute::protocol_version, HttpAttribute::status_code,
    HttpAttribute::route};

class MetricStage final : public Stage {
 public:
  explicit MetricStage(std::unique_ptr<Instrument> (*make)())
      : request_size_(make()), answer_size_(make()), duration_(make()) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    Attributes set;
    set.reserve(kSetAttributes.size());
    for (const HttpAttribute attribute : kSetAttributes) append_attribute(attribute, exchange, set);
    normalize_set(set);
    request_size_->record(static_cast<double>(exchange.body.size()), set);
    answer_size_->record(static_cast<double>(exchange.answer.size()), set);
    duration_->record(took.count(), set);
  }

  std::string describe() const override {
    return "metric: one attribute set, three records, no-op meter";
  }

 private:
  std::unique_ptr<Instrument> request_size_;
  std::unique_ptr<Instrument> answer_size_;
  std::unique_ptr<Instrument> duration_;
};

}  // namespace

std::unique_ptr<Instrument> make_noop_instrument() { return std::make_unique<NoopInstrument>(); }

void normalize_set(Attributes& attributes) {
  std::ranges::stable_sort(attributes, {}, &Attribute::key);
  // Backwards, so that of equal keys the one set last stays.
  const auto kept = std::unique(attributes.rbegin(), attributes.rend(),
                                [](const auto& a, const auto& b) { return a.key == b.key; });
  attributes.erase(attributes.begin(), kept.base());
}

StagePointer make_stage(const MetricSpec&, std::unique_ptr<Instrument> (*make_instrument)()) {
  return std::make_unique<MetricStage>(make_instrument);
}

}  // namespace tracetax
