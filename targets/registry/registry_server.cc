// SPDX-License-Identifier: Apache-2.0
#include "targets/registry/registry_server.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "harness/core/text/units.h"
#include "targets/engine/tcp_server.h"

namespace tracetax {
namespace {

namespace registry_http = boost::beast::http;
using RegistryJson = nlohmann::ordered_json;
using RegistryRequest = registry_http::request<registry_http::string_body>;
using RegistryTimer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>,
                                      ConnectionExecutor>;

constexpr auto kLookAgain = std::chrono::milliseconds(20);
constexpr Nanos kLongestBlock = std::chrono::minutes(10);  // Consul's

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      out += static_cast<char>(code);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

/// "a=1&b=2", of a query or of a form.
using RegistryFields = std::map<std::string, std::string>;
void add_fields(std::string_view text, RegistryFields& fields) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    fields[percent_decoded(pair.substr(0, equals))] =
        percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
  }
}

std::string text_in(const RegistryJson& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint16_t port_in(const RegistryJson& object, const char* key) {
  const auto found = object.find(key);
  const bool is_port = found != object.end() && found->is_number_unsigned() && *found <= 65'535;
  return is_port ? found->get<std::uint16_t>() : std::uint16_t{0};
}

std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

struct RegistryAnswer {
  unsigned status = 200;
  std::string body;
  std::string type = "application/json";
  std::uint64_t index = 0;  // Consul's header, if any
};

RegistryAnswer refused_by_registry(unsigned status, std::string why) {
  return {.status = status, .body = std::move(why), .type = "text/plain"};
}

// ---- Consul

RegistryAnswer consul_register(const std::string& body, Instances& instances) {
  const RegistryJson form = RegistryJson::parse(body, nullptr, false);
  if (!form.is_object() || text_in(form, "Name").empty()) {
    return refused_by_registry(400, "Missing service name");
  }
  RegisteredInstance instance;
  instance.service = text_in(form, "Name");
  instance.id = text_in(form, "ID").empty() ? instance.service : text_in(form, "ID");
  instance.address = text_in(form, "Address");
  instance.port = port_in(form, "Port");
  bool beats = true;
  RegistryJson check = form.value("Check", RegistryJson::object());
  // Of several the one with beats; it does not ask an address by itself.
  for (const RegistryJson& one : form.value("Checks", RegistryJson::array())) {
    if (one.is_object() && one.contains("TTL")) check = one;
  }
  if (const std::string ttl = text_in(check, "TTL"); !ttl.empty()) {
    const auto time = parse_duration(ttl);
    if (!time) return refused_by_registry(400, "Invalid duration " + ttl);
    instance.healthy_for = *time;
    if (const auto gone = parse_duration(text_in(check, "DeregisterCriticalServiceAfter"))) {
      instance.known_for = *gone;
    }
    beats = text_in(check, "Status") == "passing";  // else it is critical until its first beat
  }
  instances.add(std::move(instance), beats);
  return {};
}

RegistryAnswer consul_beat(std::string_view check, const std::string& body, Instances& instances) {
  constexpr std::string_view kOfService = "service:";
  const std::string id(check.starts_with(kOfService) ? check.substr(kOfService.size()) : check);
  const RegistryJson form = RegistryJson::parse(body, nullptr, false);
  if (form.is_object() && form.contains("Status") && text_in(form, "Status") != "passing") {
    return {};  // no beat
  }
  if (instances.beat(id)) return {};
  return refused_by_registry(404, fmt::format("Unknown check ID \"{}\"", check));
}

RegistryAnswer consul_health(const std::string& service, Instances& instances) {
  RegistryAnswer answer;
  answer.index = instances.index();
  RegistryJson all = RegistryJson::array();
  for (const RegisteredInstance& one : instances.healthy(service)) {
    all.push_back({{"Node", {{"Node", "emulated"}, {"Address", "127.0.0.1"}}},
                   {"Service",
                    {{"ID", one.id},
                     {"Service", one.service},
                     {"Address", one.address},
                     {"Port", one.port},
                     {"Weights", {{"Passing", 1}, {"Warning", 1}}}}},
                   {"Checks",
                    {{{"CheckID", "service:" + one.id},
                      {"Status", "passing"},
                      {"ServiceID", one.id},
                      {"ServiceName", one.service}}}}});
  }
  answer.body = all.dump();
  return answer;
}

// ---- Nacos

constexpr auto kNacosHealthy = std::chrono::seconds(15);
constexpr auto kNacosKnown = std::chrono::seconds(15);  // 30 in all

std::string nacos_service(const RegistryFields& fields) {
  const auto name = fields.find("serviceName");
  if (name == fields.end()) return {};
  // "DEFAULT_GROUP@@orders" is the same as "orders".
  const auto at = name->second.find("@@");
  return at == name->second.npos ? name->second : name->second.substr(at + 2);
}

std::string field_of(const RegistryFields& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

RegisteredInstance nacos_instance(const RegistryFields& fields) {
  RegisteredInstance instance;
  instance.service = nacos_service(fields);
  instance.address = field_of(fields, "ip");
  instance.port = port_of(field_of(fields, "port"));
  instance.id = fmt::format("{}#{}#{}", instance.address, instance.port, instance.service);
  instance.healthy_for = kNacosHealthy;
  instance.known_for = kNacosKnown;
  const RegistryJson metadata = RegistryJson::parse(field_of(fields, "metadata"), nullptr, false);
  if (metadata.is_object()) {
    const auto healthy = parse_duration(text_in(metadata, "preserved.heart.beat.timeout") + "ms");
    const auto known = parse_duration(text_in(metadata, "preserved.ip.delete.timeout") + "ms");
    if (healthy) instance.healthy_for = *healthy;
    if (known) instance.known_for = std::max<Nanos>(*known - instance.healthy_for, Nanos{1});
  }
  return instance;
}

RegistryAnswer nacos_list(const RegistryFields& fields, Instances& instances) {
  const std::string service = nacos_service(fields);
  RegistryJson hosts = RegistryJson::array();
  for (const RegisteredInstance& one : instances.healthy(service)) {
    hosts.push_back({{"instanceId", one.id},
                     {"ip", one.address},
                     {"port", one.port},
                     {"weight", 1.0},
                     {"healthy", true},
                     {"enabled", true},
                     {"ephemeral", true},
                     {"clusterName", "DEFAULT"},
                     {"serviceName", "DEFAULT_GROUP@@" + service},
                     {"metadata", RegistryJson::object()}});
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const RegistryJson answer{
      {"name", "DEFAULT_GROUP@@" + service},
      {"groupName", "DEFAULT_GROUP"},
      {"clusters", ""},
      {"cacheMillis", 10000},
      {"hosts", std::move(hosts)},
      {"lastRefTime", std::chrono::duration_cast<std::chrono::milliseconds>(now).count()},
      {"checksum", ""},
      {"valid", true}};
  return {.status = 200, .body = answer.dump()};
}

RegistryAnswer nacos_beat(const RegistryFields& fields, Instances& instances) {
  RegistryFields of_beat = fields;
  // Older clients send all of it as one field in JSON.
  const RegistryJson beat = RegistryJson::parse(field_of(fields, "beat"), nullptr, false);
  if (beat.is_object()) {
    of_beat.emplace("ip", text_in(beat, "ip"));
    of_beat.emplace("port", std::to_string(port_in(beat, "port")));
  }
  const bool known = instances.beat(nacos_instance(of_beat).id);
  return {.status = 200,
          .body = RegistryJson{
              {"clientBeatInterval", 5000},
              {"code", known ? 10200 : 20404},
              {"lightBeatEnabled",
               true}}.dump()};
}

RegistryAnswer nacos_change(registry_http::verb verb, const RegistryFields& fields,
                            Instances& instances) {
  RegisteredInstance instance = nacos_instance(fields);
  if (instance.service.empty() || instance.address.empty() || instance.port == 0) {
    return refused_by_registry(400, "Param 'serviceName', 'ip' and 'port' are required.");
  }
  if (verb == registry_http::verb::post) {
    instances.add(std::move(instance), true);
  } else {
    instances.remove(instance.id);
  }
  return {.status = 200, .body = "ok", .type = "text/plain"};
}

// ---- both

struct RegistryCall {
  registry_http::verb verb;
  std::string path;
  RegistryFields fields;
  std::string body;
};

RegistryCall call_of(const RegistryRequest& request) {
  const std::string_view target(request.target().data(), request.target().size());
  const auto question = std::min(target.find('?'), target.size());
  RegistryCall call{
      request.method(), percent_decoded(target.substr(0, question)), {}, request.body()};
  add_fields(target.substr(std::min(question + 1, target.size())), call.fields);
  if (call.path.starts_with("/nacos/")) add_fields(call.body, call.fields);
  return call;
}

constexpr std::string_view kHealth = "/v1/health/service/";

RegistryAnswer answer_of(const RegistryCall& call, Instances& instances) {
  using enum registry_http::verb;
  constexpr std::string_view kRegister = "/v1/agent/service/register",
                             kDeregister = "/v1/agent/service/deregister/",
                             kPass = "/v1/agent/check/pass/", kUpdate = "/v1/agent/check/update/",
                             kInstance = "/nacos/v1/ns/instance";
  const std::string_view path = call.path;
  if (call.verb == get && path == "/v1/status/leader") return {.body = "\"127.0.0.1:8300\""};
  if (call.verb == put && path == kRegister) return consul_register(call.body, instances);
  if (call.verb == put && path.starts_with(kDeregister)) {
    const std::string id(path.substr(kDeregister.size()));
    if (instances.remove(id)) return {};
    return refused_by_registry(404, fmt::format("Unknown service ID \"{}\"", id));
  }
  for (const std::string_view beat : {kPass, kUpdate}) {
    if (call.verb == put && path.starts_with(beat)) {
      return consul_beat(path.substr(beat.size()), call.body, instances);
    }
  }
  if (call.verb == get && path.starts_with(kHealth)) {
    return consul_health(std::string(path.substr(kHealth.size())), instances);
  }
  if (call.verb == get && path == "/nacos/v1/ns/instance/list") {
    return nacos_list(call.fields, instances);
  }
  if (call.verb == put && path == "/nacos/v1/ns/instance/beat") {
    return nacos_beat(call.fields, instances);
  }
  if ((call.verb == post || call.verb == delete_) && path == kInstance) {
    return nacos_change(call.verb, call.fields, instances);
  }
  return refused_by_registry(404, "the emulated registry does not know this path");
}

/// How long a blocking query waits: until the index is another than the one asked for.
Nanos block_of(const RegistryCall& call, std::uint64_t index) {
  if (!call.path.starts_with(kHealth) || field_of(call.fields, "index").empty()) return Nanos{0};
  if (field_of(call.fields, "index") != std::to_string(index)) return Nanos{0};
  const std::string wait = field_of(call.fields, "wait");
  const auto time = parse_duration(wait.empty() ? "5m" : wait);
  return time ? std::min(*time, kLongestBlock) : Nanos{0};
}

ConnectionTask serve_registry(ConnectionSocket socket, Instances& instances) {
  boost::beast::flat_buffer buffer;
  for (;;) {
    RegistryRequest request;
    const auto [failed, read] =
        co_await registry_http::async_read(socket, buffer, request, kAwaitTuple);
    if (failed) co_return;
    const RegistryCall call = call_of(request);
    const std::uint64_t asked = instances.index();
    const auto until = std::chrono::steady_clock::now() + block_of(call, asked);
    while (instances.index() == asked && std::chrono::steady_clock::now() < until) {
      RegistryTimer timer(socket.get_executor(), kLookAgain);
      co_await timer.async_wait(kAwaitTuple);
    }
    RegistryAnswer answer = answer_of(call, instances);
    registry_http::response<registry_http::string_body> response(
        static_cast<registry_http::status>(answer.status), request.version());
    response.set(registry_http::field::content_type, answer.type);
    if (answer.index > 0) response.set("X-Consul-Index", std::to_string(answer.index));
    response.keep_alive(request.keep_alive());
    response.body() = std::move(answer.body);
    response.prepare_payload();
    const auto [lost, written] = co_await registry_http::async_write(socket, response, kAwaitTuple);
    if (lost || !request.keep_alive()) co_return;
  }
}

}  // namespace

Result<std::unique_ptr<Server>> make_registry_server(const ServerOptions& options,
                                                     Instances& instances) {
  return TcpServer::listen(options, [&instances](ConnectionSocket socket) {
    return serve_registry(std::move(socket), instances);
  });
}

}  // namespace tracetax
