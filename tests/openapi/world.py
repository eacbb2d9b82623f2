"""A small demo city, served by the real server, with a device that enrols like any other and a supervisor.

Whatever the tests do to it, a device of the city could do: it signs its requests, keeps its log, and goes on from where
the log is.
"""

import hashlib
import hmac
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import time
import uuid

import requests
from city import SERVER, run
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from device import SigningDevice

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
SUPERVISOR = {"login": "supervisor", "password": "gridweave-demo"}
REASON = "test: the interface against its document"
HAZARD, GRID_FIELD, PLACE = 8, 3, 18


class City:
    """The demo city in a directory of its own, served until it is stopped."""

    def __init__(self, directory):
        kept = pathlib.Path(directory) / "city"
        run("demo", "--once", "--json", "--devices", "3", "--seed", "1", "--keep", str(kept))
        self.data = str(kept / "server")
        command = [SERVER, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--until-stdin-ends"]
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self.url = self._process.stdout.readline().split()[-1]

    def enrolment_code(self, grids):
        """A code for a new worker's device that needs no supervisor to compare fingerprints."""
        said = run("person", "add", "--data", self.data, "--name", "测试", "--role", "worker")
        person = said.split()[-1]
        args = ["--data", self.data, "--person", person, "--grids", ",".join(grids), "--url", self.url]
        text = run("enrol", *args, "--confirm").strip().splitlines()[-1]
        return json.loads(text.removeprefix("GRIDWEAVE1:"))

    def is_running(self):
        """Whether the server has not died."""
        return self._process.poll() is None

    def stop(self):
        """Ends the server; answers what it had to say on standard error."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._log.seek(0)
        return self._log.read()


class Device(requests.auth.AuthBase):
    """An enrolled device: it signs requests, and makes changes that continue its log."""

    def __init__(self, city, grids):
        self.grids, self._url = grids, city.url
        self._key, self._chain_key = Ed25519PrivateKey.generate(), os.urandom(32)
        answer = requests.post(f"{city.url}/v1/enrol", json=self.enrolment(city.enrolment_code(grids)), headers=JSON)
        certificate = answer.json()["Enrolled"]["certificate"]
        self.rid, self.person, self.epoch = certificate["rid"], certificate["person"], certificate["epoch"]
        self._signer = SigningDevice(str(self.rid), self._key)
        self._counter = 0

    def enrolment(self, code):
        """What a device with these keys answers to an enrolment code."""
        keys = [self._key.public_key(), X25519PrivateKey.generate().public_key()]
        device_key, sealing_key = (key.public_bytes_raw() for key in keys)
        replica, name = os.urandom(16), "a device of the tests"
        said = b"gridweave enrol 1\0" + struct.pack(">Q", code["enrolment"]) + replica
        for key in (device_key, sealing_key, self._chain_key):
            said += struct.pack(">Q", len(key)) + key
        proof = hmac.digest(bytes.fromhex(code["secret"]), said + name.encode(), "sha256")
        return {
            "enrolment": code["enrolment"],
            "replica": replica.hex(),
            "device_key": device_key.hex(),
            "sealing_key": sealing_key.hex(),
            "chain_key": self._chain_key.hex(),
            "device": name,
            "proof": proof.hex(),
        }

    def __call__(self, request):
        """Signs a request that is ready to be sent, in place of any signature that it bears."""
        for name in ("Content-Digest", "Signature-Input", "Signature"):
            request.headers.pop(name, None)
        self._counter += 1
        body = request.body or b""
        self._signer.sign(request, self._counter, body=body.encode() if isinstance(body, str) else body)
        return request

    @staticmethod
    def new_key():
        """Another device key, as messages hold it."""
        return Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()

    def ask(self, path, message):
        """Sends a message; answers what came."""
        answer = requests.post(self._url + path, json=message, headers=JSON, auth=self)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def push(self, *changes):
        """A push of these changes (bytes) after the last one that the server has."""
        head = self.ask("/v1/push", self._push(1, "0" * 64, []))["Received"]
        first_seq, chain = head["durable_seq"] + 1, bytes.fromhex(head["hash"])
        return self._push(first_seq, head["hash"], changes, chain)

    def _push(self, first_seq, prev_hash, changes, chain=b""):
        for change in changes:
            chain = hashlib.sha256(chain + hmac.digest(self._chain_key, change, "sha256")).digest()
        last = first_seq + len(changes) - 1
        head = b"gridweave head 1\0" + struct.pack(">IQ", self.rid, last) + chain
        return {
            "session": 1,
            "rid": self.rid,
            "epoch": self.epoch,
            "first_seq": first_seq,
            "prev_hash": prev_hash,
            "changes": [change.hex() for change in changes],
            "signature": self._key.sign(head).hex() if changes else "",
        }

    def new_hazard(self, place):
        """A change that makes a hazard, as the next one of the log; answers it with the record's id."""
        head = self.ask("/v1/push", self._push(1, "0" * 64, []))["Received"]
        wall_ms = int(time.time() * 1000)
        record = uuid.UUID(bytes=struct.pack(">Q", wall_ms)[2:] + b"\x70" + os.urandom(1) + b"\x80" + os.urandom(7))
        change = b"\x01\x00" + record.bytes + varint(head["durable_seq"] + 1) + varint(HAZARD) + varint(1)
        change += varint(self.person) + struct.pack("<I", 1) + signed(0) + signed(wall_ms - 1) + signed(0)
        change += varint(2)
        for field, text in ((GRID_FIELD, self.grids[0]), (PLACE, place)):
            change += varint(field << 1) + varint(0) + b"\x05" + varint(len(text.encode())) + text.encode()
        return change, str(record)

    def grant(self, photo):
        """The token that lets this device upload a photo."""
        return self.grant_of(hashlib.sha256(photo).hexdigest(), len(photo))

    def grant_of(self, sha256, length):
        """The token that lets this device upload a photo of this hash and length."""
        return self.ask("/v1/upload-grants", {"sha256": sha256, "len": length})["Granted"]["token"]

    def readmission(self):
        """What this device would say to a server that had lost it."""
        admission = self.ask("/v1/admission", None)
        chain_key = self._chain_key.hex()
        return {"admission": admission, "chain_key": chain_key, "grids": self.grids, "scope_version": 1}

    def begin_upload(self, token, length):
        """Begins an upload; answers its id."""
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Authorization": f"Bearer {token}"}
        answer = requests.post(f"{self._url}/v1/uploads", headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"].rsplit("/", 1)[-1]


class Supervisor:
    """A signed-in supervisor: the session, and what the city holds when the tests begin."""

    def __init__(self, city):
        answer = requests.post(f"{city.url}/v1/sign-in", json=SUPERVISOR)
        self.cookie, self.csrf = answer.cookies["gridweave"], answer.json()["csrf"]
        self._url = city.url
        self.grids = [row["grid"] for row in self.get("/v1/grid-digests")]
        self.records = self.get("/v1/records?limit=1000")
        self.replicas = [row["rid"] for row in self.get("/v1/replicas")]

    def get(self, path):
        """Reads, with a reason, so that values come unmasked."""
        cookies, headers = {"gridweave": self.cookie}, {"X-CSRF": self.csrf, "X-Reason": REASON}
        answer = requests.get(self._url + path, cookies=cookies, headers=headers)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()


def varint(number):
    """An unsigned number as changes hold it (LEB128)."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def signed(number):
    """A signed number as changes hold it (zigzag)."""
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)
