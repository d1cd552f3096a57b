#!/usr/bin/env bash
# Runs every scenario of the library under different environments of the Go runtime and compares every byte that a run leaves behind, but
# for what depends on the host: result.json outside "host", history, states, trace, plan. Ends with 1 if any differs.
#
#   scripts/same.sh [SCENARIO...]       default: the whole library
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/plain" ./cmd/dynamosim
echo "building with the race detector"
go build -race -o "$work/race" ./cmd/dynamosim
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for file in scenarios/library/*.yaml; do names+=("@$(basename "$file" .yaml)"); done
fi

# run VARIANT BINARY ENV... : all scenarios into $work/runs-VARIANT, one checksum a file into $work/VARIANT.sums
run() {
  local variant=$1 binary=$2; shift 2
  mkdir -p "$work/runs-$variant"
  for name in "${names[@]}"; do
    env "$@" "$work/$binary" run "$name" -o "$work/runs-$variant/${name#@}" -q >/dev/null 2>&1 || { echo "$variant: $name ended with $?"; exit 1; }
  done
  (cd "$work/runs-$variant" && for file in */*; do
    case "$file" in
      */host.json) ;;
      */result.json) printf '%s  %s\n' "$(sed '/^ "host":/d' "$file" | sha256sum | cut -c1-64)" "$file" ;;
      *.zst) printf '%s  %s\n' "$(sha256sum < "$file" | cut -c1-64)" "$file" ;;
      *) sha256sum "$file" ;;
    esac
  done) > "$work/$variant.sums"
}

run plain plain
failed=0
compare() {
  local variant=$1
  if diff "$work/plain.sums" "$work/$variant.sums" > "$work/diff"; then
    printf '%-22s equal: %d files of %d scenarios\n' "$variant" "$(wc -l < "$work/plain.sums")" "${#names[@]}"
  else
    printf '%-22s DIFFERS\n' "$variant"; sed 's/^/  /' "$work/diff"; failed=1
  fi
}
run second-process plain; compare second-process
run one-processor plain GOMAXPROCS=1; compare one-processor
run no-collection plain GOGC=off; compare no-collection
run race race; compare race
exit $failed
