// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/grpc_call.h"

#include <grpc/support/time.h>

#include <functional>
#include <map>
#include <utility>

namespace tracetax {
namespace {

/// The names of metadata are in lower case.
class MetadataHeaders final : public HeaderSource {
 public:
  explicit MetadataHeaders(const grpc::ServerContextBase& context)
      : all_(context.client_metadata()) {}
  [[nodiscard]] std::string_view first(std::string_view name) const override {
    const auto found = all_.find({name.data(), name.size()});
    return found == all_.end() ? std::string_view{} : view(found->second);
  }
  void each(const std::function<void(std::string_view, std::string_view)>& see) const override {
    for (const auto& [name, value] : all_) see(view(name), view(value));
  }

 private:
  static std::string_view view(grpc::string_ref text) { return {text.data(), text.size()}; }
  const std::multimap<grpc::string_ref, grpc::string_ref>& all_;
};

}  // namespace

void ServedCall::await(GrpcLoop& loop) {
  auto* call = new ServedCall(loop);
  loop.service.RequestCall(&call->context_, &call->stream_, loop.queue.get(), loop.queue.get(),
                           call);
}

void ServedCall::proceed(bool ok) {
  switch (state_) {
    case State::waiting:
      if (!ok) return abandon();  // the server shuts down
      // A loop that waits takes no other call meanwhile: a free one is to have it.
      if (!loop_.serving.waits) await(loop_);
      return start();
    case State::reading:
      return carry_out(ok ? received() : handler_->on_end_of_messages());
    case State::pausing:
      loop_.pausing.erase(this);
      return write();
    case State::writing:
      if (!ok) return finish(grpc::Status::CANCELLED);
      return carry_out(handler_->on_written());
    case State::forwarding:
      return carry_out(answered());
    case State::finishing:
      return end(ok);
  }
}

void ServedCall::end_pause() {
  if (alarm_) alarm_->Cancel();
}

void ServedCall::start() {
  add_active(1);
  const GrpcServing& serving = loop_.serving;
  const auto method = serving.methods.find(context_.method());
  if (method == serving.methods.end() && serving.chain != nullptr) {
    handler_ = serving.make_handler(*serving.chain, serving.address, context_);
    worked_ = true;  // the chain has a stage for it
    return carry_out(read_next());
  }
  if (method == serving.methods.end()) {
    // grpc-go starts a span here and never ends it, so nothing is exported; here there is none.
    return finish({grpc::StatusCode::UNIMPLEMENTED, "unknown method " + context_.method()});
  }
  const MetadataHeaders metadata(context_);
  traceparent_ = metadata.first("traceparent");
  if (serving.instrumentation != nullptr) {
    const GrpcAddress peer =
        serving.instrumentation->wants_peer() ? parse_grpc_peer(context_.peer()) : GrpcAddress{};
    traced_.emplace(serving.instrumentation->start_server(
        std::string_view(context_.method()).substr(1), metadata, serving.address, peer));
  }
  handler_ = method->second();
  carry_out(read_next());
}

void ServedCall::carry_out(GrpcStep step) {
  switch (step.kind) {
    case GrpcStep::Kind::read:
      state_ = State::reading;
      return stream_.Read(&buffer_, this);
    case GrpcStep::Kind::write:
      buffer_ = std::move(step.message);
      if (step.pause.count() == 0) return write();
      state_ = State::pausing;
      loop_.pausing.insert(this);
      alarm_ = std::make_unique<grpc::Alarm>(
          loop_.queue.get(),
          gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                       gpr_time_from_millis(step.pause.count(), GPR_TIMESPAN)),
          this);
      return;
    case GrpcStep::Kind::write_and_finish:
      state_ = State::finishing;
      return stream_.WriteAndFinish(step.message, {}, grpc::Status::OK, this);
    case GrpcStep::Kind::finish:
      return finish(step.status);
    case GrpcStep::Kind::forward:
      return forward(step.message);
  }
}

void ServedCall::write() {
  state_ = State::writing;
  stream_.Write(buffer_, this);
}

void ServedCall::forward(const grpc::ByteBuffer& message) {
  const GrpcServing& serving = loop_.serving;
  if (serving.back == nullptr) {
    return finish({grpc::StatusCode::INTERNAL, "there is no service behind this one"});
  }
  state_ = State::forwarding;
  back_call_ =
      serving.back->start(context_.method(), message, context_.deadline(), serving.instrumentation,
                          traced_ ? &traced_->span : nullptr, *loop_.queue, this);
}

void ServedCall::finish(const grpc::Status& status) {
  state_ = State::finishing;
  status_ = status;
  stream_.Finish(status, this);
}

void ServedCall::add_active(int change) {
  loop_.active.store(loop_.active.load(std::memory_order_relaxed) + change,
                     std::memory_order_release);
}

GrpcStep ServedCall::received() {
  if (!worked_) {
    worked_ = true;
    burn_work(loop_.serving.work, traceparent_);
  }
  return handler_->on_message(buffer_);
}

GrpcStep ServedCall::answered() {
  GrpcBackCall& call = *back_call_;
  if (call.traced) loop_.serving.instrumentation->end(*call.traced, call.status);
  return handler_->on_answer(call.status, call.answer);
}

void ServedCall::end(bool delivered) {
  if (loop_.serving.waits) await(loop_);
  if (traced_) {
    loop_.serving.instrumentation->end(*traced_, delivered ? status_ : grpc::Status::CANCELLED);
  }
  add_active(-1);
  delete this;
}

}  // namespace tracetax
