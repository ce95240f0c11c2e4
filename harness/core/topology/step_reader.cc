// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/step_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

Steps read_list(JsonFields& fields, std::string_view key) {
  const Json* list = fields.array(key);
  return list == nullptr ? Steps{} : read_steps(*list, fields.pointer_to(key), fields.mistakes());
}

bool is_label(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(kAllowed) == text.npos;
}

std::optional<unsigned> read_status(JsonFields& fields, std::string_view key) {
  const auto status = fields.integer(key, 200, 599);
  return status ? std::optional<unsigned>{static_cast<unsigned>(*status)} : std::nullopt;
}

std::optional<Branch> read_branch(JsonFields& fields, std::string_view key) {
  const Json* value = fields.object(key);
  if (value == nullptr) return std::nullopt;
  JsonFields inner(*value, fields.pointer_to(key), fields.mistakes());
  Branch branch;
  inner.require("label", R"("label": "sold_out")");
  branch.label = inner.text("label").value_or("");
  if (!branch.label.empty() && !is_label(branch.label))
    inner.mistake("label", "is no label: 1 to 64 letters, digits, '_' and '-'");
  branch.steps = read_list(inner, "steps");
  branch.answer = read_status(inner, "answer");
  inner.finish();
  return branch;
}

SpanStep read_span(JsonFields& fields) {
  SpanStep step;
  step.name = fields.text("span").value_or("");
  if (step.name.empty()) fields.mistake("span", "a span has a name");
  step.steps = read_list(fields, "steps");
  step.shadows_context = fields.boolean("shadows_context").value_or(false);
  step.late_attributes = static_cast<int>(fields.integer("late_attributes", 0, 128).value_or(0));
  return step;
}

CallStep read_call(JsonFields& fields) {
  CallStep step;
  step.service = fields.text("call").value_or("");
  fields.require("route", R"("route": "POST /reserve/:sku", as that service has it)");
  step.route = fields.text("route").value_or("");
  step.deadline = fields.parsed("deadline", parse_duration).value_or(step.deadline);
  step.failed = read_branch(fields, "failed");
  return step;
}

ParallelStep read_parallel(JsonFields& fields) {
  ParallelStep step;
  const Json* lists = fields.array("parallel");
  for (std::size_t i = 0; lists != nullptr && i < lists->size(); ++i) {
    step.branches.push_back(read_steps(
        (*lists)[i], fmt::format("{}/{}", fields.pointer_to("parallel"), i), fields.mistakes()));
  }
  if (lists != nullptr && (lists->size() < 2 || lists->size() > 16))
    fields.mistake("parallel", "expected 2 to 16 lists of steps");
  return step;
}

