// context.WithValue of Go: a list of keys with values, each on the heap, looked up by walking it.
// Source: context/context.go.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

namespace tracetax {

struct ValueContext;
using ContextPointer = std::shared_ptr<const ValueContext>;

/// `key` is an address that nobody else has.
struct ValueContext {
  ContextPointer parent;
  const void* key;
  std::shared_ptr<const void> value;
};

[[nodiscard]] inline ContextPointer with_value(ContextPointer parent, const void* key,
                                               std::shared_ptr<const void> value) {
  return std::make_shared<const ValueContext>(
      ValueContext{std::move(parent), key, std::move(value)});
}

/// Null: none.
template <typename Value>
[[nodiscard]] const Value* value_of(const ContextPointer& context, const void* key) {
  for (const ValueContext* at = context.get(); at != nullptr; at = at->parent.get()) {
    if (at->key == key) return static_cast<const Value*>(at->value.get());
  }
  return nullptr;
}

}  // namespace tracetax
