# shellcheck shell=bash
# shellcheck disable=SC2154 # cache is set by who sources this
# What several steps begin with. Sourced in the root of the repository, with `cache` set.

need() { # TOOL:PACKAGE...: installs what is missing, as root on Debian; elsewhere says so, and the step cannot run
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "    missing: ${missing[*]}; install them and run this again" >&2
        exit 77
    fi
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

sealed() { # JOB ARGUMENT...: cargo over the field book with SQLCipher; one choice of crates and features, so that each is built once
    local job=$1
    shift
    cargo "$job" -q --config tests/sqlcipher.toml -p gridweave-ffi -p gridweave-core \
        --features gridweave-ffi/sqlcipher,gridweave-ffi/cli,gridweave-core/rescue \
        --target-dir "$cache/target-sqlcipher" "$@"
}

programs() { # exports where the server and the organisation's rescue tool are; the server is brought up to date unless one is given
    if [ -z "${GRIDWEAVE_SERVER:-}" ]; then
        cargo build -q --release --target-dir "${CARGO_TARGET_DIR:-$cache/target}"
        GRIDWEAVE_SERVER=${CARGO_TARGET_DIR:-$cache/target}/release/gridweave
    fi
    export GRIDWEAVE_SERVER GRIDWEAVE_RESCUE=$cache/target-sqlcipher/debug/gridweave-rescue
}

fault_proxy() { # exports where the bad network of the stories is; cargo test has built it already
    cargo build -q -p gridweave-tests --bin fault-proxy --target-dir "${CARGO_TARGET_DIR:-$cache/target}"
    export GRIDWEAVE_FAULT_PROXY=${CARGO_TARGET_DIR:-$cache/target}/debug/fault-proxy
}
