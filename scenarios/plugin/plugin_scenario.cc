// SPDX-License-Identifier: Apache-2.0
#include "scenarios/plugin/plugin_scenario.h"

#include <array>
#include <cstring>
#include <exception>
#include <memory>
#include <utility>

#include "harness/core/text/quote.h"
#include "harness/load/session/grpc_frame.h"
#include "scenarios/plugin/plugin_request.h"

namespace tracetax {
namespace {

constexpr std::size_t kErrorSize = 4096;
constexpr std::size_t kLongestLine = 500;
constexpr std::size_t kLongestPath = 4096;

tl::unexpected<Error> wrong_scenario(std::string message) {
  return failure(ExitCode::usage, std::move(message));
}

// Runs one call into the plugin. No exception of the plugin's gets past this border.
template <typename Call>
Result<decltype(std::declval<Call>()())> call_plugin(std::string_view function, Call call) {
  try {
    return call();
  } catch (const std::exception& exception) {
    return wrong_scenario(fmt::format("{} threw an exception: {}", function,
                                      printable(exception.what(), kLongestLine)));
  } catch (...) {
    return wrong_scenario(fmt::format("{} threw an exception that is no std::exception", function));
  }
}

// What the plugin writes its reason into. It need not have ended the text.
class Reason {
 public:
  [[nodiscard]] char* data() { return text_.data(); }
  [[nodiscard]] std::size_t size() const { return text_.size(); }

  /// One line of the message for each that is not empty.
  [[nodiscard]] tl::unexpected<Error> failed(std::string_view function) const {
    std::string_view rest(text_.data(), strnlen(text_.data(), text_.size()));
    std::string lines;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      if (end > 0)
        lines += (lines.empty() ? "" : "\n") + printable(rest.substr(0, end), kLongestLine);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return wrong_scenario(lines.empty() ? fmt::format("{} failed and gave no reason", function)
                                        : lines);
  }

