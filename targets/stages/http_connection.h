// One HTTP/1.1 connection from accept to close, as a coroutine. Internal to http_server.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio.hpp>

#include "targets/stages/stage.h"

namespace tracetax {

// The concrete executor, because the type-erased default costs an indirect call per operation.
using ConnectionExecutor = boost::asio::io_context::executor_type;
using ConnectionSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, ConnectionExecutor>;
using ConnectionTask = boost::asio::awaitable<void, ConnectionExecutor>;
/// co_await yields (error_code, result); nothing throws.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<ConnectionExecutor>>
    kAwaitTuple;

/// Serves requests until the peer closes, asks to close, or breaks the rules. Idle, it holds a 4 KiB
/// buffer; after an outsized request its buffers shrink again. `chain` must outlive it.
[[nodiscard]] ConnectionTask serve_connection(ConnectionSocket socket, const Chain& chain);

}  // namespace tracetax
