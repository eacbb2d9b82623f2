#!/bin/bash
# check.sh OUT_DIR MODULES_DIR: holds the SwiftUI side against the stand-ins of Apple's frameworks beside this script and
# against the built Fieldbook module in MODULES_DIR (`.build/debug/Modules` of a build of the package). Proves agreement
# with the stand-ins, not with Apple's SDK. Swift is in PATH; nothing is written but in OUT_DIR.
set -euo pipefail
stubs=$(cd "$(dirname "$0")" && pwd)
ios=$(dirname "$stubs")
out=$1 modules=$2
mkdir -p "$out"

mapfile -t app < <(find "$ios/Gridweave" -name '*.swift' | sort)
swiftc -frontend -parse -parse-as-library -swift-version 6 "${app[@]}"

# A stand-in comes after those that it imports.
left=$(find "$stubs" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
while [ -n "$left" ]; do
    ready=
    for module in $left; do
        others=$(grep -vx "$module" <<<"$left" || true)
        imports=$(sed -nE 's/^(@[_a-z]+ )?import ([A-Za-z]+).*/\2/p' "$stubs/$module"/*.swift)
        if [ -z "$others" ] || ! grep -qxF "$others" <<<"$imports"; then
            ready=$module
            break
        fi
    done
    [ -n "$ready" ] || { echo "stand-ins that need each other: $left" >&2 && exit 1; }
    swiftc -swift-version 6 -parse-as-library -emit-module -module-name "$ready" -I "$out" \
        -o "$out/$ready.swiftmodule" "$stubs/$ready"/*.swift
    left=$others
done

# As far as the compiler's own checks of data races go, and nothing is made of it. The header that the module was built
# with lies in its package.
package=$(cd "$modules" && while [ ! -e Sources/gridweave_ffi ] && [ "$PWD" != / ]; do cd ..; done && pwd)
swiftc -emit-sil -wmo -o /dev/null -swift-version 6 -warnings-as-errors -parse-as-library -module-name Gridweave \
    -I "$out" -I "$modules" -Xcc -fmodule-map-file="$package/Sources/gridweave_ffi/module.modulemap" "${app[@]}"
echo "ios app: ${#app[@]} files agree with the stand-ins"
