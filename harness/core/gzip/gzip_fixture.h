// What gunzip() undoes, for tests: one gzip member.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/gzip/gzip.h"

namespace tracetax {

[[nodiscard]] inline std::string gzip_of(std::string_view text) {
  GzipCompressor compressor;
  return compressor.compress(text);
}

}  // namespace tracetax
