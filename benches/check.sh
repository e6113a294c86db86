#!/usr/bin/env bash
# Times what a model adds to `cargo check`: VGG-16, ResNet-50 and a chain of 200 layers, with the macro as users have it
# in development (dev profile). Prints a Markdown table; the last column is the median with the model less the median without.
#
#   benches/check.sh [ROUNDS]        (7 if left out)
#
# Works in a temporary folder and changes nothing here. Crates must have been downloaded once.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-7}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/src"
cat >"$folder/Cargo.toml" <<TOML
[package]
name = "models"
version = "0.1.0"
edition = "2024"
[dependencies]
shapeflow = { path = "$root" }
[workspace]
TOML
cp "$root/Cargo.lock" "$folder/"
cd "$folder"
export CARGO_TARGET_DIR=$folder/target

# The crate around a model, so that only the model differs.
write() {
    { echo 'use shapeflow::model::Model;'; cat; } >src/main.rs
}
without() {
    write <<'RUST'
pub struct Nothing;
fn main() { fn size<M: Model>() -> usize { M::PARAMETERS } let _ = size::<Tiny>; }
shapeflow::model! { pub struct Tiny(x: [1]) -> [1] { x -> Dense(1) } }
RUST
}
with() {
    write <<RUST
fn main() { fn size<M: Model>() -> usize { M::PARAMETERS } let _ = size::<Tiny>; }
shapeflow::model! { pub struct Tiny(x: [1]) -> [1] { x -> Dense(1) } }
$(cat "$1")
RUST
}
chain() {
    echo 'shapeflow::model! { pub struct Chain(x: [64]) -> [64] { x'
    for _ in $(seq 100); do echo '    -> Dense(64) -> Relu'; done
    echo '} }'
    echo 'const _: () = assert!(Chain::PARAMETERS == 416_000);'
}
chain >chain.rs
cp "$root/benches/models/vgg16.rs" "$root/benches/models/resnet50.rs" .

once() {
    touch src/main.rs
    local start=$EPOCHREALTIME
    cargo check --offline --quiet 2>log || { cat log >&2; exit 1; }
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { printf "%.3f", (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }

without; cargo check --offline --quiet
for model in vgg16 resnet50 chain; do : >"$model.times"; done; : >without.times
# The rounds are mixed, so that a busy moment of the machine meets all of them.
for _ in $(seq "$rounds"); do
    without; once >>without.times
    for model in vgg16 resnet50 chain; do with "$model.rs"; once >>"$model.times"; done
done
base=$(median <without.times)
echo "| \`cargo check\` after a change | seconds | added by the model |"
echo "|---|---:|---:|"
printf '| a crate with one `Dense(1)` | %.2f | |\n' "$base"
row() { local m; m=$(median <"$1.times"); awk -v m="$m" -v b="$base" -v n="$2" 'BEGIN { printf "| and %s | %.2f | %.2f s |\n", n, m, m - b }'; }
row vgg16 "VGG-16, 138,357,544 parameters"
row resnet50 "ResNet-50, 25,557,032 parameters"
row chain "a chain of 200 layers"
