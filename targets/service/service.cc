// SPDX-License-Identifier: Apache-2.0
#include "targets/service/service.h"

#include <fmt/format.h>

#include <utility>

#include "targets/engine/http_connection.h"
#include "targets/engine/rpc_connection.h"
#include "targets/service/dapr_handler.h"
#include "targets/service/grpc_server.h"
#include "targets/service/grpc_standard.h"
#include "targets/stages/application/bench_service.h"
#include "targets/stages/client/grpc_back.h"

namespace tracetax {
namespace {

/// How many event loops a service runs, and why.
struct Loops {
  unsigned asked = 0;  // 0: nobody did
  bool waits = false;  // stages wait for the service behind

  [[nodiscard]] ServerOptions apply(ServerOptions options) const {
    options.waits = waits;
    if (waits) options.threads = kWaitingThreads;
    if (asked > 0) options.threads = asked;
    return options;
  }
  /// "64 event loops, as stages wait for the service behind"
  [[nodiscard]] std::string describe(std::string_view loop, std::string_view loops) const {
    if (asked > 0) return fmt::format("{} {}", asked, asked == 1 ? loop : loops);
    if (!waits) return fmt::format("one {} per usable CPU", loop);
    return fmt::format("{} {}, as stages wait for the service behind", kWaitingThreads, loops);
  }
};

constexpr std::string_view kMonitor = "; beside them the monitor thread of Go's runtime";

std::vector<std::string> describe_grpc(const Loops& loops) {
  return {"io: HTTP/2 of grpc++, " +
              loops.describe("completion queue and thread", "completion queues and threads") +
              std::string(kMonitor),
          "frame: gRPC messages of up to 4 MiB, compressed ones too"};
}

void append_stages(const Chain& chain, std::vector<std::string>& lines) {
  for (const StagePointer& stage : chain.stages()) lines.push_back(stage->describe());
}

/// Null for HTTP/1.1.
std::unique_ptr<const CallFraming> make_framing(const Framework& framework) {
  const auto* rpc = std::get_if<RpcPipeline>(&framework.pipeline);
  if (rpc == nullptr) return nullptr;
  return rpc->wire == RpcWire::tars ? make_tars_framing() : make_kitex_framing();
}

HttpServerKind http_kind(const Framework& framework) {
  const auto* http = std::get_if<HttpPipeline>(&framework.pipeline);
  return http == nullptr || !http->on_net_http ? HttpServerKind::bare : HttpServerKind::net_http;
}

/// What has TCP for itself: HTTP/1.1 and the framed protocols.
class TcpService final : public Service {
 public:
  TcpService(const Framework& framework, const ServiceOptions& options, Tracer& tracer)
      : chain_(build_chain(stages_of(framework), options.work, tracer, {{options.back}, {}},
                           options.handler)),
        framing_(make_framing(framework)),
        serving_{http_kind(framework), !passes_queries_on(framework)},
        loops_{options.threads, waits_for_others(framework) || options.handler} {}

  Result<std::unique_ptr<Server>> listen(const ServerOptions& options) const override {
    return TcpServer::listen(loops_.apply(options), [this](ConnectionSocket socket) {
      return framing_ ? serve_rpc(std::move(socket), chain_, *framing_)
                      : serve_http(std::move(socket), chain_, serving_);
    });
  }

  std::vector<std::string> describe() const override {
    std::vector<std::string> lines{
        "io: one coroutine per connection, " + loops_.describe("event loop", "event loops") +
            std::string(kMonitor),
        fmt::format("frame: {}, 4 KiB reads", framing_ ? framing_->describe()
                                              : serving_.kind == HttpServerKind::net_http
                                                  ? "HTTP/1.1 with keep-alive, as net/http"
                                                  : "HTTP/1.1 with keep-alive")};
    append_stages(chain_, lines);
    return lines;
  }