SqlStep read_sql(JsonFields& fields) {
  SqlStep step;
  step.store = fields.text("sql").value_or("");
  fields.require("statements", R"("statements": ["SELECT n FROM stock WHERE sku = ?"])");
  step.statements = fields.texts("statements").value_or(step.statements);
  if (fields.has("statements") && step.statements.empty())
    fields.mistake("statements", "holds no statement");
  step.arguments = fields.texts("arguments").value_or(step.arguments);
  step.as = fields.text("as").value_or("");
  step.rows = static_cast<int>(fields.integer("rows", 1, 10'000).value_or(1));
  step.none = read_branch(fields, "none");
  const auto marks = [](const std::string& text) { return std::ranges::count(text, '?'); };
  std::ptrdiff_t asked = 0;
  for (const std::string& statement : step.statements) asked += marks(statement);
  if (fields.has("statements") && asked != std::ssize(step.arguments)) {
    fields.mistake(
        fmt::format("has {} ? in its statements and {} arguments", asked, step.arguments.size()));
  }
  return step;
}

StoreStep read_store(JsonFields& fields) {
  StoreStep step;
  step.store = fields.text("store").value_or("");
  step.script = fields.text("script").value_or("");
  if (step.script.empty()) fields.require("command", R"("command": ["GET", "user:{user}"])");
  step.command = fields.texts("command").value_or(step.command);
  if (step.script.empty() && fields.has("command") && step.command.empty())
    fields.mistake("command", "holds no word");
  step.keys = static_cast<int>(fields.integer("keys", 0, 64).value_or(0));
  step.as = fields.text("as").value_or("");
  step.none = read_branch(fields, "none");
  return step;
}

PublishStep read_publish(JsonFields& fields) {
  PublishStep step;
  step.broker = fields.text("publish").value_or("");
  fields.require("to", R"("to": "order.created")");
  step.to = fields.text("to").value_or("");
  return step;
}

LimitStep read_limit(JsonFields& fields) {
  LimitStep step;
  if (const Json* value = fields.object("limit")) {
    JsonFields inner(*value, fields.pointer_to("limit"), fields.mistakes());
    inner.require("per_second", R"("per_second": 1000)");
    step.per_second = inner.number("per_second", 0, 1e9).value_or(0);
    step.burst = inner.number("burst", 1, 1e9).value_or(step.burst);
    inner.finish();
  }
  fields.require("none", R"("none": {"label": "limited", "answer": 429})");
  if (auto branch = read_branch(fields, "none")) step.none = std::move(*branch);
  return step;
}

WorkStep read_work(JsonFields& fields) {
  WorkStep step;
  step.name = fields.text("work").value_or("");
  const Json* with = fields.object("with");
  step.with = with == nullptr ? Json::object() : *with;
  step.none = read_branch(fields, "none");
  return step;
}

SleepStep read_sleep(JsonFields& fields) {
  SleepStep step;
  const Json* value = fields.any("sleep");
  if (value != nullptr && value->is_array()) {
    const auto both = fields.texts("sleep").value_or(std::vector<std::string>{});
    const auto least = both.size() == 2 ? parse_duration(both[0]) : parse_duration("");
    const auto most = both.size() == 2 ? parse_duration(both[1]) : parse_duration("");
    if (!least || !most || *least > *most) {
      fields.mistake("sleep", R"(expected the shortest and the longest time: ["20ms", "80ms"])");
    } else {
      step = {*least, *most};
    }
  } else {
    step.least = step.most = fields.parsed("sleep", parse_duration).value_or(Nanos{0});
  }
  return step;
}

/// What makes a step the kind that it is.
constexpr std::array<std::string_view, 12> kKinds = {"span",  "call",    "parallel", "sql",
                                                     "store", "publish", "limit",    "work",
                                                     "spin",  "alloc",   "sleep",    "answer"};

Step read_kind(std::string_view kind, JsonFields& fields) {
  if (kind == "span") return {read_span(fields)};
  if (kind == "call") return {read_call(fields)};
  if (kind == "parallel") return {read_parallel(fields)};
  if (kind == "sql") return {read_sql(fields)};
  if (kind == "store") return {read_store(fields)};
  if (kind == "publish") return {read_publish(fields)};
  if (kind == "limit") return {read_limit(fields)};
  if (kind == "work") return {read_work(fields)};
  if (kind == "spin") return {SpinStep{fields.parsed(kind, parse_duration).value_or(Nanos{0})}};
  if (kind == "alloc") return {AllocStep{fields.parsed(kind, parse_bytes).value_or(0)}};
  if (kind == "sleep") return {read_sleep(fields)};
  return {AnswerStep{read_status(fields, "answer").value_or(200)}};
}

std::optional<Step> read_step(const Json& value, const std::string& pointer, Mistakes& mistakes) {
  JsonFields fields(value, pointer, mistakes);
  if (!value.is_object()) return std::nullopt;
  // Of "answer" and "span" others have members too: the first of the list decides.
  const auto kind =
      std::ranges::find_if(kKinds, [&](std::string_view key) { return value.contains(key); });
  if (kind == kKinds.end()) {
    const std::string first = value.empty() ? "" : value.begin().key();
    std::vector<std::string> names(kKinds.begin(), kKinds.end());
    mistakes.add(pointer, first.empty() ? "is an empty step; write {\"spin\": \"20us\"}"
                                        : unknown_name("step", first, names));
    return std::nullopt;
  }
  Step step = read_kind(*kind, fields);
  fields.finish();
  return step;
}

}  // namespace

Steps read_steps(const Json& list, const std::string& pointer, Mistakes& mistakes) {
  Steps steps;
  if (!list.is_array()) {
    mistakes.add(pointer, fmt::format("expected a list of steps, found {}", describe_json(list)));
    return steps;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (auto step = read_step(list[i], fmt::format("{}/{}", pointer, i), mistakes))
      steps.push_back(std::move(*step));
  }
  return steps;
}

}  // namespace tracetax
