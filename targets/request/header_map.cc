// SPDX-License-Identifier: Apache-2.0
#include "targets/request/header_map.h"

#include "targets/request/http_text.h"

namespace tracetax {

HeaderMap header_map_of(const Exchange::Headers& headers) {
  HeaderMap map;
  for (const auto& field : headers) {
    const auto name = field.name_string();
    map[title_case({name.data(), name.size()})].emplace_back(field.value());
  }
  return map;
}

}  // namespace tracetax
