// Nacos: an ephemeral instance with beats, and a list that is asked for again and again, as
// nacos-sdk-go v1 does (beats each 5 s, the list each 10 s; here each second).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "targets/legs/registry/registry_client.h"

namespace tracetax {
namespace {

using NacosJson = nlohmann::json;
constexpr auto kListEvery = std::chrono::seconds(1);
constexpr int kNacosOk = 10200;

std::int64_t ms_of(Nanos time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

Result<Addresses> nacos_addresses(const Result<RegistryReply>& reply) {
  if (!reply) return failure(reply.error());
  const NacosJson list = NacosJson::parse(reply->body, nullptr, false);
  if (reply->status != 200 || !list.is_object() || !list.contains("hosts")) {
    return failure(ExitCode::fail, fmt::format("Nacos: {}: {}", reply->status, reply->body));
  }
  Addresses addresses;
  for (const NacosJson& host : list["hosts"]) {
    addresses.push_back(fmt::format("{}:{}", host.value("ip", ""), host.value("port", 0)));
  }
  std::ranges::sort(addresses);
  return addresses;
}

class NacosRegistry final : public Registry {
 public:
  explicit NacosRegistry(const LegAddress& address) : address_(address) {}

  Result<std::unique_ptr<Enrolment>> enrol(const std::string& service,
                                           const LegAddress& instance) override {
    const std::string of =
        fmt::format("serviceName=DEFAULT_GROUP%40%40{}&ip={}&port={}&ephemeral=true", service,
                    instance.host, instance.port);
    // Times in metadata, as Nacos takes them: {"preserved.heart.beat.timeout":"3000",...}
    const std::string times = fmt::format(
        "%7B%22preserved.heart.beat.timeout%22%3A%22{}%22%2C%22preserved.ip.delete.timeout%22%3A"
        "%22{}%22%7D",
        ms_of(kHealthyFor), ms_of(kKnownFor));
    const auto enrol = [address = address_, of, times]() -> Status {
      auto told = tell_registry(address, "POST",
                                fmt::format("/nacos/v1/ns/instance?{}&metadata={}", of, times));
      if (!told) return failure(told.error());
      return {};
    };
    if (Status done = enrol(); !done) return failure(done.error());
    const auto beat = [address = address_, of]() -> Status {
      auto told = tell_registry(address, "PUT", "/nacos/v1/ns/instance/beat?" + of);
      if (!told) return failure(told.error());
      const NacosJson answer = NacosJson::parse(told->body, nullptr, false);
      if (answer.is_object() && answer.value("code", 0) == kNacosOk) return {};
      return failure(ExitCode::fail, told->body);
    };
    const auto withdraw = [address = address_, of] {
      static_cast<void>(
          ask_registry(address, "DELETE", "/nacos/v1/ns/instance?" + of, {}, kWithdrawTime));
    };
    return std::make_unique<BeatingEnrolment>(beat, enrol, withdraw);
  }

  Result<Addresses> lookup(const std::string& service) override {
    return nacos_addresses(ask_registry(address_, "GET", list_of(service), {}, kRegistryTime));
  }

  std::unique_ptr<Watch> watch(const std::string& service,
                               std::function<void(Addresses)> seen) override {
    const auto look = [address = address_, path = list_of(service)](
                          const std::function<bool()>& is_over) -> LookingWatch::Look {
      return {nacos_addresses(ask_registry(address, "GET", path, {}, kRegistryTime, is_over)),
              kListEvery};
    };
    return std::make_unique<LookingWatch>(look, std::move(seen));
  }

  std::string describe() const override {
    return fmt::format("Nacos' API at {}:{}: beats and lists each second", address_.host,
                       address_.port);
  }

 private:
  static std::string list_of(const std::string& service) {
    return fmt::format(
        "/nacos/v1/ns/instance/list?serviceName=DEFAULT_GROUP%40%40{}&healthyOnly=true&clientIP="
        "127.0.0.1&udpPort=0",
        service);
  }
  const LegAddress address_;
};

}  // namespace

std::unique_ptr<Registry> registry_nacos(const LegAddress& address) {
  return std::make_unique<NacosRegistry>(address);
}

}  // namespace tracetax
