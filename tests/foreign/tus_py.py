"""Photos uploaded by the PyPI package tuspy through a network that cuts them a hundred times.

Usage: tus_py.py PATH_TO_TUS_STAND. Exits non-zero unless every photo arrives byte for byte.
"""

import hashlib
import io
import json
import random
import subprocess
import sys

from requests import RequestException
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

SEED = 20
PHOTOS = 12
CUTS_MIN = 100


class Stand:
    """The tus server and its bad network, as a process."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [path, str(SEED), "0.5"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = json.loads(self.process.stdout.readline())["url"]

    def ask(self, do, **job):
        self.process.stdin.write(json.dumps({"do": do, **job}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def again(step, tries=2000):
    """Repeats a step while the network breaks it; a refusal by the server is passed on."""
    for _ in range(tries):
        try:
            return step()
        except (RequestException, TusCommunicationError) as error:
            status = getattr(error, "status_code", None)
            if status is not None and status < 500 and status not in (409,):
                raise
    raise AssertionError("the upload makes no headway")


def upload(stand, number, photo):
    sha256 = hashlib.sha256(photo).hexdigest()
    token = stand.ask("grant", device=number, sha256=sha256, len=len(photo))["token"]
    client = TusClient(stand.url, headers={"Authorization": f"Bearer {token}"})
    uploader = client.uploader(
        file_stream=io.BytesIO(photo),
        # Large chunks are cut in their middle, small ones bear a checksum.
        chunk_size=40_000 if number % 2 else len(photo),
        upload_checksum=number % 2 == 1,
        metadata={"number": str(number)},
    )
    again(lambda: uploader.url or uploader.set_url(uploader.create_url()))
    while uploader.offset < len(photo):
        uploader.offset = again(uploader.get_offset)
        if uploader.offset == len(photo):
            break
        try:
            uploader.upload_chunk()
        except TusCommunicationError as error:
            status = getattr(error, "status_code", None)
            assert status is None or status in (409, 503), error
        except TypeError:
            # An answer cut within its headers: Python takes what came for the whole, and tuspy finds no offset in it.
            pass
        if number == PHOTOS // 2:
            stand.ask("restart")
    path = stand.ask("photo", sha256=sha256)["path"]
    with open(path, "rb") as file:
        assert file.read() == photo, f"photo {number} differs"


def main():
    stand = Stand(sys.argv[1])
    dice = random.Random(SEED)
    uploaded = 0
    while uploaded < PHOTOS or stand.ask("faults")["total"] < CUTS_MIN:
        upload(stand, uploaded, dice.randbytes(dice.randrange(1, 900_000)))
        uploaded += 1
        assert uploaded < 200, "the network is not bad enough to prove anything"
    faults = stand.ask("faults")
    print(f"{uploaded} photos whole after {faults}")
    print(f"{uploaded} passed, 0 failed")


if __name__ == "__main__":
    main()
