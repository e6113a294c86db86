#!/usr/bin/env bash
# Times what a user of Shapeflow waits for: `cargo check` after a change in ResNet-20, a clean release build of an
# example, and its rebuild after a change in the model.
#
#   benches/compile.sh [EXAMPLE]        (fashion)
#
# Works on copies in a temporary folder and changes nothing here. Crates must have been downloaded once.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
example=${1:-fashion}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
seconds() { local start=$EPOCHREALTIME; "$@" >/dev/null 2>"$folder/log" || { cat "$folder/log" >&2; exit 1; }
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f s\n", b - a }'; }

mkdir -p "$folder/resnet/src"
cat >"$folder/resnet/Cargo.toml" <<TOML
[package]
name = "resnet"
version = "0.1.0"
edition = "2024"
[dependencies]
shapeflow = { path = "$root" }
[workspace]
TOML
cp "$root/Cargo.lock" "$folder/resnet/"
{ sed -n '/He et al/,/^}/p' "$root/benches/src/models.rs" | sed '1i use shapeflow::model;\nmodel! {' ;
  echo 'fn main() { use shapeflow::model::Model; println!("{}", ResNet20::summary()); }'; } >"$folder/resnet/src/main.rs"
cd "$folder/resnet"
export CARGO_TARGET_DIR=$folder/target
cargo check --offline >/dev/null 2>&1
for change in "s/Basic; 3\]/Basic; 4]/" "s/Basic; 4\]/Basic; 3]/"; do
    sed -i "$change" src/main.rs
    echo "cargo check after a change in ResNet-20: $(seconds cargo check --offline)"
done

rm -rf "$folder/target" "$folder/copy"
mkdir "$folder/copy"
git -C "$root" ls-files -z | (cd "$root" && xargs -0 cp --parents -t "$folder/copy")
cd "$folder/copy"
echo "clean release build of $example: $(seconds cargo build --release --offline --example "$example")"
sed -i '0,/Dropout(0.5)/s//Dropout(0.4)/' "examples/$example.rs"
echo "rebuild after a change in its model: $(seconds cargo build --release --offline --example "$example")"
