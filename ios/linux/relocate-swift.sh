#!/usr/bin/env bash
# Lets the Swift that fetch-swift.sh left in a folder run where it lies, beside the machine's own libraries: each program
# and library looks for others, the C library among them, in the folder alone. Needs patchelf.
#
#   ios/linux/relocate-swift.sh FOLDER   afterwards `. FOLDER/swift-env` puts swift into PATH; run it again when FOLDER moved
set -euo pipefail
folder=$(realpath "${1:?usage: ios/linux/relocate-swift.sh FOLDER}")
stamp="1 $folder"
if [ "$(cat "$folder/.relocated" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
rm -f "$folder/.relocated"

swift=$folder/usr/libexec/swift
shopt -s nullglob
loaders=("$folder"/usr/lib/*-linux-gnu/ld-linux-*.so.*)
[ "${#loaders[@]}" = 1 ] || { echo "    no loader, or several, in $folder/usr/lib" >&2; exit 1; }
loader=${loaders[0]}
libraries=$(dirname "$loader")

relocate() { # FILE: what it looks for beside itself it goes on looking for; the rest is in $libraries
    local file=$1 part parts path='' way=()
    IFS=: read -ra parts <<<"$(patchelf --print-rpath "$file")"
    for part in "${parts[@]}"; do
        case $part in "\$ORIGIN"*) path+=$part: ;; esac
    done
    # Only a program names its loader; the C library does too, and keeps its own.
    if [[ $file != "$libraries"/* ]] && patchelf --print-interpreter "$file" >/dev/null 2>&1; then
        way=(--set-interpreter "$loader")
    fi
    # Written beside it first: half a program would be no program.
    patchelf --force-rpath --set-rpath "$path$libraries" "${way[@]}" --output "$file.relocated" "$file"
    chmod --reference="$file" "$file.relocated"
    mv "$file.relocated" "$file"
}

count=0
while IFS= read -r -d '' file; do
    case $file in */ld-linux-* | */libc.so.6 | *.o | *.a) continue ;; esac
    # Neither a script nor linked by itself.
    [ -n "$(patchelf --print-needed "$file" 2>/dev/null)" ] || continue
    relocate "$file"
    count=$((count + 1))
done < <(find "$swift" "$libraries" -type f \( -perm -u+x -o -name '*.so*' \) -print0)
[ "$count" -gt 100 ] || { echo "    only $count programs and libraries in $folder" >&2; exit 1; }

# Clang reads these beside itself: what it links, a package's manifest too, is linked with lld against the folder and
# runs with its loader. GNU's ld fails at a symbol of Observation's library.
printf '%s\n' -fuse-ld=lld "--sysroot=$folder" "-Wl,--dynamic-linker=$loader" "-Wl,-rpath,$libraries" \
    -Wl,--disable-new-dtags -Wno-unused-command-line-argument >"$swift/bin/clang.cfg"
cp "$swift/bin/clang.cfg" "$swift/bin/clang++.cfg"

# Swift's own names for PATH; beside them lie a clang and a linker that nobody else is to find.
mkdir -p "$folder/swift-bin"
for name in swift swiftc swift-build swift-test swift-run swift-package swift-format; do
    ln -sfn "../usr/libexec/swift/bin/$name" "$folder/swift-bin/$name"
done
cat >"$folder/swift-env" <<END
export SDKROOT='$folder'
export PATH='$folder/swift-bin':"\$PATH"
END
echo "$stamp" >"$folder/.relocated"
echo "    relocated $count programs and libraries in $folder"
