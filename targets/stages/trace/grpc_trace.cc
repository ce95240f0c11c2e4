// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/grpc_trace.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "harness/core/text/suggest.h"
#include "targets/tracing/grpc_code.h"

namespace tracetax {
namespace {

constexpr std::array<std::pair<std::string_view, RpcConvention>, 3> kConventions{{
    {"rpc", RpcConvention::current},
    {"rpc/old", RpcConvention::old},
    {"rpc/dup", RpcConvention::both},
}};

// The server is to blame for these; of the others the client is, or nobody.
bool is_server_error(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return true;
    default:
      return false;
  }
}

}  // namespace

RpcConvention rpc_convention(std::string_view opt_in) {
  RpcConvention convention = RpcConvention::current;
  while (!opt_in.empty()) {
    const auto comma = opt_in.find(',');
    const std::string_view name = opt_in.substr(0, comma);
    opt_in = comma == std::string_view::npos ? std::string_view{} : opt_in.substr(comma + 1);
    if (name == "rpc/dup") return RpcConvention::both;
    if (name == "rpc/old") convention = RpcConvention::old;
  }
  return convention;
}

Result<RpcConvention> parse_rpc_convention(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& [text, convention] : kConventions) {
    if (text == name) return convention;
    known.emplace_back(text);
  }
  return failure(ExitCode::usage, unknown_name("convention", name, known));
}

GrpcAddress parse_grpc_peer(std::string_view uri) {
  GrpcAddress address;
  uri.remove_prefix(uri.find(':') == std::string_view::npos ? 0 : uri.find(':') + 1);
  const auto colon = uri.rfind(':');
  if (colon == std::string_view::npos) return address;
  std::from_chars(uri.data() + colon + 1, uri.data() + uri.size(), address.port);
  uri = uri.substr(0, colon);
  if (uri.starts_with("%5B") && uri.ends_with("%5D")) uri = uri.substr(3, uri.size() - 6);
  address.host = uri;
  return address;
}

GrpcInstrumentation::GrpcInstrumentation(Tracer& tracer, RpcConvention convention,
                                         std::unique_ptr<Instrument> (*make_instrument)())
    : tracer_(tracer),
      propagators_(tracer.propagators(std::nullopt)),
      convention_(convention),
      duration_(make_instrument()) {}

TracedCall GrpcInstrumentation::start_server(std::string_view method, const HeaderSource& metadata,
                                             const GrpcAddress& server,
                                             const GrpcAddress& peer) const {
  TracedCall call{
      .span = tracer_.start_span(method, SpanKind::server, extract_context(propagators_, metadata),
                                 method_attributes(method)),
      .kind = SpanKind::server,
      .method = method,
      .server = &server,
      .started = std::chrono::steady_clock::now()};
  call.span.set_attributes(end_attributes(server, peer));
  return call;
}

TracedCall GrpcInstrumentation::start_client(std::string_view method, const Span& parent,
                                             const GrpcAddress& server) const {
  TracedCall call{
      .span = tracer_.start_child_span(method, SpanKind::client, parent, method_attributes(method)),
      .kind = SpanKind::client,
      .method = method,
      .server = &server,
      .started = std::chrono::steady_clock::now()};
  call.span.set_attributes(end_attributes(server, server));
  return call;
}

void GrpcInstrumentation::end(TracedCall& call, const grpc::Status& status) const {
  const grpc::StatusCode code = status.error_code();
  const bool failed = call.kind == SpanKind::client ? !status.ok() : is_server_error(code);
  if (failed) call.span.set_status(SpanStatus::error, status.error_message());
  Attributes at_end;
  append_status(code, at_end);
  call.span.set_attributes(std::move(at_end));
  call.span.end();

  Attributes set = method_attributes(call.method);
  append_status(code, set);
  if (convention_ != RpcConvention::old) {
    set.push_back({"server.address", call.server->host});
    set.push_back({"server.port", std::int64_t{call.server->port}});
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - call.started;
  duration_->record(took.count(), AttributeSet(std::move(set)));
}

Attributes GrpcInstrumentation::method_attributes(std::string_view method) const {
  Attributes attributes;
  attributes.reserve(convention_ == RpcConvention::both ? 5 : 3);
  if (convention_ != RpcConvention::current) {
    const auto slash = method.rfind('/');
    attributes.push_back({"rpc.service", std::string(method.substr(0, slash))});
    // rpc.method means another thing in each convention; told both, the current one wins.
    attributes.push_back({"rpc.method", std::string(method.substr(slash + 1))});
    attributes.push_back({"rpc.system", std::string("grpc")});
  }
  if (convention_ != RpcConvention::old) {
    attributes.push_back({"rpc.method", std::string(method)});
    attributes.push_back({"rpc.system.name", std::string("grpc")});
  }
  return attributes;
}

Attributes GrpcInstrumentation::end_attributes(const GrpcAddress& server,
                                               const GrpcAddress& peer) const {
  Attributes attributes;
  attributes.reserve(convention_ == RpcConvention::both ? 4 : 2);
  if (convention_ != RpcConvention::current) {
    attributes.push_back({"net.sock.peer.addr", peer.host});
    attributes.push_back({"net.sock.peer.port", std::int64_t{peer.port}});
  }
  if (convention_ != RpcConvention::old) {
    attributes.push_back({"server.address", server.host});
    attributes.push_back({"server.port", std::int64_t{server.port}});
  }
  return attributes;
}

void GrpcInstrumentation::append_status(grpc::StatusCode code, Attributes& out) const {
  if (convention_ != RpcConvention::current) {
    out.push_back({"rpc.grpc.status_code", static_cast<std::int64_t>(code)});
  }
  if (convention_ != RpcConvention::old) {
    out.push_back({"rpc.response.status_code", std::string(grpc_code_name(code))});
  }
}

std::string GrpcInstrumentation::describe() const {
  const char* attributes = "";
  switch (convention_) {
    case RpcConvention::current:
      attributes =
          "rpc.method rpc.system.name; then: server.address server.port; at end: "
          "rpc.response.status_code";
      break;
    case RpcConvention::old:
      attributes =
          "rpc.service rpc.method rpc.system; then: net.sock.peer.addr "
          "net.sock.peer.port; at end: rpc.grpc.status_code";
      break;
    case RpcConvention::both:
      attributes = "those of both conventions";
      break;
  }
  return fmt::format(
      "trace: SERVER span \"{{service}}/{{method}}\", state {}, sampler {}, "
      "attributes at start: {}",
      to_string(tracer_.state()), tracer_.describe_sampler(), attributes);
}

}  // namespace tracetax
