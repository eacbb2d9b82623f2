#!/usr/bin/env bash
# On a Mac with Xcode: builds the core with SQLCipher for phones, simulators and the Mac itself, puts it where Package.swift
# looks for it (ios/Gridweave.xcframework), and generates the Swift that calls it (ios/Sources/GridweaveFFI). Neither is ever
# committed. To be run again whenever core or ffi has changed.
#
# SQLCipher is built from source with its own OpenSSL: that needs perl and make, which come with Xcode, and minutes the
# first time.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Darwin ] || { echo "this needs a Mac with Xcode" >&2; exit 77; }
# As in project.yml and Package.swift.
export IPHONEOS_DEPLOYMENT_TARGET=17.0 MACOSX_DEPLOYMENT_TARGET=14.0
target=${CARGO_TARGET_DIR:-$PWD/target}
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

core=(-p gridweave-ffi --release --target-dir "$target")
rustup target add aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin
for phone in aarch64-apple-ios aarch64-apple-ios-sim; do
    cargo rustc "${core[@]}" --lib --crate-type staticlib --features sqlcipher --target "$phone"
done
# The Mac's is for the tests of the package, and it is what the bindings are read from.
cargo build "${core[@]}" --features sqlcipher,cli --target aarch64-apple-darwin
mac=$target/aarch64-apple-darwin/release
"$mac/uniffi-bindgen" generate --library "$mac/libgridweave_ffi.dylib" --language swift --no-format --out-dir "$made/swift"

mkdir -p "$made/headers" ios/Sources/GridweaveFFI
cp "$made/swift/gridweave_ffi.h" ios/Sources/gridweave_ffi/module.modulemap "$made/headers/"
cp "$made/swift/GridweaveFFI.swift" ios/Sources/GridweaveFFI/
rm -rf ios/Gridweave.xcframework
libraries=()
for built in aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin; do
    libraries+=(-library "$target/$built/release/libgridweave_ffi.a" -headers "$made/headers")
done
xcodebuild -create-xcframework "${libraries[@]}" -output ios/Gridweave.xcframework
