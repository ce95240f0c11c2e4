// An example of a scenario plugin: asks for /users/1, /users/2, ... in turn, and checks that each
// answer is about that user. Copy it and change it; what every function has to do and what it may
// rely on is in tracetax/plugin.h.
//
//   "users": {"kind": "example-users", "users": 50, "contains": "name"}
//
//   users     how many different ones; 10 if left out
//   contains  a text that every answer has to contain; none if left out
// SPDX-License-Identifier: Apache-2.0
#include <tracetax/plugin.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

using nlohmann::json;

// Everything that belongs to one scenario of a suite; tracetax carries a pointer to it from call to
// call.
struct Scenario {
  std::size_t users = 10;
  std::string contains;
  std::vector<std::string>
      expected;      // by request: made beforehand, because check_answer must not allocate
  std::string path;  // what make_request handed out last: it has to outlive that call
};

// An error names the key, what is wrong and what would be right. Several are told at once, a line
// each.
void tell(char* error, std::size_t size, const std::string& text) {
  const std::size_t length = std::min(text.size(), size - 1);
  std::memcpy(error, text.data(), length);
  error[length] = '\0';
}

std::string read_options(const json& options, Scenario& scenario) {
  std::string mistakes;
  for (const auto& [key, value] : options.items()) {
    if (key == "users") {
      const bool right = value.is_number_unsigned() && value >= 1 && value <= 10000;
      if (right) scenario.users = value.get<std::size_t>();
      if (!right) mistakes += "users: " + value.dump() + " is no number from 1 to 10000\n";
    } else if (key == "contains") {
      if (value.is_string()) scenario.contains = value.get<std::string>();
      if (!value.is_string()) mistakes += "contains: " + value.dump() + " is no text\n";
    } else {
      mistakes +=
          key + ": unknown; known are users and contains\n";  // a typo must not go unnoticed
    }
  }
  return mistakes;
}

// Exceptions end here: between programs of different compilers they have no meaning.
void* create(const char* options, const char* /*folder*/, char* error, size_t error_size) {
  try {
    auto scenario = std::make_unique<Scenario>();
    const std::string mistakes = read_options(json::parse(options), *scenario);
    if (mistakes.empty()) return scenario.release();
    tell(error, error_size, mistakes);
  } catch (const std::exception& exception) {
    tell(error, error_size, exception.what());
  }
  return nullptr;
}

// Says what all requests share, and how many different ones there are. A plugin that has to log in
// somewhere, or to ask the target what there is, does so here, if use->target_is_up.
int prepare(void* scenario, const tracetax_use* /*use*/, tracetax_plan* plan, char* error,
            size_t error_size) {
  auto& self = *static_cast<Scenario*>(scenario);
  try {
    for (std::size_t user = 1; user <= self.users; ++user)
      self.expected.push_back("\"id\":" + std::to_string(user));
  } catch (const std::exception& exception) {
    tell(error, error_size, exception.what());
    return 1;
  }
  plan->protocol = TRACETAX_HTTP1;  // TRACETAX_HTTP2 and TRACETAX_GRPC are the others
  plan->request_count = self.users;
  return 0;  // status_low and status_high stay 0: any status from 200 to 299 is expected
}

// Request k; called for each before anything is timed. Host, traceparent and the like are added by
// tracetax.
int make_request(void* scenario, uint64_t k, tracetax_request* request, char* error,
                 size_t error_size) {
  static const tracetax_header kHeaders[] = {{"Accept", "application/json"}};
  auto& self = *static_cast<Scenario*>(scenario);
  try {
    self.path = "/users/" + std::to_string(k + 1);
  } catch (const std::exception& exception) {
    tell(error, error_size, exception.what());
    return 1;
  }
  request->path = self.path.c_str();
  request->headers = kHeaders;
  request->header_count = 1;
  return 0;
}

// Called for every answer while the load runs, by several threads at once: it only reads, and takes
// as little time as it can. Without TRACETAX_CHECKS_ANSWERS in the table it would not be called at
// all.
int check_answer(const void* scenario, uint64_t k, const tracetax_answer* answer) {
  const auto& self = *static_cast<const Scenario*>(scenario);
  const std::string_view body(static_cast<const char*>(answer->parts[0].data),
                              answer->parts[0].size);
  return body.find(self.expected[k]) != body.npos && body.find(self.contains) != body.npos ? 1 : 0;
}

void destroy(void* scenario) { delete static_cast<Scenario*>(scenario); }

}  // namespace

const tracetax_plugin* tracetax_scenario_plugin(uint32_t /*host_abi*/) {
  static const tracetax_plugin kPlugin = {TRACETAX_PLUGIN_ABI,
                                          sizeof(tracetax_plugin),
                                          "example-users",
                                          "GET /users/1, /users/2, ... in turn",
                                          TRACETAX_CHECKS_ANSWERS,
                                          create,
                                          prepare,
                                          make_request,
                                          check_answer,
                                          destroy};
  return &kPlugin;
}
