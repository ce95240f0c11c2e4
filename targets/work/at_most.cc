// A rule: a value is a whole number and at most a limit.
// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "targets/work/work.h"

namespace tracetax {
namespace {

class AtMost final : public Work {
 public:
  AtMost(std::string value, std::int64_t most) : value_(std::move(value)), most_(most) {}

  bool run(Values& values) override {
    const std::string_view text = values.get(value_);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number <= most_;
  }

 private:
  const std::string value_;
  const std::int64_t most_;
};

}  // namespace

std::unique_ptr<Work> make_at_most(JsonFields& with) {
  with.require("value", R"("value": "amount")").require("most", R"("most": 10000)");
  auto value = with.text("value");
  const auto most = with.integer("most", INT64_MIN, INT64_MAX);
  return value && most ? std::make_unique<AtMost>(std::move(*value), *most) : nullptr;
}

}  // namespace tracetax
