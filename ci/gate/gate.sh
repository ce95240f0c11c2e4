#!/usr/bin/env bash
# A gate for any CI: measures what tracing costs and whether the new build is worse than the old one, and
# ends with the exit code of `tracetax gate` (0 pass, 1 fail, 3 inconclusive, 4 invalid, 2 usage).
# Usage: gate.sh --suite SUITE [--head PROGRAM] [--base PROGRAM] [--out DIR] [-- OPTION...]
#   --suite  the suite with its budgets, such as budget.json
#   --head   the new build, where the suite's target is an emulated one (default: the installed one)
#   --base   the old build: a program, or the folder of a checkout that is built
#   --out    folder for result.json, report.md, verdict.md and junit.xml (default: tracetax-gate)
#   --       further options of `tracetax gate`, such as --max-time 10m
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

usage() {
  sed -n '4,10s/^# \{0,1\}//p' "$0"
}

fail_usage() {
  echo "gate.sh: $*" >&2
  exit 2
}

suite='' base='' out=tracetax-gate given=' '
while [ $# -gt 0 ]; do
  case "$1" in
    --suite | --head | --base | --out)
      [ $# -ge 2 ] || fail_usage "$1: needs a value"
      case "$given" in *" $1 "*) fail_usage "$1: stands twice; it takes one value" ;; esac
      given="$given$1 "
      case "$1" in
        --suite) suite=$2 ;;
        --head) export TRACETAX_TARGET=$2 ;;
        --base) base=$2 ;;
        --out) out=$2 ;;
      esac
      shift 2
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    *) fail_usage "unknown option '$1'; right are --suite, --head, --base, --out and --" ;;
  esac
done
[ -n "$suite" ] || fail_usage "--suite is missing; right is: gate.sh --suite budget.json"
tracetax=${TRACETAX:-tracetax}
command -v "$tracetax" >/dev/null || fail_usage "$tracetax is not on PATH; install it, or set TRACETAX"

# Of an earlier gate, and no word on this one, which may end before it has any.
rm -f "$out/verdict.md" "$out/junit.xml"
code=0
"$tracetax" gate "$suite" --out "$out" ${base:+--base "$base"} "$@" || code=$?
if [ -f "$out/verdict.md" ]; then
  # A report that cannot be written must not hide the verdict.
  "$tracetax" report "$out/result.json" --format junit --output "$out/junit.xml" || [ "$code" -ne 0 ] || code=70
fi
case "$code" in
  0) echo "gate.sh: pass" >&2 ;;
  1) echo "gate.sh: FAIL; see $out/verdict.md" >&2 ;;
  3) echo "gate.sh: inconclusive: neither pass nor fail is proven; more blocks or a quieter machine would tell" >&2 ;;
  4) echo "gate.sh: invalid: the measurement cannot be trusted; see $out/verdict.md" >&2 ;;
esac
exit "$code"
