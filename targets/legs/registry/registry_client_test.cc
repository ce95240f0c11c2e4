// The clients against the emulated registry, in this process.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <thread>

#include "targets/legs/registry.h"
#include "targets/registry/registry_server.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

struct RunningRegistry {
  RunningRegistry() : server(make_registry_server({}, instances).value()) {
    thread = std::thread([this] { server->run(); });
  }
  ~RunningRegistry() {
    server->stop();
    thread.join();
  }
  [[nodiscard]] std::unique_ptr<Registry> client(RegistryKind kind) const {
    return make_registry({.name = "r", .kind = kind, .service = "r"},
                         {.host = "127.0.0.1", .port = server->port()});
  }
  Instances instances;
  std::unique_ptr<Server> server;
  std::thread thread;
};

/// What a watch has told.
class Told {
 public:
  void operator()(Addresses addresses) {
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(addresses));
    more_.notify_all();
  }
  [[nodiscard]] bool ends_with(const Addresses& expected) {
    std::unique_lock lock(mutex_);
    return more_.wait_for(lock, 20s, [&] { return !all_.empty() && all_.back() == expected; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<Addresses> all_;
};

class RegistryClients : public testing::TestWithParam<RegistryKind> {};

TEST_P(RegistryClients, AnInstanceIsKnownWhileItsEnrolmentLives) {
  const RunningRegistry running;
  const auto client = running.client(GetParam());
  EXPECT_EQ(client->lookup("orders").value(), Addresses{});
  Told told;
  const auto watch = client->watch("orders", std::ref(told));
  EXPECT_TRUE(told.ends_with({}));
  auto first = client->enrol("orders", {.host = "127.0.0.1", .port = 4001});
  const auto second = client->enrol("orders", {.host = "127.0.0.1", .port = 4000});
  const auto other = client->enrol("payments", {.host = "127.0.0.1", .port = 4002});
  ASSERT_TRUE(first && second && other);
  const Addresses both{"127.0.0.1:4000", "127.0.0.1:4001"};
  EXPECT_EQ(client->lookup("orders").value(), both);
  EXPECT_TRUE(told.ends_with(both));
  std::this_thread::sleep_for(4s);  // longer than it is healthy without beats
  EXPECT_EQ(client->lookup("orders").value(), both);
  first->reset();
  EXPECT_TRUE(told.ends_with({"127.0.0.1:4000"}));
}

TEST_P(RegistryClients, ARegistryThatForgotIsToldAgain) {
  RunningRegistry running;
  const auto client = running.client(GetParam());
  const auto enrolment = client->enrol("orders", {.host = "127.0.0.1", .port = 4000});
  ASSERT_TRUE(enrolment);
  Told told;
  const auto watch = client->watch("orders", std::ref(told));
  ASSERT_TRUE(told.ends_with({"127.0.0.1:4000"}));
  ASSERT_TRUE(running.instances.remove(running.instances.healthy("orders").at(0).id));
  EXPECT_TRUE(told.ends_with({"127.0.0.1:4000"}));
  for (int tries = 0; running.instances.healthy("orders").empty() && tries < 1000; ++tries) {
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_EQ(running.instances.healthy("orders").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, RegistryClients,
                         testing::Values(RegistryKind::consul, RegistryKind::nacos),
                         [](const auto& kind) {
                           return kind.param == RegistryKind::consul ? "consul" : "nacos";
                         });

TEST(RegistryClient, WhereNobodyListensIsOneLine) {
  const auto client = make_registry({.name = "r", .kind = RegistryKind::consul, .service = "r"},
                                    {.host = "127.0.0.1", .port = 1});
  const auto enrolment = client->enrol("orders", {.host = "127.0.0.1", .port = 4000});
  ASSERT_FALSE(enrolment);
  EXPECT_EQ(enrolment.error().message, "registry at 127.0.0.1:1: Connection refused");
}

}  // namespace
}  // namespace tracetax
