// What a registry tells is what a client picks from, and a registry that falls silent changes
// nothing.
// SPDX-License-Identifier: Apache-2.0
#include "targets/program/found_instances.h"

#include <gtest/gtest.h>

#include <utility>

namespace tracetax {
namespace {

/// Tells what the test says.
class ToldRegistry final : public Registry {
 public:
  Result<std::unique_ptr<Enrolment>> enrol(const std::string&, const LegAddress&) override {
    return failure(ExitCode::usage, "it enrols nobody");
  }
  Result<Addresses> lookup(const std::string&) override {
    if (!there) return failure(ExitCode::invalid, "it does not answer");
    return Addresses{"10.0.0.1:80"};
  }
  std::unique_ptr<Watch> watch(const std::string& service,
                               std::function<void(Addresses)> see) override {
    watched = service;
    tell = std::move(see);
    return std::make_unique<Watch>();
  }
  std::string describe() const override { return "told"; }

  bool there = true;
  std::string watched;
  std::function<void(Addresses)> tell;
};

TEST(FoundInstances, AreLookedUpAndThenWatched) {
  ToldRegistry registry;
  const FoundInstances found(registry, "stock");
  const Resolve resolve = found.resolve();
  EXPECT_EQ(registry.watched, "stock");
  EXPECT_EQ(resolve(), Addresses{"10.0.0.1:80"});
  registry.tell({"10.0.0.2:80", "10.0.0.3:80"});
  EXPECT_EQ(resolve(), (Addresses{"10.0.0.2:80", "10.0.0.3:80"}));
}

TEST(FoundInstances, ComeWhenARegistryThatWasNotThereTells) {
  ToldRegistry registry;
  registry.there = false;
  const FoundInstances found(registry, "stock");
  EXPECT_EQ(found.resolve()(), Addresses{});
  registry.tell({"10.0.0.2:80"});
  EXPECT_EQ(found.resolve()(), Addresses{"10.0.0.2:80"});
}

}  // namespace
}  // namespace tracetax
