// A plugin that says anything: a plan, requests, errors and verdicts made of the input's bytes.
// What tracetax makes of it is an error or a scenario, never a crash. Pointers are right or null,
// as plugin.h asks; what they point to is not.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "scenarios/plugin/plugin_scenario.h"

namespace {

using namespace tracetax;

constexpr std::size_t kMostRequests = 64;  // each input is to be quick

/// The input, taken from the front; zeros when it is over.
struct Bytes {
  const std::uint8_t* at = nullptr;
  std::size_t left = 0;

  std::uint8_t byte() {
    if (left == 0) return 0;
    --left;
    return *at++;
  }
  template <typename Number>
  Number number() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) value = value << 8 | byte();
    return static_cast<Number>(value);
  }
  std::string text() {
    const std::size_t size = std::min<std::size_t>(byte(), left);
    std::string taken(reinterpret_cast<const char*>(at), size);
    at += size;
    left -= size;
    return taken;
  }
};

/// The input being run, and what was handed out of it.
struct Plugin {
  Bytes input;
  std::deque<std::string> texts;
  std::vector<tracetax_header> headers;
  std::vector<tracetax_bytes> messages;
  tracetax_tls tls{};

  const char* text_or_null() {
    return input.byte() % 8 == 0 ? nullptr : texts.emplace_back(input.text()).c_str();
  }
  tracetax_bytes bytes() {
    const std::string& text = texts.emplace_back(input.text());
    return {text.data(), text.size()};
  }
  int failed(char* error, std::size_t size) {
    if (input.byte() % 16 != 1) return 0;
    std::string reason = input.text();
    reason.resize(std::min(reason.size(), size));
    std::memcpy(error, reason.data(), reason.size());
    return 1;
  }
};
Plugin plugin;

void* create(const char*, const char*, char* error, std::size_t size) {
  return plugin.failed(error, size) != 0 ? nullptr : &plugin;
}

int prepare(void*, const tracetax_use*, tracetax_plan* plan, char* error, std::size_t size) {
  Bytes& input = plugin.input;
  plan->protocol = input.byte() % 5;
  plan->request_count = input.byte();
  if (plan->request_count > kMostRequests) plan->request_count = input.number<std::uint64_t>();
  // So many would each be made: what matters is whether they are refused.
  if (plan->request_count <= TRACETAX_REQUESTS_MAX)
    plan->request_count = std::min<std::uint64_t>(plan->request_count, kMostRequests);
  if (input.byte() % 4 == 0) {
    plan->status_low = input.number<std::int32_t>();
    plan->status_high = input.number<std::int32_t>();
  }
  plan->flags = input.byte() % 4 == 0 ? input.number<std::uint32_t>() : input.byte() % 4U;
  if (input.byte() % 4 == 0) {
    tracetax_tls& tls = plugin.tls;
    tls.ca_file = plugin.text_or_null();
    tls.cert_file = plugin.text_or_null();
    tls.key_file = plugin.text_or_null();
    tls.server_name = plugin.text_or_null();
    tls.insecure = input.byte();
    plan->tls = &tls;
  }
  if (input.byte() % 4 == 0) plan->deadline_ns = input.number<std::uint64_t>();
  return plugin.failed(error, size);
}

int make_request(void*, std::uint64_t, tracetax_request* request, char* error, std::size_t size) {
  Bytes& input = plugin.input;
  plugin.texts.clear();
  plugin.headers.clear();
  plugin.messages.clear();
  for (int left = input.byte() % 8; left > 0; --left) {
    const char* const name = plugin.text_or_null();
    plugin.headers.push_back({name, plugin.text_or_null()});
  }
  for (int left = input.byte() % 4; left > 0; --left) plugin.messages.push_back(plugin.bytes());
  request->header_count = static_cast<std::uint32_t>(plugin.headers.size());
  request->headers = plugin.headers.empty() ? nullptr : plugin.headers.data();
  request->method = plugin.text_or_null();
  request->path = plugin.text_or_null();
  request->body = plugin.bytes();
  request->messages = plugin.messages.empty() ? nullptr : plugin.messages.data();
  request->message_count = plugin.messages.size();
  return plugin.failed(error, size);
}

int check_answer(const void*, std::uint64_t, const tracetax_answer* answer) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < answer->part_count; ++i) {
    const auto* const bytes = static_cast<const std::uint8_t*>(answer->parts[i].data);
    for (std::size_t k = 0; k < answer->parts[i].size; ++k) total += bytes[k];
  }
  return total % 2 == 0 ? 1 : 0;
}

void destroy(void*) {}

constexpr tracetax_plugin kTable{TRACETAX_PLUGIN_ABI,
                                 sizeof(tracetax_plugin),
                                 "any",
                                 "",
                                 TRACETAX_CHECKS_ANSWERS,
                                 create,
                                 prepare,
                                 make_request,
                                 check_answer,
                                 destroy};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plugin = Plugin{};
  plugin.input = {data, size};
  const bool up = plugin.input.byte() % 2 == 0;
  const std::string answer = plugin.input.text();
  const ScenarioSpec spec{
      .name = "x", .kind = "any", .options = Json::object(), .folder = "", .targets = {}};
  const auto scenario = prepare_plugin_scenario(
      kTable, "any.so", spec,
      {{"127.0.0.1", 80}, up ? ContextFormats{ContextFormat::w3c} : ContextFormats{}, up});
  if (scenario && scenario->check) static_cast<void>(scenario->check(7, 200, answer));
  return 0;
}