 private:
  std::array<char, kErrorSize> text_{};
};

// One scenario inside the plugin, from create to destroy.
class Instance {
 public:
  Instance(const tracetax_plugin& table, void* scenario) : table_(table), scenario_(scenario) {}
  ~Instance() {
    // It has no way to fail, and here is nobody who could be told.
    static_cast<void>(call_plugin("destroy", [this] { return table_.destroy(scenario_), true; }));
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  [[nodiscard]] const tracetax_plugin& table() const { return table_; }
  [[nodiscard]] void* scenario() const { return scenario_; }

 private:
  const tracetax_plugin& table_;
  void* scenario_;
};

Result<std::shared_ptr<const Instance>> create(const tracetax_plugin& table,
                                               const ScenarioSpec& spec) {
  Reason reason;
  const std::string options = spec.options.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto scenario = call_plugin("create", [&] {
    return table.create(options.c_str(), spec.folder.c_str(), reason.data(), reason.size());
  });
  if (!scenario) return failure(scenario.error());
  if (*scenario == nullptr) return reason.failed("create");
  return std::make_shared<const Instance>(table, *scenario);
}

Result<PluginPlan> plan_of(const Instance& instance, const ScenarioSpec& spec,
                           const ScenarioUse& use) {
  Reason reason;
  tracetax_use given{};
  given.struct_size = sizeof given;
  given.host = use.endpoint.host.c_str();
  given.port = static_cast<std::uint32_t>(use.endpoint.port);
  given.sends_traceparent = use.context.empty() ? 0 : 1;
  given.target_is_up = use.target_is_up ? 1 : 0;
  tracetax_plan plan{};
  plan.struct_size = sizeof plan;
  const auto code = call_plugin("prepare", [&] {
    return instance.table().prepare(instance.scenario(), &given, &plan, reason.data(),
                                    reason.size());
  });
  if (!code) return failure(code.error());
  if (*code != 0) return reason.failed("prepare");
  auto read = read_plugin_plan(plan, spec.folder);
  if (!read) return failure(read.error().within("prepare"));
  if (read->request_count == 0 && use.target_is_up)
    return wrong_scenario("prepare: request_count: 0; at least one is needed");
  return read;
}

Status make_request(const Instance& instance, std::uint64_t k, tracetax_request& request) {
  Reason reason;
  request.struct_size = sizeof request;
  const auto code = call_plugin("make_request", [&] {
    return instance.table().make_request(instance.scenario(), k, &request, reason.data(),
                                         reason.size());
  });
  if (!code) return failure(code.error());
  if (*code != 0) return reason.failed("make_request");
  return {};
}

Result<PreparedScenario> make_requests(const Instance& instance, const PluginPlan& plan,
                                       const ScenarioUse& use) {
  PluginRequests reader;
  std::vector<HttpRequest> requests;
  PreparedScenario scenario;
  for (std::uint64_t k = 0; k < plan.request_count; ++k) {
    const auto within = [k](const Error& error) {
      return failure(error.within(fmt::format("requests[{}]", k)));
    };
    tracetax_request request{};
    if (Status made = make_request(instance, k, request); !made) return within(made.error());
    if (plan.protocol == Protocol::grpc) {
      auto stream = reader.read_grpc(request, plan, use);
      if (!stream) return within(stream.error());
      scenario.streams.push_back(std::move(*stream));
    } else {
      auto read = reader.read_http(request);
      if (!read) return within(read.error());
      requests.push_back(std::move(*read));
    }
  }
  if (plan.protocol != Protocol::grpc) {
    return prepare_http(requests, {plan.status_low, plan.status_high, ""},
                        {plan.protocol == Protocol::http2, plan.tls}, use);
  }
  scenario.protocol = plan.protocol;
  scenario.tls = plan.tls;
  scenario.status_low = plan.status_low;
  scenario.status_high = plan.status_high;
  scenario.answers_with_messages = plan.answers_with_messages;
  scenario.takes_turns = plan.takes_turns;
  scenario.deadline = plan.deadline;
  return scenario;
}

// In the hot loop: the list of messages is kept by each thread, so that it soon allocates no more.
AnswerCheck check_of(std::shared_ptr<const Instance> instance, const PluginPlan& plan) {
  return [instance = std::move(instance), count = plan.request_count,
          grpc = plan.protocol == Protocol::grpc](std::uint64_t number, int status,
                                                  std::string_view body) {
    thread_local std::vector<tracetax_bytes> parts;
    parts.clear();
    if (grpc) {
      while (const auto message = take_grpc_message(body))
        parts.push_back({message->data(), message->size()});
    } else {
      parts.push_back({body.data(), body.size()});
    }
    const tracetax_answer answer{sizeof(tracetax_answer), status, parts.data(), parts.size()};
    try {
      return instance->table().check_answer(instance->scenario(), number % count, &answer) == 1;
    } catch (...) {
      return false;  // counted as a wrong answer
    }
  };
}

Result<PreparedScenario> prepare(const tracetax_plugin& table, const ScenarioSpec& spec,
                                 const ScenarioUse& use) {
  const auto instance = create(table, spec);
  if (!instance) return failure(instance.error());
  const auto plan = plan_of(**instance, spec, use);
  if (!plan) return failure(plan.error());
  if (plan->request_count == 0) return PreparedScenario{};
  auto scenario = make_requests(**instance, *plan, use);
  if (!scenario) return failure(scenario.error());
  if ((table.capabilities & TRACETAX_CHECKS_ANSWERS) != 0)
    scenario->check = check_of(*instance, *plan);
  return scenario;
}

}  // namespace

std::string plugin_place(const std::string& file) {
  return fmt::format("plugin '{}'", printable(file, kLongestPath));
}

Result<PreparedScenario> prepare_plugin_scenario(const tracetax_plugin& table,
                                                 const std::string& file, const ScenarioSpec& spec,
                                                 const ScenarioUse& use) {
  auto prepared = prepare(table, spec, use);
  if (prepared) return prepared;
  const std::string place = fmt::format("scenarios.{}: {}: ", spec.name, plugin_place(file));
  std::string lines = place + prepared.error().message;
  for (std::size_t at = lines.find('\n'); at != lines.npos; at = lines.find('\n', at + 1))
    lines.insert(at + 1, place);
  return failure(prepared.error().code, std::move(lines));
}

}  // namespace tracetax
