// SPDX-License-Identifier: Apache-2.0
#include "scenarios/plugin/plugin_request.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "harness/core/text/quote.h"
#include "harness/load/session/grpc_frame.h"
#include "scenarios/grpc/grpc.h"
#include "scenarios/grpc/grpc_scenario.h"

namespace tracetax {
namespace {

constexpr std::size_t kLongestText = 64 * 1024;
constexpr std::uint32_t kKnownFlags = TRACETAX_ANSWERS_WITH_MESSAGES | TRACETAX_TAKES_TURNS;
constexpr int kLastGrpcStatus = 16;

tl::unexpected<Error> wrong_request(std::string message) {
  return failure(ExitCode::usage, std::move(message));
}

Status read_status(const tracetax_plan& plan, PluginPlan& out) {
  const bool grpc = out.protocol == Protocol::grpc;
  if (plan.status_low == 0 && plan.status_high == 0) {
    if (grpc) out.status_low = out.status_high = 0;
    return {};
  }
  const int lowest = grpc ? 0 : 100, highest = grpc ? kLastGrpcStatus : 599;
  if (plan.status_low < lowest || plan.status_high > highest ||
      plan.status_low > plan.status_high) {
    return wrong_request(
        fmt::format("status_low and status_high: {} to {} is no range within {} to {}",
                    plan.status_low, plan.status_high, lowest, highest));
  }
  out.status_low = plan.status_low;
  out.status_high = plan.status_high;
  return {};
}

TlsOptions read_tls(const tracetax_tls& tls, const std::string& folder) {
  const auto text = [](const char* given) {
    return given == nullptr ? std::string{} : std::string(given, strnlen(given, kLongestText));
  };
  const auto file = [&](const char* given) {
    return given == nullptr ? std::string{}
                            : (std::filesystem::path(folder) / text(given)).string();
  };
  TlsOptions options;
  options.ca_file = file(tls.ca_file);
  options.cert_file = file(tls.cert_file);
  options.key_file = file(tls.key_file);
  options.server_name = text(tls.server_name);
  options.insecure = tls.insecure != 0;
  return options;
}

// "/pkg.Service/Method": two names, nothing else.
bool is_grpc_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  const std::size_t slash = path.find('/', 1);
  if (slash == path.npos || slash == 1 || slash + 1 == path.size()) return false;
  return std::all_of(path.begin() + 1, path.end(), [at = std::size_t{1}, slash](char c) mutable {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return at++ == slash || letter || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

}  // namespace

Result<PluginPlan> read_plugin_plan(const tracetax_plan& plan, const std::string& folder) {
  PluginPlan out;
  switch (plan.protocol) {
    case TRACETAX_HTTP1:
      out.protocol = Protocol::http1;
      break;
    case TRACETAX_HTTP2:
      out.protocol = Protocol::http2;
      break;
    case TRACETAX_GRPC:
      out.protocol = Protocol::grpc;
      break;
    default:
      return wrong_request(fmt::format(
          "protocol: {} is none; right is 1 (HTTP/1.1), 2 (HTTP/2) or 3 (gRPC)", plan.protocol));
  }
  const bool grpc = out.protocol == Protocol::grpc;
  if (plan.request_count > TRACETAX_REQUESTS_MAX) {
    return wrong_request(
        fmt::format("request_count: {} are too many; at most {}, which are sent in turn",
                    plan.request_count, TRACETAX_REQUESTS_MAX));
  }
  out.request_count = plan.request_count;
  if (Status status = read_status(plan, out); !status) return failure(status.error());
  if ((plan.flags & ~kKnownFlags) != 0)
    return wrong_request(fmt::format("flags: {:#x} has unknown bits", plan.flags));
  if (plan.flags != 0 && !grpc) return wrong_request("flags: are for gRPC only");
  out.answers_with_messages = (plan.flags & TRACETAX_ANSWERS_WITH_MESSAGES) != 0;
  out.takes_turns = (plan.flags & TRACETAX_TAKES_TURNS) != 0;
  if (out.takes_turns && !out.answers_with_messages) {
    return wrong_request(
        "flags: TRACETAX_TAKES_TURNS needs TRACETAX_ANSWERS_WITH_MESSAGES: the two sides take "
        "turns");
  }
  if (plan.deadline_ns != 0) {
    if (!grpc) return wrong_request("deadline_ns: is for gRPC only");
    if (plan.deadline_ns > static_cast<std::uint64_t>(INT64_MAX))
      return wrong_request("deadline_ns: is too long");
    out.deadline = Nanos{static_cast<std::int64_t>(plan.deadline_ns)};
  }
  if (plan.tls != nullptr) out.tls = read_tls(*plan.tls, folder);
  return out;
}

Status PluginRequests::count(std::size_t size) {
  if (size > TRACETAX_REQUEST_BYTES_MAX - bytes_) {
    return wrong_request(
        fmt::format("all requests together are larger than {} bytes", TRACETAX_REQUEST_BYTES_MAX));
  }
  bytes_ += size;
  return {};
}

Result<std::string> PluginRequests::text(const char* text, std::string_view field) {
  if (text == nullptr) return wrong_request(fmt::format("{}: is a null pointer", field));
  const std::size_t size = strnlen(text, kLongestText + 1);
  if (size > kLongestText) {
    return wrong_request(
        fmt::format("{}: is longer than {} bytes, or does not end", field, kLongestText));
  }
  if (auto counted = count(size); !counted) return failure(counted.error());
  return std::string(text, size);
}

Result<std::string> PluginRequests::bytes(const tracetax_bytes& bytes, std::string_view field) {
  if (bytes.size == 0) return std::string{};
  if (bytes.data == nullptr)
    return wrong_request(
        fmt::format("{}: data is a null pointer, but size is {}", field, bytes.size));
  if (auto counted = count(bytes.size); !counted) return failure(counted.error().within(field));
  return std::string(static_cast<const char*>(bytes.data), bytes.size);
}

Result<std::vector<HeaderField>> PluginRequests::headers(const tracetax_request& request) {
  std::vector<HeaderField> fields;
  if (request.header_count == 0) return fields;
  if (request.header_count > TRACETAX_HEADERS_MAX) {
    return wrong_request(fmt::format("header_count: {} are too many; at most {}",
                                     request.header_count, TRACETAX_HEADERS_MAX));
  }
  if (request.headers == nullptr) {
    return wrong_request(
        fmt::format("headers: is a null pointer, but header_count is {}", request.header_count));
  }
  for (std::uint32_t i = 0; i < request.header_count; ++i) {
    auto name = text(request.headers[i].name, fmt::format("headers[{}].name", i));
    if (!name) return failure(name.error());
    auto value = text(request.headers[i].value, fmt::format("headers[{}].value", i));
    if (!value) return failure(value.error());
    fields.push_back({std::move(*name), std::move(*value)});
  }
  return fields;
}

Result<HttpRequest> PluginRequests::read_http(const tracetax_request& request) {
  if (request.message_count != 0)
    return wrong_request("messages: are for gRPC only; HTTP has a body");
  HttpRequest out;
  auto path = text(request.path, "path");
  if (!path) return failure(path.error());
  out.path = std::move(*path);
  auto fields = headers(request);
  if (!fields) return failure(fields.error());
  for (auto& [name, value] : *fields) out.headers.emplace_back(std::move(name), std::move(value));
  auto body = bytes(request.body, "body");
  if (!body) return failure(body.error());
  out.body = std::move(*body);
  out.method = out.body.empty() ? "GET" : "POST";
  if (request.method != nullptr) {
    auto method = text(request.method, "method");
    if (!method) return failure(method.error());
    out.method = std::move(*method);
  }
  return out;
}

Result<StreamTemplate> PluginRequests::read_grpc(const tracetax_request& request,
                                                 const PluginPlan& plan, const ScenarioUse& use) {
  if (request.method != nullptr)
    return wrong_request("method: is for HTTP only; a gRPC call is always a POST");
  if (request.body.size != 0) return wrong_request("body: is for HTTP only; gRPC has messages");
  const auto path = text(request.path, "path");
  if (!path) return failure(path.error());
  if (!is_grpc_path(*path))
    return wrong_request(fmt::format("path: {} is not like '/pkg.Service/Method'", quote(*path)));
  auto metadata = headers(request);
  if (!metadata) return failure(metadata.error());
  for (HeaderField& field : *metadata) {
    // One at a time: a name may come several times, in the plugin's order.
    const auto checked = check_grpc_metadata({{field.name, field.value}});
    if (!checked) return failure(checked.error().within("headers"));
    field.name = checked->begin()->first;
  }
  StreamTemplate stream = grpc_stream(*path, plan.deadline, *metadata, use, plan.tls.has_value());
  if (request.message_count == 0) return wrong_request("messages: a call needs at least one");
  if (request.messages == nullptr) {
    return wrong_request(
        fmt::format("messages: is a null pointer, but message_count is {}", request.message_count));
  }
  for (std::size_t i = 0; i < request.message_count; ++i) {
    // The prefix counts as well, so that the number of empty messages is bounded.
    if (auto counted = count(kGrpcPrefixSize); !counted)
      return failure(counted.error().within("messages"));
    const auto message = bytes(request.messages[i], fmt::format("messages[{}]", i));
    if (!message) return failure(message.error());
    stream.messages.push_back(grpc_frame(*message));
  }
  return stream;
}

}  // namespace tracetax
