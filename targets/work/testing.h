// A work by its name, for tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "targets/work/work.h"

namespace tracetax {

struct MadeWork {
  std::unique_ptr<Work> work;
  std::string mistakes;

  /// What it says of a request with these values.
  bool run(std::initializer_list<Values::Value> brought) const {
    Values values;
    for (const auto& [name, value] : brought) values.set(name, value);
    return work->run(values);
  }
  /// The value `name` afterwards.
  std::string sets(std::string_view name, std::initializer_list<Values::Value> brought) const {
    Values values;
    for (const auto& [key, value] : brought) values.set(key, value);
    EXPECT_TRUE(work->run(values));
    return std::string(values.get(name));
  }
  void expect_invariants() const {
    for (const Invariant& invariant : work->invariants())
      EXPECT_TRUE(invariant.holds) << invariant.name << ": " << invariant.saw;
  }
};

inline MadeWork made_work(std::string_view name, std::string_view with) {
  Mistakes mistakes("");
  const auto json = JsonSource::Json::parse(with);
  JsonFields fields(json, "", mistakes);
  MadeWork made{find_in_catalog(work_catalog(), "work", name).value()(fields), ""};
  fields.finish();
  if (!mistakes.empty()) made.mistakes = mistakes.error().message;
  return made;
}

}  // namespace tracetax
