// How much of what matters survives within a budget of stored bytes. Samplers that store more and
// less are comparable only so: whoever stores everything loses nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tracetax {

/// The recall of a sampler when it is brought to `budget` without looking at the traces. One that
/// stores more is thinned at random. One that stores less fills up with a uniform choice among the
/// traces that it dropped. So a uniform choice of all traces has budget / all_bytes, and every
/// sampler is held against that.
///
/// Bytes are per request. `recall` 0..1, `bytes` >= 0 as the sampler stores, `all_bytes` > 0 as
/// everything takes, `budget` >= 0. Rises with recall, and falls with bytes. Own definition; it
/// supposes that the traces of a class are as large as each other.
[[nodiscard]] double recall_at_equal_bytes(double recall, double bytes, double all_bytes,
                                           double budget);

}  // namespace tracetax
