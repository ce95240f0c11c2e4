// etcd as a registry: a key under the service's name that lives as long as its lease, and a watch
// from the revision of what was read, as go-zero's core/discov does. By etcd's JSON gateway (/v3,
// the same calls as gRPC).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/beast/core/detail/base64.hpp>
#include <nlohmann/json.hpp>

#include "targets/legs/registry/registry_client.h"

namespace tracetax {
namespace {

using EtcdJson = nlohmann::json;
constexpr const char* kLeaseSeconds = "60";  // who is stopped, as in turns, is not forgotten
constexpr auto kWatchTime = std::chrono::minutes(5);
constexpr auto kEtcdPause = std::chrono::milliseconds(200);

std::string base64_of(std::string_view text) {
  std::string out(boost::beast::detail::base64::encoded_size(text.size()), '\0');
  out.resize(boost::beast::detail::base64::encode(out.data(), text.data(), text.size()));
  return out;
}

std::string from_base64(const std::string& text) {
  std::string out(boost::beast::detail::base64::decoded_size(text.size()), '\0');
  out.resize(boost::beast::detail::base64::decode(out.data(), text.data(), text.size()).first);
  return out;
}

Result<EtcdJson> call_etcd(const LegAddress& address, const char* method, const EtcdJson& form) {
  auto told = tell_registry(address, "POST", fmt::format("/v3/{}", method), form.dump());
  if (!told) return failure(told.error());
  EtcdJson answer = EtcdJson::parse(told->body, nullptr, false);
  if (answer.is_object()) return answer;
  return failure(ExitCode::fail, fmt::format("etcd: {}: {}", method, told->body));
}

/// All keys under "service/".
EtcdJson keys_of(const std::string& service) {
  return {{"key", base64_of(service + "/")}, {"range_end", base64_of(service + "0")}};
}

struct EtcdRead {
  Addresses addresses;
  std::string revision;
};

Result<EtcdRead> read_etcd(const LegAddress& address, const std::string& service) {
  const auto answer = call_etcd(address, "kv/range", keys_of(service));
  if (!answer) return failure(answer.error());
  EtcdRead read;
  read.revision = answer->value("header", EtcdJson::object()).value("revision", "0");
  for (const EtcdJson& pair : answer->value("kvs", EtcdJson::array())) {
    read.addresses.push_back(from_base64(pair.value("value", "")));
  }
  std::ranges::sort(read.addresses);
  return read;
}

class EtcdRegistry final : public Registry {
 public:
  explicit EtcdRegistry(const LegAddress& address) : address_(address) {}

  Result<std::unique_ptr<Enrolment>> enrol(const std::string& service,
                                           const LegAddress& instance) override {
    const auto lease = std::make_shared<std::string>();
    const std::string own = fmt::format("{}:{}", instance.host, instance.port);
    const auto enrol = [address = address_, lease, service, own]() -> Status {
      const auto granted = call_etcd(address, "lease/grant", {{"TTL", kLeaseSeconds}});
      if (!granted) return failure(granted.error());
      *lease = granted->value("ID", "");
      const auto put = call_etcd(address, "kv/put",
                                 {{"key", base64_of(fmt::format("{}/{}", service, *lease))},
                                  {"value", base64_of(own)},
                                  {"lease", *lease}});
      if (!put) return failure(put.error());
      return {};
    };
    if (Status done = enrol(); !done) return failure(done.error());
    const auto beat = [address = address_, lease]() -> Status {
      const auto kept = call_etcd(address, "lease/keepalive", {{"ID", *lease}});
      if (!kept) return failure(kept.error());
      // Of a lease that is gone it says no time.
      if (kept->value("result", EtcdJson::object()).contains("TTL")) return {};
      return failure(ExitCode::fail, "etcd: the lease is gone");
    };
    const auto withdraw = [address = address_, lease] {
      static_cast<void>(ask_registry(address, "POST", "/v3/lease/revoke",
                                     EtcdJson{{"ID", *lease}}.dump(), kWithdrawTime));
    };
    return std::make_unique<BeatingEnrolment>(beat, enrol, withdraw);
  }

  Result<Addresses> lookup(const std::string& service) override {
    auto read = read_etcd(address_, service);
    if (!read) return failure(read.error());
    return std::move(read->addresses);
  }

  std::unique_ptr<Watch> watch(const std::string& service,
                               std::function<void(Addresses)> seen) override {
    const auto look = [address = address_, service, revision = std::string()](
                          const std::function<bool()>& is_over) mutable -> LookingWatch::Look {
      if (!revision.empty()) {
        EtcdJson create = keys_of(service);
        create["start_revision"] = std::to_string(std::stoll(revision) + 1);
        auto changed =
            ask_registry(address, "POST", "/v3/watch", EtcdJson{{"create_request", create}}.dump(),
                         kWatchTime, is_over, "\"events\"");
        if (!changed && is_over()) return {failure(changed.error()), kEtcdPause};
      }
      auto read = read_etcd(address, service);
      if (!read) return {failure(read.error()), kEtcdPause};
      revision = read->revision;
      return {std::move(read->addresses), Nanos{0}};
    };
    return std::make_unique<LookingWatch>(look, std::move(seen));
  }

  std::string describe() const override {
    return fmt::format("etcd at {}:{}: a lease of {} s, a watch", address_.host, address_.port,
                       kLeaseSeconds);
  }

 private:
  const LegAddress address_;
};

}  // namespace

std::unique_ptr<Registry> registry_etcd(const LegAddress& address) {
  return std::make_unique<EtcdRegistry>(address);
}

}  // namespace tracetax
