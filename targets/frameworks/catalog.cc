// Every emulated framework by name.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "targets/frameworks/frameworks.h"

namespace tracetax {
namespace {

constexpr std::array kFrameworks{
    CatalogEntry<MakeFramework>{"gin", "gin.Default() with otelgin", make_gin},
    CatalogEntry<MakeFramework>{"nethttp", "Go's net/http with otelhttp", make_nethttp},
};

}  // namespace

std::span<const CatalogEntry<MakeFramework>> framework_catalog() { return kFrameworks; }

}  // namespace tracetax
