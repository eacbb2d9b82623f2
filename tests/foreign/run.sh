#!/usr/bin/env bash
# Clients that nobody here wrote judge signed requests and uploads: PyPI and npm packages, from lock files.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
made=${CARGO_TARGET_DIR:-$here/../../target}
cargo build --quiet -p gridweave-tests --bins
if [ ! -x "$made/foreign-venv/bin/python" ]; then python3 -m venv "$made/foreign-venv"; fi
"$made/foreign-venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
(cd "$here" && npm ci --silent --no-audit --no-fund)
"$made/foreign-venv/bin/python" "$here/signatures.py" "$made/debug/signature-tool"
node "$here/signatures.mjs" "$made/debug/signature-tool"
"$made/foreign-venv/bin/python" "$here/tus_py.py" "$made/debug/tus-stand"
node "$here/tus_js.mjs" "$made/debug/tus-stand"
