// A rule: a logistic regression over features that follow from a value, as of a user. Weights are
// drawn once; the score is written as risk.score.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "targets/work/draws.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

class Anomaly final : public Work {
 public:
  Anomaly(double most, JsonFields& with) : most_(most), seed_(with) {
    Draws draws(2);
    for (double& weight : weights_) weight = 2 * draws.share() - 1;
  }

  bool run(Values& values) override {
    Draws features(seed_(values));
    double sum = 0;
    for (const double weight : weights_) sum += weight * (2 * features.share() - 1);
    const double score = 1 / (1 + std::exp(-sum));
    values.set("risk.score", fmt::format("{:.3f}", score));
    return score <= most_;
  }

 private:
  const double most_;
  SeedOf seed_;
  std::array<double, 32> weights_{};
};

}  // namespace

std::unique_ptr<Work> make_anomaly(JsonFields& with) {
  with.require("most", R"("most": 0.95)");
  const auto most = with.number("most", 0, 1);
  return most ? std::make_unique<Anomaly>(*most, with) : nullptr;
}

}  // namespace tracetax
