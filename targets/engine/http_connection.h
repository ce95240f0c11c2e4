// One HTTP/1.1 connection from accept to close, as a coroutine: Boost.Beast's parser, keep-alive
// and pipelining. What it answers is the chain's business.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "targets/engine/tcp_server.h"
#include "targets/request/stage.h"

namespace tracetax {

/// What one connection may ask for. Beyond: 431, 413; anything else that is not HTTP: 400. After
/// these the connection is closed.
inline constexpr std::size_t kHeaderLimit = 64 * 1024;
inline constexpr std::size_t kBodyLimit = 1024 * 1024;

/// Whose server it is, apart from what all do.
enum class HttpServerKind {
  net_http,  // Go's: maps and objects of net_http.h, and a goroutine per request that reads on
  bare,      // nothing more, as Hertz on netpoll
};

struct HttpServing {
  HttpServerKind kind = HttpServerKind::net_http;
  bool obeys_queries = true;  // asked_effects.h; false: the service behind does
};

/// Serves requests until the peer closes, asks to close, or breaks the rules. Idle, it holds a 4
/// KiB buffer; after an outsized request its buffers shrink again. `chain` must outlive it.
[[nodiscard]] ConnectionTask serve_http(ConnectionSocket socket, const Chain& chain,
                                        HttpServing serving = {});

}  // namespace tracetax
