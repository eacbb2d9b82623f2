#!/usr/bin/env bash
# Swift for Linux, made of Debian's own packages in a folder of its own: nothing is installed and no script of a package
# runs. What is there already is kept, what was downloaded before a break is not downloaded again.
#
#   ios/linux/fetch-swift.sh FOLDER   about 0.6 GB to download, 1 GB in FOLDER; then see relocate-swift.sh
#   DEBIAN_MIRROR                     where to download from (default: the machine's own mirror, else deb.debian.org)
#
# 77: it cannot be had here, for want of a tool or of a network.
set -euo pipefail
folder=$(realpath -m "${1:?usage: ios/linux/fetch-swift.sh FOLDER}")

suite=trixie
# The toolchain, what C and C++ are linked with, and what lays out /lib as a link into /usr.
packages=(base-files swiftlang libc6-dev libstdc++-14-dev)
# Neither needed to build nor to test.
unwanted=(
    './usr/share/doc' './usr/share/man' './usr/share/info' './usr/share/locale' './usr/share/i18n' './usr/share/zoneinfo'
    './usr/share/perl*' './usr/lib/*/perl*' './usr/lib/python3*'
    './usr/libexec/gcc/*/*/cc1' './usr/libexec/gcc/*/*/lto1' './usr/bin/*lto-dump*'
    './usr/libexec/swift/bin/lldb*' './usr/libexec/swift/bin/repl_swift' './usr/libexec/swift/bin/clangd'
    './usr/libexec/swift/bin/docc' './usr/libexec/swift/bin/sourcekit-lsp'
    './usr/libexec/swift/bin/swift-build-sdk-interfaces' './usr/libexec/swift/lib/liblldb.so*'
    './usr/libexec/swift/lib/libLTO.so*' './usr/libexec/swift/lib/libsourcekitdInProc.so'
    './usr/libexec/swift/lib/swift/host/lib_InternalSwiftScan.so' './usr/libexec/swift/lib/swift_static'
    './usr/libexec/swift/lib/swift/embedded' './usr/libexec/swift/lib/swift/FrameworkABIBaseline'
    './usr/libexec/swift/lib/swift/migrator'
)
stamp="1 $suite ${packages[*]}"
if [ "$(cat "$folder/.fetched" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

cannot() { echo "    Swift cannot be fetched: $1" >&2; exit 77; }
for tool in apt-get dpkg-deb tar; do
    command -v "$tool" >/dev/null || cannot "$tool is missing; this needs Debian or one of its kin"
done
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keys" ] || cannot "$keys is missing: install debian-archive-keyring"

mirror=${DEBIAN_MIRROR:-}
if [ -z "$mirror" ]; then
    # shellcheck disable=SC2016 # the word in $() is apt's
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
fi
mirror=${mirror:-http://deb.debian.org/debian}

# An apt of its own, which knows of no package that is installed and so fetches all that these need.
apt=$folder.apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
: >"$apt/status"
echo "deb [signed-by=$keys] $mirror $suite main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<END
Dir::Etc "$apt";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
APT::Architecture "$(dpkg --print-architecture)";
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
APT::Update::Error-Mode "any";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Acquire::Retries "5";
Debug::NoLocking "true";
END
export APT_CONFIG=$apt/apt.conf
log=$apt/log
echo "    fetching Swift from $mirror"
if ! { apt-get -q update && apt-get -q -y autoclean && apt-get -q -y --download-only install "${packages[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    cannot "the download from $mirror failed; what came of it is kept, so run this again"
fi

new=$folder.new
rm -rf "$new"
mkdir -p "$new"
excludes=("${unwanted[@]/#/--exclude=}")
unpack() { dpkg-deb --fsys-tarfile "$1" | tar -x -C "$new" --no-same-owner --wildcards "${excludes[@]}"; }
# Twice: the first time for the links of /lib and /lib64, through which the others go.
unpack "$apt"/archives/base-files_*.deb
for package in "$apt"/archives/*.deb; do unpack "$package"; done
if [ ! -L "$new/lib" ] || [ ! -x "$new/usr/libexec/swift/bin/swift-frontend" ]; then
    echo "    the packages of $suite do not lie as they did; see $new" >&2
    exit 1
fi
# Read by swiftc where a platform's own words would be; without it, it warns.
echo '{"CanonicalName":"linux","Version":"1.0","VersionMap":{}}' >"$new/SDKSettings.json"

echo "$stamp" >"$new/.fetched"
rm -rf "$folder"
mv "$new" "$folder"
rm -rf "$apt"
