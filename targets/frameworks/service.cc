// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/service.h"

#include <fmt/format.h>

#include <utility>

#include "targets/stages/bench_service.h"
#include "targets/stages/grpc_back.h"
#include "targets/stages/grpc_server.h"
#include "targets/stages/grpc_standard.h"
#include "targets/stages/http_server.h"

namespace tracetax {
namespace {

constexpr bool is_instrumentation(const StageSpec& spec) {
  return std::holds_alternative<TraceSpec>(spec) || std::holds_alternative<MetricSpec>(spec);
}

struct Build {
  Tracer& tracer;
  StagePointer operator()(const TraceSpec& spec) const { return make_stage(spec, tracer); }
  template <typename Spec>
  StagePointer operator()(const Spec& spec) const {
    return make_stage(spec);
  }
};

class HttpService final : public Service {
 public:
  HttpService(const HttpPipeline& pipeline, const ServiceOptions& options, Tracer& tracer)
      : chain_(build_chain(pipeline, options.work, tracer)) {}

  Result<std::unique_ptr<Server>> listen(const ServerOptions& options) const override {
    return HttpServer::listen(options, chain_);
  }

  std::vector<std::string> describe() const override {
    std::vector<std::string> lines{"io: one coroutine per connection, one event loop per usable CPU",
                                   "frame: HTTP/1.1 with keep-alive, 4 KiB reads"};
    for (const StagePointer& stage : chain_.stages()) lines.push_back(stage->describe());
    return lines;
  }

 private:
  const Chain chain_;
};

class GrpcService final : public Service {
 public:
  GrpcService(const GrpcPipeline& pipeline, const ServiceOptions& options, Tracer& tracer) {
    if (!pipeline.back.empty()) {
      back_ = std::make_unique<GrpcBack>(options.back, !options.drops_propagation);
    }
    if (tracer.state() != TracingState::absent) {
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
    return GrpcServer::listen(options, spec_);
  }

  std::vector<std::string> describe() const override {
    std::vector<std::string> lines{
        "io: HTTP/2 of grpc++, one completion queue and thread per usable CPU",
        "frame: gRPC messages of up to 4 MiB, compressed ones too"};
    if (instrumentation_) {
      lines.push_back(instrumentation_->describe());
      lines.push_back("metric: one attribute set, one record, no-op meter");
    }
    lines.push_back(fmt::format("route: hash map of {} methods", spec_.methods.size()));
    lines.push_back("codec: protobuf");
    if (injects_work(spec_.work)) lines.push_back(describe_work(spec_.work));
    if (back_) lines.push_back(back_->describe());
    lines.push_back("handler: bench.v1.Bench (Echo, GetUser, Collect, Feed, Chat), health, reflection");
    return lines;
  }

 private:
  std::unique_ptr<GrpcBack> back_;
  std::unique_ptr<GrpcInstrumentation> instrumentation_;
  GrpcServerSpec spec_;
};

}  // namespace

std::unique_ptr<Service> make_service(const Framework& framework, const ServiceOptions& options,
                                      Tracer& tracer) {
  if (const auto* grpc = std::get_if<GrpcPipeline>(&framework.pipeline)) {
    return std::make_unique<GrpcService>(*grpc, options, tracer);
  }
  return std::make_unique<HttpService>(std::get<HttpPipeline>(framework.pipeline), options, tracer);
}

std::string explain(const Framework& framework, const Service& service) {
  std::string text = fmt::format("{}: {}\n", framework.name, framework.models);
  int number = 1;
  for (const std::string& line : service.describe()) {
    text += fmt::format("  {}. {}\n", number++, line);
  }
  return text;
}

Chain build_chain(const HttpPipeline& pipeline, const WorkSpec& work, Tracer& tracer) {
  std::vector<StagePointer> stages;
  for (const StageSpec& spec : pipeline.stages) {
    if (tracer.state() == TracingState::absent && is_instrumentation(spec)) continue;
    if (std::holds_alternative<UsersSpec>(spec) && injects_work(work)) {
      stages.push_back(make_stage(work));
    }
    stages.push_back(std::visit(Build{tracer}, spec));
  }
  return Chain(std::move(stages));
}

}  // namespace tracetax
