#!/usr/bin/env python3
"""Makes ratio_rules_vectors.h: what each SDK's ratio rule says of some ids, in exact integers and fractions.

It shares no code with ratio_rules.cc. `--write` writes the table; without it, the table that is there is compared.
The ids are those at the edge of each rule, one to each side, random ones, and those of the SDKs' own tests.
SPDX-License-Identifier: Apache-2.0
"""
import pathlib
import random
import struct
import sys
from fractions import Fraction
from math import floor

HALF = 1 << 63
SIGNED_MOST = HALF - 1


def signed(number):
    return struct.unpack(">q", struct.pack(">Q", number))[0]


def java_abs(number):
    return number if number == -HALF else abs(number)


def half_even(fraction):
    return round(fraction)  # a Fraction rounds halves to the even number, exactly


def half_up(fraction):
    return floor(fraction + Fraction(1, 2))


def cpp_number(share):
    """opentelemetry-cpp's CalculateThreshold in doubles, which is what Python's floats are."""
    if share <= 0:
        return 0
    if share >= 1:
        return (1 << 64) - 1
    product = float(0xffffffff) * share
    whole = floor(product)
    return ((whole << 32) + int((product - whole) * 4294967296.0 + product)) & ((1 << 64) - 1)


def go(ratio, high, low):
    return ratio >= 1 or low >> 1 < floor(Fraction(ratio) * HALF)


def java(ratio, high, low):
    bound = -HALF if ratio == 0 else min(SIGNED_MOST, floor(Fraction(ratio) * HALF))
    return java_abs(signed(low)) < bound


def python(ratio, high, low):
    return low < half_even(Fraction(ratio) * (1 << 64))


def dotnet(ratio, high, low):
    bound = -HALF if ratio == 0 else min(SIGNED_MOST, floor(Fraction(ratio) * HALF))
    return high & SIGNED_MOST < bound


def cpp(ratio, high, low):
    threshold = cpp_number(ratio)
    return threshold > 0 and cpp_number(float(high) / float((1 << 64) - 1)) <= threshold


def js(ratio, high, low):
    word = 0
    for part in (high >> 32, high & 0xffffffff, low >> 32, low & 0xffffffff):
        word ^= part
    return word < ((1 << 32) if ratio == 1 else floor(ratio * 0xffffffff))


def probability(ratio, high, low):
    return low % (1 << 56) >= (1 << 56) - half_up(Fraction(ratio) * (1 << 56))


RULES = (go, java, python, dotnet, cpp, js, probability)
RATIOS = (0.0, 0.0001, 0.01, 0.25, 1.0)
# (ratio, id) of opentelemetry-java's, -js's and -cpp's tests of their samplers.
UPSTREAM = [(0.0001, 0x00000000000000008fffffffffffffff), (0.0001, 0x0000ffffffffffff0000000000000000),
            (0.2, 0x1), (0.2, 0x33333333), (0.1, floor(0xffffffff * 0.1) - 1), (0.1, floor(0xffffffff * 0.2) - 1),
            (0.2, floor(0xffffffff * 0.2)), (1.0, 0xffffffff), (0.01, 0x80 << 120), (0.5, 0x80 << 120),
            (0.50000001, 0x80 << 120), (0.49999999, 0x80 << 120)]


def edges(ratio):
    exact = Fraction(ratio)
    for edge in (floor(exact * HALF) * 2, floor(exact * HALF), half_even(exact * (1 << 64)),
                 (1 << 64) - floor(exact * HALF), HALF + floor(exact * HALF), HALF,
                 (1 << 56) - half_up(exact * (1 << 56))):
        for number in (edge - 1, edge):
            if 0 <= number < 1 << 64:
                yield (0x0123456789abcdef << 64) | number
                yield (number << 64) | 0xfedcba9876543210
    for number in (floor(ratio * 0xffffffff) - 1, floor(ratio * 0xffffffff)):
        if number > 0:
            yield (number << 96) | (0x1111111122222222 << 32) | 0x33333333


def table():
    chance = random.Random(7)
    rows = list(UPSTREAM)
    for ratio in RATIOS:
        rows += [(ratio, number) for number in edges(ratio)]
        rows += [(ratio, chance.getrandbits(128)) for _ in range(4)]
    for ratio in (0.01, 0.1):  # ids that are kept by at least one half's rules are rare among random ones
        rows += [(ratio, chance.getrandbits(128) >> 7 if i % 2 else chance.getrandbits(128) & ~(0x7f << 57))
                 for i in range(8)]
    lines = []
    for ratio, number in dict.fromkeys(rows):
        if number == 0:
            continue
        said = "".join("1" if rule(ratio, number >> 64, number % (1 << 64)) else "0" for rule in RULES)
        lines.append(f'    {{{ratio!r}, "{number:032x}", "{said}"}},')
    names = ", ".join(rule.__name__ for rule in RULES)
    return f"""// What the rules of {names} say of an id
// at a ratio, in this order: 1 keeps it.
// Made by ratio_rules_vectors.py in integers and fractions, without the code under test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tracetax {{

struct RatioVector {{
  double ratio;
  std::string_view id;
  std::string_view kept;
}};

// clang-format off
inline constexpr RatioVector kRatioVectors[] = {{
{chr(10).join(lines)}
}};
// clang-format on

}}  // namespace tracetax
"""


if __name__ == "__main__":
    file = pathlib.Path(__file__).with_suffix(".h")
    if "--write" in sys.argv:
        file.write_text(table(), "utf-8")
    elif file.read_text("utf-8") != table():
        sys.exit(f"{file} is not what {pathlib.Path(__file__).name} --write makes")
