// A message through a broker and back: what makes a companion ready.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "targets/legs/leg.h"

namespace tracetax {

/// Of "rabbitmq=127.0.0.1:5672". Opens nothing yet.
[[nodiscard]] Result<std::unique_ptr<Broker>> broker_at(std::string_view broker_and_address);

/// Of "rabbitmq=127.0.0.1:5672", with a queue of its own. Within 4 s; where that
/// was not enough, a thread is left behind.
[[nodiscard]] Status round_trip(std::string_view broker_and_address);

}  // namespace tracetax
