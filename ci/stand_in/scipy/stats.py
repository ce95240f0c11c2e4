"""The two functions that google-benchmark's compare.py takes from scipy: the geometric mean, and the U test with the
normal approximation. Debian's python3-scipy needs another version of Boost than this project builds with. Used where
this folder's parent is on PYTHONPATH and scipy is not installed.
SPDX-License-Identifier: Apache-2.0
"""
import math
from types import SimpleNamespace

import numpy


def gmean(rows):
    return numpy.exp(numpy.mean(numpy.log(numpy.array(rows)), axis=0))


def mannwhitneyu(left, right, alternative):
    assert alternative == "two-sided"
    u = sum((a > b) + 0.5 * (a == b) for a in left for b in right)
    n, m = len(left), len(right)
    z = (abs(u - n * m / 2) - 0.5) / math.sqrt(n * m * (n + m + 1) / 12)
    return SimpleNamespace(pvalue=math.erfc(max(z, 0) / math.sqrt(2)))
