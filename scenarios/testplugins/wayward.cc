// A plugin for the tests of its host. What it does, good or bad, is said by words: about its table
// in the variable TRACETAX_TEST_TABLE, about everything else in the scenario's option "do".
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "scenarios/plugin/plugin.h"

namespace {

std::atomic<int> g_alive{0};

struct Scenario {
  std::string options;
  std::string path;
  tracetax_tls tls{};

  [[nodiscard]] bool told(std::string_view word) const {
    return options.find('<' + std::string(word) + '>') != options.npos;
  }
};

int fail(char* error, size_t size, const char* text) {
  std::strncpy(error, text, size - 1);
  return 1;
}

void* create(const char* options, const char* folder, char* error, size_t error_size) {
  Scenario told;
  told.options = options;
  if (told.told("create: two lines")) {
    return fail(error, error_size, "path: is missing\ncolour: '\x1b' is none\n"), nullptr;
  }
  if (told.told("create: says nothing")) return nullptr;
  if (told.told("create: endless text")) return std::memset(error, 'x', error_size), nullptr;
  if (told.told("create: throws")) throw std::runtime_error("out of ideas");
  if (told.told("create: tells folder")) return fail(error, error_size, folder), nullptr;
  ++g_alive;
  return new Scenario(told);
}

int prepare(void* scenario, const tracetax_use* use, tracetax_plan* plan, char* error,
            size_t error_size) {
  auto& self = *static_cast<Scenario*>(scenario);
  if (self.told("prepare: fails")) return fail(error, error_size, "no luck");
  if (self.told("prepare: throws")) throw 5;
  plan->protocol = self.told("grpc")    ? TRACETAX_GRPC
                   : self.told("http2") ? TRACETAX_HTTP2
                                        : TRACETAX_HTTP1;
  plan->request_count = 2;
  if (self.told("201")) plan->status_low = plan->status_high = 201;
  if (self.told("streams")) plan->flags = TRACETAX_ANSWERS_WITH_MESSAGES | TRACETAX_TAKES_TURNS;
  if (self.told("deadline")) plan->deadline_ns = 1'000'000'000;
  if (self.told("tls")) {
    self.tls.ca_file = "ca.pem";
    self.tls.insecure = 1;
    plan->tls = &self.tls;
  }
  if (self.told("protocol 9")) plan->protocol = 9;
  if (self.told("no requests")) plan->request_count = 0;
  if (self.told("too many requests")) plan->request_count = TRACETAX_REQUESTS_MAX + 1;
  if (self.told("status upside down")) plan->status_low = 300, plan->status_high = 200;
  if (self.told("flag 64")) plan->flags = 64;
  if (self.told("knows when up") && use->target_is_up == 0) plan->request_count = 0;
  return 0;
}

int make_request(void* scenario, uint64_t k, tracetax_request* request, char* error,
                 size_t error_size) {
  auto& self = *static_cast<Scenario*>(scenario);
  static const tracetax_header header{"X-Kind", "wayward"}, nameless{nullptr, "x"},
      foreign{"traceparent", "00"};
  static const tracetax_bytes messages[]{{"ab", 2}, {nullptr, 0}}, lost{nullptr, 7},
      huge{"x", std::size_t{1} << 40};
  const bool grpc = self.told("grpc");
  const bool echo = self.told("echo");
  self.path = echo   ? "/bench.v1.Bench/Echo"
              : grpc ? "/pkg.Service/Method"
                     : "/items/" + std::to_string(k);
  request->path = self.path.c_str();
  request->headers = &header;
  request->header_count = 1;
  if (grpc) request->messages = messages, request->message_count = 2;
  if (echo) request->messages = messages + 1, request->message_count = 1;
  if (self.told("body")) request->body = {"hello", 5};
  if (k == 0) return 0;  // the second one is where things go wrong
  if (self.told("make: fails")) return fail(error, error_size, "out of items");
  if (self.told("make: throws")) throw std::runtime_error("no more");
  if (self.told("null path")) request->path = nullptr;
  if (self.told("bad path")) request->path = "items";
  if (self.told("bad method")) request->method = "GET IT";
  if (self.told("null headers")) request->headers = nullptr;
  if (self.told("nameless header")) request->headers = &nameless;
  if (self.told("own traceparent")) request->headers = &foreign;
  if (self.told("countless headers")) request->header_count = ~0U;
  if (self.told("null body")) request->body = lost;
  if (self.told("huge body")) request->body = huge;
  if (self.told("null messages")) request->messages = nullptr;
  if (self.told("null message")) request->messages = &lost, request->message_count = 1;
  if (self.told("no messages")) request->message_count = 0;
  return 0;
}

// Right is the text "right K", or for gRPC the two messages "right" and "K".
int check_answer(const void* scenario, uint64_t k, const tracetax_answer* answer) {
  const auto& self = *static_cast<const Scenario*>(scenario);
  if (self.told("check: throws")) throw std::runtime_error("cannot say");
  if (self.told("echo")) return answer->part_count == 1 ? 1 : 0;
  std::string text;
  for (size_t i = 0; i < answer->part_count; ++i) {
    if (i > 0) text += ' ';
    text.append(static_cast<const char*>(answer->parts[i].data), answer->parts[i].size);
  }
  return text == "right " + std::to_string(k) && answer->status == (self.told("grpc") ? 0 : 200)
             ? 1
             : 0;
}

void destroy(void* scenario) {
  --g_alive;
  const bool throws = static_cast<Scenario*>(scenario)->told("destroy: throws");
  delete static_cast<Scenario*>(scenario);
  if (throws) throw std::runtime_error("not dead yet");
}

}  // namespace

extern "C" {

/// How many scenarios are between create and destroy.
TRACETAX_EXPORT int wayward_scenarios_alive() { return g_alive.load(); }

TRACETAX_EXPORT const tracetax_plugin* tracetax_scenario_plugin(uint32_t) {
  static tracetax_plugin table;
  table = {TRACETAX_PLUGIN_ABI,
           sizeof table,
           "wayward",
           "does as it is told",
           TRACETAX_CHECKS_ANSWERS,
           create,
           prepare,
           make_request,
           check_answer,
           destroy};
  const char* told = std::getenv("TRACETAX_TEST_TABLE");
  const std::string_view word = told == nullptr ? "" : told;
  if (word == "null") return nullptr;
  if (word == "throws") throw std::runtime_error("not today");
  if (word == "version 7") table.abi_version = 7;
  if (word == "small") table.struct_size = 8;
  if (word == "capability") table.capabilities = 1U << 20;
  if (word == "null name") table.name = nullptr;
  if (word == "null help") table.help = nullptr;
  if (word == "bad name") table.name = "two words";
  if (word == "name http") table.name = "http";
  if (word == "null create") table.create = nullptr;
  if (word == "null prepare") table.prepare = nullptr;
  if (word == "null make_request") table.make_request = nullptr;
  if (word == "null check_answer") table.check_answer = nullptr;
  if (word == "null destroy") table.destroy = nullptr;
  return &table;
}
}
