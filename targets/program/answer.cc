// SPDX-License-Identifier: Apache-2.0
#include "targets/program/answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "targets/legs/broker/message.h"
#include "targets/program/value_text.h"
#include "targets/request/rejection.h"

namespace tracetax {
namespace {

constexpr std::string_view kOutcome = "X-Outcome";
constexpr std::string_view kStatus = "X-Status";

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

void take_reserved(const Values& answer, CallEnd& end) {
  end.labels = words_of(answer.get(kOutcome));
  const std::string_view status = answer.get(kStatus);
  std::from_chars(status.data(), status.data() + status.size(), end.status);
}

void take_values(const Values& answer, Values& values) {
  for (const auto& [name, value] : answer.all()) {
    if (name != kOutcome && name != kStatus) values.set(name, value);
  }
}

void put_rpc_answer(Values values, const std::string& outcome, unsigned status,
                    Exchange& exchange) {
  if (!outcome.empty()) values.set(kOutcome, outcome);
  if (status >= 400) {
    values.set(kStatus, fmt::format_int(status).str());
    exchange.answer = json_of(values);
  } else {
    exchange.reply = Echo{json_of(values)};
  }
}

}  // namespace

void write_program_answer(const AnswerForm& form, StepWalk& walk, const StepEnd& end,
                          Exchange& exchange) {
  exchange.status = end.status;
  if (form.kratos_error && end.status >= 400) {
    exchange.error = fmt::format("error: code = {} reason = {} message = ", end.status,
                                 walk.labels.empty() ? "FAILED" : walk.labels.back());
  }
  if (end.kind == StepEnd::Kind::failed) {
    if (form.is_rpc) {
      Values why;
      why.set("error", end.why);
      return put_rpc_answer(std::move(why), "", end.status, exchange);
    }
    return reject(exchange, {end.status, kPlainText, end.why + '\n'});
  }
  std::ranges::sort(walk.labels);
  const std::string outcome = fmt::format("{}", fmt::join(walk.labels, " "));
  if (!outcome.empty()) {
    // Metadata of gRPC have names in lower case.
    exchange.answer_headers.push_back({form.is_rpc ? "x-outcome" : std::string(kOutcome), outcome});
  }
  if (form.is_rpc) return put_rpc_answer(std::move(walk.values), outcome, end.status, exchange);
  exchange.content_type = form.content_type;
  exchange.answer = json_of(walk.values);
  if (form.ends_lines) exchange.answer += '\n';
}

/// An object that a framework has made of an error of its own.
static bool is_complaint(const Values& answer) {
  return !answer.get("error").empty() || !answer.get("reason").empty() ||
         !answer.get("message").empty();
}

CallEnd read_answer(Exchange& exchange, bool is_rpc, Values& values) {
  CallEnd end;
  end.status = exchange.status;
  const auto* echo = std::get_if<Echo>(&exchange.reply);
  const std::string_view text =
      is_rpc && echo != nullptr ? std::string_view(echo->text) : std::string_view(exchange.answer);
  Values answer;
  end.answered = take_json(text, answer).has_value();
  if (end.answered) take_reserved(answer, end);
  if (!end.answered && end.status < 400) end.status = 502;
  for (const AnswerHeader& header : exchange.answer_headers) {
    if (header.name == kOutcome) end.labels = words_of(header.value);
  }
  if (end.status >= 400 && end.labels.empty() && is_complaint(answer)) end.answered = false;
  if (end.answered) take_values(answer, values);
  if (end.status >= 400) {
    const std::string_view why = answer.get("error");
    end.error = why.empty() ? text.substr(0, text.find('\n')) : why;
  }
  return end;
}

}  // namespace tracetax
