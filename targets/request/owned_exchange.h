// A copy of an exchange with a request of its own, for work that may go on after the connection has
// turned to something else. In Go the collector keeps the request alive; here it is copied.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "targets/request/exchange.h"

namespace tracetax {

/// The request's texts are copied, and the path parameters point into the copy. The route and the
/// content type belong to the chain, which outlives both.
class OwnedExchange {
 public:
  explicit OwnedExchange(const Exchange& source);
  OwnedExchange(const OwnedExchange&) = delete;
  OwnedExchange& operator=(const OwnedExchange&) = delete;

  [[nodiscard]] Exchange& exchange() { return exchange_; }
  /// Copies the answer into `target`, as the frameworks do it, and the route if it was found
  /// meanwhile; the message moves. `target` is the source. Once.
  void give_answer(Exchange& target);

 private:
  std::string text_;  // method, path, query, body and peer, one after the other
  Exchange::Headers headers_;
  Exchange exchange_;
};

}  // namespace tracetax
