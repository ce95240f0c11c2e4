// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/codec/codec.h"

#include <fmt/format.h>

#include <utility>

#include "targets/request/rejection.h"
#include "targets/stages/codec/binding.h"
#include "targets/stages/codec/message_fields.h"

namespace tracetax {
namespace {

constexpr bool is_text(CodecKind kind) {
  return kind == CodecKind::json || kind == CodecKind::protojson;
}

std::string_view describe_binding(Binding binding) {
  switch (binding) {
    case Binding::none:
      return "";
    case Binding::parameters:
      return ", route parameters bound";
    case Binding::maps:
      return ", route parameters, headers and query bound through maps";
    case Binding::form:
      return ", route parameters and query bound through the form codec";
  }
  return "";
}

class CodecStage final : public Stage {
 public:
  explicit CodecStage(const CodecSpec& spec) : spec_(spec), codec_(make_codec(spec.kind)) {
    if (spec_.content_type.empty()) spec_.content_type = codec_->content_type();
  }

  void handle(Exchange& exchange, Next next) const override {
    if (exchange.route == nullptr) return next(exchange);
    exchange.request = request_of(exchange.route->endpoint);
    if (const auto status = read_request(exchange); !status) {
      return refuse(exchange, status.error().message);
    }
    next(exchange);
    if (std::holds_alternative<std::monostate>(exchange.reply)) return;
    exchange.content_type = spec_.content_type;
    codec_->encode(exchange.reply, exchange.answer);
    if (spec_.ends_lines) exchange.answer += '\n';
  }

  std::string describe() const override {
    return fmt::format("codec: {}{}", codec_->name(), describe_binding(spec_.binding));
  }

 private:
  Status read_request(Exchange& exchange) const {
    if (auto status = bind_request(spec_.binding, exchange); !status) return status;
    const bool has_body = !exchange.body.empty() || !is_text(spec_.kind);
    if (!has_body || std::holds_alternative<std::monostate>(exchange.request)) return {};
    return codec_->decode(exchange.body, exchange.route->endpoint, exchange.request);
  }

  void refuse(Exchange& exchange, std::string_view why) const {
    if (spec_.refusal == BadRequestForm::kratos) {
      return refuse_as_kratos(400, "CODEC", why, exchange);
    }
    exchange.status = 400;
    if (spec_.refusal == BadRequestForm::text) {
      exchange.content_type = "text/plain; charset=utf-8";
      exchange.answer_headers.push_back({"X-Content-Type-Options", "nosniff"});
      exchange.answer.assign(why).append("\n");
      return;
    }
    exchange.content_type = is_text(spec_.kind) ? spec_.content_type : "";
    exchange.answer = R"({"error":)";
    append_json_string(why, exchange.answer);
    exchange.answer += '}';
  }

  CodecSpec spec_;
  std::unique_ptr<const Codec> codec_;
};

}  // namespace

Message request_of(Action endpoint) {
  switch (endpoint) {
    case Action::get_user:
    case Action::create_user:
      return User{};
    case Action::echo:
      return Echo{};
    case Action::health:
    case Action::fails:
    case Action::filler:
      break;
  }
  return {};
}

std::unique_ptr<const Codec> make_codec(CodecKind kind) {
  switch (kind) {
    case CodecKind::json:
      return make_json_codec();
    case CodecKind::protojson:
      return make_protojson_codec();
    case CodecKind::protobuf:
      return make_protobuf_codec();
    case CodecKind::thrift:
      return make_thrift_codec();
    case CodecKind::jce:
      return make_jce_codec();
  }
  return nullptr;
}

StagePointer make_stage(const CodecSpec& spec) { return std::make_unique<CodecStage>(spec); }

}  // namespace tracetax
