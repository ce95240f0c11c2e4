// Kitex Protobuf: Thrift's idea of a message around a protobuf body, always framed, without
// metadata.
//
//   i32 length of what follows, u32 0x9001_00TT, i32 length of name, name, u32 sequence,
//   protobuf body
//
// The body of an exception is {1: int32 code, 2: string message}.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/wire/thrift_binary.h"

namespace tracetax {

/// `out` gets the whole frame. Returns where in it the sequence stands, so that it can be changed
/// in place.
std::size_t append_kitex_pb(const ThriftMessage& head, std::string_view body, std::string& out);

/// Takes apart a whole frame, its length included. Views are into `frame`. False: not that.
[[nodiscard]] bool read_kitex_pb(std::string_view frame, ThriftMessage& head,
                                 std::string_view& body) noexcept;

/// The body of an exception.
void append_kitex_pb_exception(const ThriftException& exception, std::string& out);
[[nodiscard]] bool read_kitex_pb_exception(std::string_view body,
                                           ThriftException& exception) noexcept;

}  // namespace tracetax
