// Tars' framing: metadata are the packet's context and status maps.
// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/rpc_framing.h"

namespace tracetax {
namespace {

// TarsGo's return codes.
constexpr std::int32_t kFailed =
    1;  // what the generated dispatch returns, for an unknown function too
constexpr std::int32_t kOverload = -9;
constexpr std::int32_t kUnknownError = -99;

boost::beast::string_view tars_view(std::string_view text) { return {text.data(), text.size()}; }

std::int32_t return_code(unsigned status) {
  if (status < 400) return 0;
  if (status == 404) return kFailed;
  return status == 503 || status == 429 ? kOverload : kUnknownError;
}

class TarsFraming final : public CallFraming {
 public:
  FrameEnd find(std::string_view stream) const noexcept override {
    return find_frame(stream, FrameLength::of_all, kRpcFrameLimit);
  }

  bool read(std::string_view frame, RpcCall& call) const override {
    if (!read_tars_request(frame, call.tars)) return false;
    call.headers.clear();
    for (const TarsMap* map : {&call.tars.context, &call.tars.status}) {
      for (const auto& [key, value] : *map) {
        if (!key.empty()) call.headers.insert(tars_view(key), tars_view(value));
      }
    }
    call.method = call.tars.function;
    call.body = call.tars.buffer;
    call.protocol = "TARS";
    call.id = call.tars.request_id;
    call.wants_answer = call.tars.packet_type == 0;
    return true;
  }

  void write(const RpcCall& call, const Exchange& exchange, std::string& out) const override {
    TarsResponse response;
    response.version = call.tars.version;
    response.request_id = call.tars.request_id;
    response.message_type = call.tars.message_type;
    response.ret = return_code(exchange.status);
    (response.ret == 0 ? response.buffer : response.description) = exchange.answer;
    if (exchange.status == 404) response.description = "func mismatch";
    append_tars_response(response, out);
  }

  std::string_view describe() const override { return "Tars packets (JCE)"; }
};

}  // namespace

std::unique_ptr<const CallFraming> make_tars_framing() { return std::make_unique<TarsFraming>(); }

}  // namespace tracetax