 private:
  const Chain chain_;
  const std::unique_ptr<const CallFraming> framing_;
  const HttpServing serving_;
  const Loops loops_;
};

/// Interceptors on gRPC: a chain for unary calls, and health and reflection beside it.
class RpcService final : public Service {
 public:
  RpcService(const Framework& framework, const ServiceOptions& options, Tracer& tracer)
      : chain_(build_chain(stages_of(framework), options.work, tracer, {{options.back}, {}},
                           options.handler)),
        loops_{options.threads, waits_for_others(framework) || options.handler},
        make_handler_(std::get<RpcPipeline>(framework.pipeline).wire == RpcWire::dapr
                          ? make_dapr_handler
                          : make_chain_handler) {}

  Result<std::unique_ptr<Server>> listen(const ServerOptions& options) const override {
    GrpcServerSpec spec;
    for (const GrpcMethods& methods : {health_methods(), reflection_methods()}) {
      spec.methods.insert(spec.methods.end(), methods.begin(), methods.end());
    }
    spec.chain = &chain_;
    spec.make_handler = make_handler_;
    spec.waits = loops_.waits;
    return GrpcServer::listen(loops_.apply(options), spec);
  }

  std::vector<std::string> describe() const override {
    std::vector<std::string> lines = describe_grpc(loops_);
    append_stages(chain_, lines);
    return lines;
  }

 private:
  const Chain chain_;
  const Loops loops_;
  const MakeChainHandler make_handler_;
};

class GrpcService final : public Service {
 public:
  GrpcService(bool has_back, const ServiceOptions& options, Tracer& tracer)
      : loops_{.asked = options.threads} {
    if (has_back) {
      back_ = std::make_unique<GrpcBack>(options.back, !options.drops_propagation);
    }
    if (tracer.state() != TracerState::absent) {
      instrumentation_ = std::make_unique<GrpcInstrumentation>(tracer, options.convention);
    }
    spec_.work = options.work;
    spec_.instrumentation = instrumentation_.get();
    spec_.back = back_.get();
    for (const GrpcMethods& methods :
         {bench_methods(back_ != nullptr), health_methods(), reflection_methods()}) {
      spec_.methods.insert(spec_.methods.end(), methods.begin(), methods.end());
    }
  }

  Result<std::unique_ptr<Server>> listen(const ServerOptions& options) const override {
    return GrpcServer::listen(loops_.apply(options), spec_);
  }

  std::vector<std::string> describe() const override {
    std::vector<std::string> lines = describe_grpc(loops_);
    if (instrumentation_) {
      lines.push_back(instrumentation_->describe());
      lines.push_back("metric: one attribute set, one record, no-op meter");
    }
    lines.push_back(fmt::format("route: hash map of {} methods", spec_.methods.size()));
    lines.push_back("codec: protobuf");
    if (injects_work(spec_.work)) lines.push_back(describe_work(spec_.work));
    if (back_) lines.push_back(back_->describe());
    lines.push_back(
        "handler: bench.v1.Bench (Echo, GetUser, Collect, Feed, Chat), health, reflection");
    return lines;
  }

 private:
  const Loops loops_;
  std::unique_ptr<GrpcBack> back_;
  std::unique_ptr<GrpcInstrumentation> instrumentation_;
  GrpcServerSpec spec_;
};

}  // namespace

std::unique_ptr<Service> make_service(const Framework& framework, const ServiceOptions& options,
                                      Tracer& tracer) {
  if (std::holds_alternative<GrpcPipeline>(framework.pipeline)) {
    return std::make_unique<GrpcService>(!framework.back.empty(), options, tracer);
  }
  const auto* rpc = std::get_if<RpcPipeline>(&framework.pipeline);
  if (rpc != nullptr && (rpc->wire == RpcWire::grpc || rpc->wire == RpcWire::dapr)) {
    return std::make_unique<RpcService>(framework, options, tracer);
  }
  return std::make_unique<TcpService>(framework, options, tracer);
}

}  // namespace tracetax
