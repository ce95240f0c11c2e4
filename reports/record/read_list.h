// Lists of objects in the documents that are kept: results and calibrations. Not suites, whose
// lists have rules of their own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstddef>

#include "harness/core/json/json_fields.h"

namespace tracetax {

/// Each element by `read(JsonFields&)`, which calls finish() where a name that nobody knows is a
/// mistake. A list that is absent or longer than `most` is one, and then nothing is read.
template <typename Read>
void read_list(JsonFields& fields, const char* key, std::size_t most, const Read& read) {
  fields.require(key, "a list");
  const JsonFields::Json* list = fields.array(key);
  if (list == nullptr) return;
  if (list->size() > most) {
    fields.mistake(key, fmt::format("has {} elements, more than {}", list->size(), most));
    return;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    JsonFields element((*list)[i], fmt::format("{}/{}", fields.pointer_to(key), i),
                       fields.mistakes());
    read(element);
  }
}

}  // namespace tracetax
