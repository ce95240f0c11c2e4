// Stage `codec`: the request's body becomes a message before the application, and the application's
// reply becomes a body after it. One table of fields per message serves all formats: it is the
// compiled form of what frameworks find out by reflection or generate. The format is that of the
// body inside an RPC frame, not that of the frame.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "targets/request/stage.h"

namespace tracetax {

enum class CodecKind {
  json,  // Go's encoding/json; keys in any case
  // Go's protojson with EmitUnpopulated and DiscardUnknown, by the table of fields: libprotobuf's
  // own JSON goes through the binary form, which Go's does not. 64-bit integers are strings, names
  // are camelCase.
  protojson,
  protobuf,  // libprotobuf
  thrift,    // binary; the struct of arguments, and of the result
  jce,       // the buffer of a Tars packet
};

/// What a request takes from its URL. All of it becomes fields of the message by name.
enum class Binding {
  none,
  parameters,  // the route's
  // The route's, and go-zero's httpx.Parse: headers and query become maps, and fields are looked up
  // there.
  maps,
  // The route's and kratos' BindQuery: the query is parsed, written again in order of its keys, and
  // parsed by the form codec.
  form,
};

/// What a request that is no message gets beside its 400.
enum class BadRequestForm {
  json,    // {"error": why}
  text,    // http.Error: a line of text
  kratos,  // kratos' error object with the reason CODEC
};

struct CodecSpec {
  CodecKind kind = CodecKind::json;
  Binding binding = Binding::none;
  std::string_view content_type{};  // of answers; empty: the format's own
  BadRequestForm refusal = BadRequestForm::json;
  bool ends_lines = false;  // an answer ends in a newline, as json.Encoder of Go writes it
};
/// A request that is no message of its endpoint gets 400 and does not reach the application. An
/// exchange without a route passes. An empty body is no body in the JSON formats, an empty message
/// in the others.
[[nodiscard]] StagePointer make_stage(const CodecSpec& spec);

/// Any thread.
class Codec {
 public:
  virtual ~Codec() = default;
  /// The body of a request to `endpoint`. `message` holds the right kind already, see request_of().
  [[nodiscard]] virtual Status decode(std::string_view body, Action endpoint,
                                      Message& message) const = 0;
  /// Appends; nothing for no message.
  virtual void encode(const Message& message, std::string& out) const = 0;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view content_type() const = 0;
};
[[nodiscard]] std::unique_ptr<const Codec> make_codec(CodecKind kind);

/// An empty request message of this endpoint.
[[nodiscard]] Message request_of(Action endpoint);

}  // namespace tracetax
