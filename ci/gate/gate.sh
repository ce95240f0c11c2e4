#!/usr/bin/env bash
# A gate for any CI: measures what tracing costs and whether the new build is worse than the old one, and
# ends with the exit code of `tracetax gate` (0 pass, 1 fail, 3 inconclusive, 4 invalid, 2 usage).
# Usage: gate.sh --suite SUITE [--head PATH] [--base PATH] [--out DIR] [-- OPTION...]
#        gate.sh [--base FOLDER] [--out DIR] -- OPTION... -- COMMAND
#   --suite  the suite with its budgets, such as budget.json; without one COMMAND is measured, as `tracetax measure`
#            does it: the OPTIONs are that command's and name a --budget
#   --head   the new build, in place of what the suite starts: the folder of a checkout that is built, or a program
#   --base   the old build, likewise
#   --out    folder for result.json, the reports, verdict.md and junit.xml (default: tracetax-gate)
#   --       further options of `tracetax gate`, such as --max-time 10m
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

fail_usage() {
  echo "gate.sh: $*" >&2
  exit 2
}

for word in "$@"; do
  case "$word" in
    --) break ;;
    --help | -h)
      sed -n '4,12s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
  esac
done

suite='' head='' base='' out=tracetax-gate given=' '
while [ $# -gt 0 ]; do
  case "$1" in
    --suite | --head | --base | --out)
      [ $# -ge 2 ] || fail_usage "$1: needs a value"
      case "$given" in *" $1 "*) fail_usage "$1: stands twice; it takes one value" ;; esac
      given="$given$1 "
      case "$1" in
        --suite) suite=$2 ;;
        --head) head=$2 ;;
        --base) base=$2 ;;
        --out) out=$2 ;;
      esac
      shift 2
      ;;
    --)
      shift
      break
      ;;
    *) fail_usage "unknown option '$1'; right are --suite, --head, --base, --out and --" ;;
  esac
done
judge=(gate "$suite")
if [ -z "$suite" ]; then
  case " $* " in
    *" --budget"*" -- "*) judge=(measure) ;;
    *) fail_usage "--suite is missing; right is: gate.sh --suite budget.json" ;;
  esac
  [ -z "$head" ] || fail_usage "--head goes with --suite; a COMMAND is started in this folder"
fi
tracetax=${TRACETAX:-tracetax}
command -v "$tracetax" >/dev/null || fail_usage "$tracetax is not on PATH; install it, or set TRACETAX"
judge+=(--out "$out" ${head:+--head "$head"} ${base:+--base "$base"})

for word in "$@"; do
  case "$word" in
    --) break ;;
    # Nothing is judged, so nothing is said of a verdict.
    --dry-run | --help | -h) exec "$tracetax" "${judge[@]}" "$@" ;;
  esac
done

# Of an earlier gate, and no word on this one, which may end before it has any.
rm -f "$out/verdict.md" "$out/junit.xml"
code=0
"$tracetax" "${judge[@]}" "$@" || code=$?
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
