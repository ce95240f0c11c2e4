// Consul: an instance with a TTL check, and blocking queries of the healthy ones, as kratos'
// contrib/registry/consul and go-zero's zero-contrib do by consul/api.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "targets/legs/registry/registry_client.h"

namespace tracetax {
namespace {

using ConsulJson = nlohmann::json;
constexpr auto kBlockingWait = std::chrono::seconds(55);       // kratos'
constexpr auto kConsulPause = std::chrono::milliseconds(200);  // after an error

Result<Addresses> consul_addresses(const RegistryReply& reply) {
  const ConsulJson all = ConsulJson::parse(reply.body, nullptr, false);
  if (reply.status != 200 || !all.is_array()) {
    return failure(ExitCode::fail, fmt::format("Consul: {}: {}", reply.status, reply.body));
  }
  Addresses addresses;
  for (const ConsulJson& entry : all) {
    const ConsulJson service = entry.value("Service", ConsulJson::object());
    addresses.push_back(
        fmt::format("{}:{}", service.value("Address", ""), service.value("Port", 0)));
  }
  std::ranges::sort(addresses);
  return addresses;
}

class ConsulRegistry final : public Registry {
 public:
  explicit ConsulRegistry(const LegAddress& address) : address_(address) {}

  Result<std::unique_ptr<Enrolment>> enrol(const std::string& service,
                                           const LegAddress& instance) override {
    const std::string id = fmt::format("{}-{}-{}", service, instance.host, instance.port);
    const auto seconds = [](Nanos time) {
      return fmt::format("{}s", std::chrono::duration_cast<std::chrono::seconds>(time).count());
    };
    const std::string form = ConsulJson{
        {"ID", id},
        {"Name", service},
        {"Address", instance.host},
        {"Port", instance.port},
        {"Check",
         {{"CheckID", "service:" + id},
          {"TTL", seconds(kHealthyFor)},
          {"Status", "passing"},
          {"DeregisterCriticalServiceAfter",
           seconds(kKnownFor)}}}}.dump();
    const auto enrol = [address = address_, form]() -> Status {
      if (auto told = tell_registry(address, "PUT", "/v1/agent/service/register", form); !told) {
        return failure(told.error());
      }
      return {};
    };
    if (Status done = enrol(); !done) return failure(done.error());
    const auto beat = [address = address_, id]() -> Status {
      auto told = tell_registry(address, "PUT", "/v1/agent/check/update/service:" + id,
                                R"({"Status":"passing","Output":"pass"})");
      if (!told) return failure(told.error());
      return {};
    };
    const auto withdraw = [address = address_, id] {
      static_cast<void>(
          ask_registry(address, "PUT", "/v1/agent/service/deregister/" + id, {}, kWithdrawTime));
    };
    return std::make_unique<BeatingEnrolment>(beat, enrol, withdraw);
  }

  Result<Addresses> lookup(const std::string& service) override {
    auto reply = ask_registry(address_, "GET", health_of(service), {}, kRegistryTime);
    if (!reply) return failure(reply.error());
    return consul_addresses(*reply);
  }

  std::unique_ptr<Watch> watch(const std::string& service,
                               std::function<void(Addresses)> seen) override {
    const auto look = [address = address_, path = health_of(service), index = std::string()](
                          const std::function<bool()>& is_over) mutable -> LookingWatch::Look {
      std::string target = path;
      if (!index.empty()) target += fmt::format("&index={}&wait={}s", index, kBlockingWait.count());
      auto reply = ask_registry(address, "GET", target, {}, kBlockingWait + kRegistryTime, is_over);
      if (!reply) {
        index.clear();
        return {failure(reply.error()), kConsulPause};
      }
      index = reply->consul_index;
      auto addresses = consul_addresses(*reply);
      const Nanos pause = addresses ? Nanos{0} : Nanos{kConsulPause};
      return {std::move(addresses), pause};
    };
    return std::make_unique<LookingWatch>(look, std::move(seen));
  }

  std::string describe() const override {
    return fmt::format("Consul's API at {}:{}: a TTL of 3 s, blocking queries", address_.host,
                       address_.port);
  }

 private:
  static std::string health_of(const std::string& service) {
    return fmt::format("/v1/health/service/{}?passing=1", service);
  }
  const LegAddress address_;
};

}  // namespace

std::unique_ptr<Registry> registry_consul(const LegAddress& address) {
  return std::make_unique<ConsulRegistry>(address);
}

}  // namespace tracetax
