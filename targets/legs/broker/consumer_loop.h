// A consumer's thread: takes messages one by one or in batches, hands them over, acknowledges. If
// the connection breaks it opens another, after a wait that grows from 0.1 s to 2 s.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "targets/legs/leg.h"

namespace tracetax {

/// Where the messages come from. One thread.
class MessageSource {
 public:
  virtual ~MessageSource() = default;
  /// None if there is none within `wait`. After an error the source is of no use.
  [[nodiscard]] virtual Result<std::optional<BrokerMessage>> next(Nanos wait) = 0;
  /// All messages that next() gave have been handled.
  [[nodiscard]] virtual Status acknowledge() = 0;
};

using OpenSource = std::function<Result<std::unique_ptr<MessageSource>>()>;

/// Opens the source before it returns; tries for `first_wait`, and the error is the last one then.
/// The consumer's end handles what is there already for up to a second.
[[nodiscard]] Result<std::unique_ptr<Consumer>> start_consumer(const ConsumerSpec& spec,
                                                               OpenSource open,
                                                               HandleMessages handle,
                                                               Nanos first_wait);

}  // namespace tracetax
