// etcd by its gRPC API. The span is otelgrpc's (v0.70) around the one call of a command.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/shell_words.h"
#include "targets/legs/client/connection_pool.h"
#include "targets/legs/client/once.h"
#include "targets/legs/store/command_words.h"
#include "targets/legs/store/proto/etcd_kv.pb.h"
#include "targets/legs/stores.h"
#include "targets/tracing/grpc_code.h"

namespace tracetax {
namespace {

constexpr std::array<std::string_view, 2> kEtcdTracings{"otelgrpc", "none"};

class EtcdStore final : public Store {
 public:
  EtcdStore(const StoreLeg& leg, const LegAddress& address, bool traces)
      : leg_(leg), address_(address), traces_(traces) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    channel_ = grpc::CreateCustomChannel(fmt::format("{}:{}", address.host, address.port),
                                         grpc::InsecureChannelCredentials(), arguments);
  }

  Status set_up(const std::vector<std::string>& setup) override {
    // A look at any key also makes the connection, before anything is traced.
    Status done = try_for(kStartLimit, [this]() -> Status {
      auto looked = get("tracetax", nullptr, nullptr);
      if (!looked) return failure(looked.error());
      return {};
    });
    if (done && !setup.empty()) done = set_up_keys(setup);
    if (!done) return failure(ExitCode::invalid, leg_failed(leg_, done.error().message).error);
    return {};
  }

  LegResult run(const StoreStep& step, const LegCall& call) override {
    const auto words = filled_words(step.command, call.values);
    auto answer = command(words, &call.tracer, traces_ ? call.parent : nullptr);
    if (!answer) return leg_failed(leg_, answer.error().message);
    return end_command(step, std::move(*answer), call.values);
  }
  LegResult run(const SqlStep&, const LegCall&) override {
    return wrong_kind(leg_, "commands, and no SQL");
  }

  std::string describe() const override {
    return fmt::format("{}: etcd at {}:{}, one connection, spans of {}", leg_.name, address_.host,
                       address_.port, kEtcdTracings[traces_ ? 0 : 1]);
  }

 private:
  Status set_up_keys(const std::vector<std::string>& setup) {
    const std::string key = "tracetax/setup/" + leg_.name;
    return set_up_once([&] { return create(key); },
                       [&]() -> Status {
                         for (const std::string& text : setup) {
                           auto words = shell_words(text);
                           if (!words) return failure(words.error());
                           auto done = command(*words, nullptr, nullptr);
                           if (!done) return failure(done.error());
                         }
                         auto done = put(key, "done", nullptr, nullptr);
                         if (!done) return failure(done.error());
                         return {};
                       },
                       [&]() -> Result<bool> {
                         auto got = get(key, nullptr, nullptr);
                         if (!got) return failure(got.error());
                         return got->value == "done";
                       });
  }

  Result<CommandAnswer> command(const std::vector<std::string>& words, Tracer* tracer,
                                const Span* parent) {
    if (words.size() == 2 && words[0] == "get") return get(words[1], tracer, parent);
    if (words.size() == 3 && words[0] == "put") return put(words[1], words[2], tracer, parent);
    if (words.size() == 2 && words[0] == "del") return remove(words[1], tracer, parent);
    return failure(ExitCode::usage,
                   "etcd knows [\"get\", KEY], [\"put\", KEY, VALUE] and [\"del\", KEY]");
  }

  Result<CommandAnswer> get(const std::string& key, Tracer* tracer, const Span* parent) {
    etcd::RangeRequest request;
    request.set_key(key);
    auto got = ask<etcd::RangeResponse>("etcdserverpb.KV/Range", request, tracer, parent);
    if (!got) return failure(got.error());
    if (got->kvs().empty()) return CommandAnswer{.none = true, .value = {}};
    return CommandAnswer{.none = false, .value = got->kvs(0).value()};
  }

  Result<CommandAnswer> put(const std::string& key, const std::string& value, Tracer* tracer,
                            const Span* parent) {
    etcd::PutRequest request;
    request.set_key(key);
    request.set_value(value);
    auto done = ask<etcd::PutResponse>("etcdserverpb.KV/Put", request, tracer, parent);
    if (!done) return failure(done.error());
    return CommandAnswer{};
  }

  Result<CommandAnswer> remove(const std::string& key, Tracer* tracer, const Span* parent) {
    etcd::DeleteRangeRequest request;
    request.set_key(key);
    auto done =
        ask<etcd::DeleteRangeResponse>("etcdserverpb.KV/DeleteRange", request, tracer, parent);
    if (!done) return failure(done.error());
    return CommandAnswer{.none = done->deleted() == 0, .value = std::to_string(done->deleted())};
  }

  /// False: the key is there.
  Result<bool> create(const std::string& key) {
    etcd::TxnRequest request;
    auto& compare = *request.add_compare();
    compare.set_target(etcd::Compare::CREATE);
    compare.set_key(key);
    compare.set_create_revision(0);
    request.add_success()->mutable_request_put()->set_key(key);
    auto done = ask<etcd::TxnResponse>("etcdserverpb.KV/Txn", request, nullptr, nullptr);
    if (!done) return failure(done.error());
    return done->succeeded();
  }

  template <typename Response, typename Request>
  Result<Response> ask(std::string_view method, const Request& request, Tracer* tracer,
                       const Span* parent) {
    std::optional<Span> span;
    grpc::ClientContext context;
    if (parent != nullptr) {
      span.emplace(tracer->start_child_span(
          method, SpanKind::client, *parent,
          {{"rpc.method", std::string(method)}, {"rpc.system.name", std::string("grpc")}}));
      context.AddMetadata("traceparent", format_traceparent(span->context()));
    }
    context.set_deadline(std::chrono::system_clock::now() + kStatementLimit);
    grpc::TemplatedGenericStub<Request, Response> stub(channel_);
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareUnaryCall(&context, fmt::format("/{}", method), request, &queue);
    call->StartCall();
    Response response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    if (span) end(*span, status);
    if (status.ok()) return response;
    return failure(ExitCode::invalid, fmt::format("{}: {}", grpc_code_name(status.error_code()),
                                                  status.error_message()));
  }

  void end(Span& span, const grpc::Status& status) const {
    span.set_attributes(
        {{"server.address", address_.host},
         {"server.port", std::int64_t{address_.port}},
         {"rpc.response.status_code", std::string(grpc_code_name(status.error_code()))}});
    if (!status.ok()) span.set_status(SpanStatus::error, status.error_message());
    span.end();
  }

  const StoreLeg leg_;
  const LegAddress address_;
  const bool traces_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace

Result<std::unique_ptr<Store>> make_etcd_store(const StoreLeg& leg, const LegAddress& address) {
  const auto tracing = instrumentation_of(leg, kEtcdTracings);
  if (!tracing) return failure(tracing.error());
  return std::make_unique<EtcdStore>(leg, address, *tracing == 0);
}

}  // namespace tracetax
