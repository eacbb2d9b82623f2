"""Signed requests against the PyPI package http-message-signatures, both directions.

Usage: signatures.py PATH_TO_SIGNATURE_TOOL. Exits non-zero at the first disagreement.
"""

import itertools
import json
import subprocess
import sys

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from device import COMPONENTS, SigningDevice
from http_message_signatures import HTTPMessageVerifier, InvalidSignature, algorithms

SEED = bytes(range(32))
DEVICE = "17"
PRIVATE = Ed25519PrivateKey.from_private_bytes(SEED)
PUBLIC_HEX = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
SIGNER = SigningDevice(DEVICE, PRIVATE)
CASES = [
    (method, path, query, body)
    for method, path, query, body in itertools.product(
        ["GET", "POST", "PUT"],
        ["/", "/v1/push", "/v1/a%20b/%E7%BD%91"],
        ["", "a=1", "a=1&b=%E6%A0%BC&a=2", "a=+%2B"],
        [b"", b"x", bytes(range(256)) * 20],
    )
    if method != "GET" or not body
]


class Tool:
    """Our own signer and verifier, as a process."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **job):
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def prepared(method, path, query, body):
    url = f"http://127.0.0.1{path}" + (f"?{query}" if query else "")
    request = requests.Request(method, url, data=body or None).prepare()
    # What goes over the wire, should the client have normalised anything.
    path, _, query = request.path_url.partition("?")
    return request, {"method": method, "path": path, "query": query, "body": body.hex()}


class Verifier(HTTPMessageVerifier):
    require_created = False


def theirs_accepts(request, body):
    verifier = Verifier(signature_algorithm=algorithms.ED25519, key_resolver=SIGNER.keys)
    required = COMPONENTS + (("content-digest",) if body else ())
    results = verifier.verify(request, max_age=None, require_components=required, body=body)
    assert len(results) == 1, results


def check_ours_by_theirs(tool):
    for counter, case in enumerate(CASES, start=1):
        request, job = prepared(*case)
        answer = tool.ask(do="sign", device=DEVICE, counter=counter, seed=SEED.hex(), **job)
        request.headers.update(dict(answer["headers"]))
        theirs_accepts(request, case[3])
        request.headers["x-counter"] = str(counter + 1)
        try:
            theirs_accepts(request, case[3])
        except InvalidSignature:
            continue
        raise AssertionError("a changed counter was accepted")


def check_theirs_by_ours(tool):
    for counter, case in enumerate(CASES, start=1):
        request, job = prepared(*case)
        SIGNER.sign(
            request,
            counter,
            body=case[3],
            order=list(itertools.permutations(COMPONENTS))[counter % 120],
            nonce=f"n{counter}" if counter % 2 else None,
            include_alg=bool(counter % 3),
        )
        headers = list(request.headers.items())
        answer = tool.ask(do="verify", headers=headers, public=PUBLIC_HEX, **job)
        assert answer == {"device": DEVICE, "counter": counter}, answer
        job["body"] = b"other".hex() if case[3] else ""
        job["path"] += "x"
        answer = tool.ask(do="verify", headers=headers, public=PUBLIC_HEX, **job)
        expected = "signature_digest_wrong" if case[3] else "signature_wrong"
        assert answer == {"problem": expected}, answer


def main():
    tool = Tool(sys.argv[1])
    check_ours_by_theirs(tool)
    check_theirs_by_ours(tool)
    print(f"{2 * len(CASES)} passed, 0 failed")


if __name__ == "__main__":
    main()
