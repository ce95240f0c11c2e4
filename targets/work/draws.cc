// SPDX-License-Identifier: Apache-2.0
#include "targets/work/draws.h"

namespace tracetax {

std::uint64_t spread(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return mix64(hash);
}

}  // namespace tracetax
