// How a call to the service behind looks on its wire: the exchange's request as bytes, and the
// bytes that come back as its answer. Internal to call.cc; one implementation per wire.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "targets/stages/client/call.h"

namespace tracetax {

/// Any thread.
class CallFormat {
 public:
  virtual ~CallFormat() = default;
  /// `to` is HOST:PORT.
  virtual void write(const Exchange& exchange, std::string_view to, std::string& out) const = 0;

  enum class Read { need_more, whole, broken };
  /// Takes the answer out of `bytes` into the exchange, once it is there as a whole. Where more is
  /// needed and it is known how much, `least` becomes the size below which there is no use in
  /// asking again: each asking reads from the start.
  virtual Read read(std::string_view bytes, Exchange& exchange, std::size_t& least) const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
};

[[nodiscard]] std::unique_ptr<const CallFormat> make_http_call(const CallSpec& spec);
[[nodiscard]] std::unique_ptr<const CallFormat> make_micro_call();
[[nodiscard]] std::unique_ptr<const CallFormat> make_thrift_call();
[[nodiscard]] std::unique_ptr<const CallFormat> make_tars_call();
/// gRPC's calls are grpc++'s: a stage of their own.
[[nodiscard]] StagePointer make_grpc_call(const CallSpec& spec, const GrpcAddress& to);

/// Of "127.0.0.1:8080".
[[nodiscard]] GrpcAddress grpc_address_of(std::string_view text);

/// What a caller gets when the service behind does not answer.
void fail_call(Exchange& exchange, unsigned status, std::string_view why);
/// What it gets where there is no service behind.
void answer_call_alone(Exchange& exchange);
/// "Create" of "/order.Order/Create".
[[nodiscard]] inline std::string_view method_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// An HTTP/1.1 answer as the exchange's: status, content type, body. `to_head`: to a HEAD request,
/// which has no body whatever its header says.
[[nodiscard]] CallFormat::Read read_http_answer(std::string_view bytes, bool to_head,
                                                Exchange& exchange, std::size_t& least);

}  // namespace tracetax
