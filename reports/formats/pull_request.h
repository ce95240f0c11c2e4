// The format `pr`: Markdown for a comment on a pull request, or a job's summary. Hosts cut or
// refuse comments above some 65,000 bytes, so the size is bounded whatever the run holds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tracetax {

inline constexpr std::size_t kLargestComment = 60'000;  // bytes; the text is shorter than this
inline constexpr std::size_t kMostRows = 12;            // of the table on top

}  // namespace tracetax
