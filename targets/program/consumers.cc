// SPDX-License-Identifier: Apache-2.0
#include "targets/program/consumers.h"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "targets/program/value_text.h"

namespace tracetax {
namespace {

std::vector<SpanLink> links_to(std::span<const BrokerMessage> messages) {
  std::vector<SpanLink> links;
  for (const BrokerMessage& message : messages) {
    if (message.context) {
      links.push_back({.context = *message.context,
                       .trace_state = message.trace_state,
                       .is_remote = true,
                       .attributes = {}});
    }
  }
  return links;
}

Caller caller_of(const BrokerMessage& message) {
  Caller caller{message.context, nullptr};
  if (!message.trace_state.empty()) {
    caller.carried = std::make_shared<Carried>(Carried{.trace_state = message.trace_state});
  }
  return caller;
}

}  // namespace

Result<std::unique_ptr<Consumers>> Consumers::start(const Program& program) {
  std::unique_ptr<Consumers> consumers(new Consumers(program));
  for (const ConsumerSpec& spec : program.service().consumers) {
    Account& account = consumers->accounts_.emplace_back();
    account.spec = &spec;
    Broker& broker = program.broker(spec.broker);
    auto started = broker.consume(
        spec, [self = consumers.get(), &account, &broker](std::span<const BrokerMessage> messages) {
          self->handle(account, broker, messages);
        });
    if (!started) return failure(started.error());
    consumers->running_.push_back(std::move(*started));
  }
  return consumers;
}

void Consumers::stop() { running_.clear(); }

void Consumers::handle(Account& account, const Broker& broker,
                       std::span<const BrokerMessage> messages) {
  const ConsumerSpec& spec = *account.spec;
  Tracer& tracer = program_.tracer();
  if (messages.empty()) return;
  if (tracer.state() == TracerState::absent) {
    for (const BrokerMessage& message : messages) handle_one(account, message, nullptr);
    return;
  }
  const std::string name = broker.consumer_span_name(spec);
  if (spec.join == Join::parent) {
    for (const BrokerMessage& message : messages) {
      const Span span = tracer.start_span(name, SpanKind::consumer, caller_of(message),
                                          broker.consumer_attributes(spec, message));
      handle_one(account, message, &span);
    }
    return;
  }
  const Span span = tracer.start_linked_span(name, SpanKind::consumer, links_to(messages),
                                             broker.consumer_attributes(spec, messages.front()));
  for (const BrokerMessage& message : messages) {
    std::optional<Span> process;
    if (spec.each) {
      process.emplace(tracer.start_child_span("process", SpanKind::internal, span, {}));
    }
    handle_one(account, message, process ? &*process : &span);
  }
}

void Consumers::handle_one(Account& account, const BrokerMessage& message, const Span* parent) {
  StepWalk walk;
  walk.parent = parent;
  StepEnd end;
  if (const auto status = take_json(message.body, walk.values); !status) {
    end = failed_step(status.error().message);
  } else {
    end = program_.run(account.spec->steps, walk);
  }
  account.messages.fetch_add(1, std::memory_order_relaxed);
  if (end.kind != StepEnd::Kind::failed) return;
  constexpr std::uint64_t kTold = 5;  // the rest is only counted
  if (account.failed.fetch_add(1, std::memory_order_relaxed) < kTold) {
    fmt::print(stderr, "tracetax-target: a message from {} failed: {}\n", account.spec->from,
               end.why);
  }
}

std::vector<Invariant> Consumers::invariants() const {
  std::vector<Invariant> all;
  for (const Account& account : accounts_) {
    const std::uint64_t failed = account.failed.load();
    all.push_back({fmt::format("messages from {} are handled", account.spec->from), failed == 0,
                   fmt::format("{} of {} failed", failed, account.messages.load())});
  }
  return all;
}

}  // namespace tracetax
