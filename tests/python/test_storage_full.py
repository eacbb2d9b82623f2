"""A full storage, with a real file system that has no byte left: what is saved stays, what is refused says what to do.

The drill runs in a mount namespace of its own (`unshare`), where anybody may mount a small tmpfs, root or not. Where the
system forbids that, the test says so and is skipped; under `CI=true` it fails.
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

import gridweave_ffi as ffi
from city import CityTest
from jpeg import photo
from phone import HAZARD, fix_in
from test_keys import PIN, LockedPhone, SoftKeys

NAMESPACE = ["unshare", "--map-root-user", "--mount"]
STORAGE = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs"]
LONG = "路很长" * 60


class StorageFullTest(CityTest):
    """One phone whose storage fills up to the last byte."""

    def setUp(self):
        tried = subprocess.run([*NAMESPACE, *STORAGE, str(self.place)], capture_output=True, text=True, timeout=30)
        if tried.returncode:
            why = f"NOT RUN: no file system can be mounted here: {tried.stderr.strip()}"
            print(why, file=sys.stderr)
            if os.environ.get("CI") == "true":
                self.fail(why)
            self.skipTest(why)

    def test_what_was_saved_stays_and_the_rest_is_saved_once_there_is_room(self):
        storage = self.place / "storage"
        storage.mkdir()
        code = self.city.enrolment_code(self.city.add_person("满", "worker"), [self.city.grid])
        drill = [*NAMESPACE, sys.executable, __file__, str(storage), code]
        done = subprocess.run(drill, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout)
        self.assertEqual(set(said["refused"].values()), {"storage_full"}, said)
        rows = {row["record"]: row for row in self.city.ask("GET", "/v1/records?limit=1000")}
        self.assertEqual(set(rows), set(said["saved"]), "what was called saved arrived, once, and nothing else")
        self.assertEqual(rows[said["finished"]]["fields"]["place"][0]["value"], "打了一半" + LONG)
        self.assertEqual(len(rows[said["first"]]["photos"]), 1)


class Ballast:
    """Takes all the room that there is, and gives it back."""

    def __init__(self, storage):
        self.path = storage / "ballast"

    def fill(self):
        with open(self.path, "ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while file.write(b"\0" * size):
                        pass
                except OSError:
                    pass

    def drop(self):
        self.path.unlink()


def refused(act):
    """The code of the refusal that says what to do."""
    try:
        act()
    except ffi.FieldbookError.Refused as refusal:
        return refusal.code
    return "done"


def drill(storage, code):
    """What a worker lives through, from the first save to the sync after room was made."""
    subprocess.run([*STORAGE, str(storage)], check=True, timeout=30)
    phone = LockedPhone(storage / "fieldbook", SoftKeys())
    phone.book.enrol(code, "a phone of the tests")
    phone.sync()
    phone.book.set_pin(None, PIN)
    phone.pin = PIN
    fix, picture = fix_in(phone.book.grids()[0]), photo(60_000)
    first = phone.capture_hazard("满盘路", fix, [picture])
    form = phone.book.start_form(phone.types[HAZARD].no)
    phone.fill(form, category="code:99", level="code:minor", settled_at_once=False, description="积水", place="打了一半")
    form.add_photo(phone.field("photos").no, phone.book.add_photo(picture))
    draft = phone.book.save_draft(form)

    ballast, saved, said = Ballast(storage), [first], {}
    ballast.fill()
    # The journal has room of its own for a few more.
    while "save" not in said:
        assert len(saved) < 500, "the storage is never full"
        try:
            saved.append(phone.capture_hazard(LONG, fix, [picture]))
        except ffi.FieldbookError.Refused as refusal:
            said["save"] = refusal.code
        ballast.fill()
    phone.fill(form, place="打了一半" + LONG)
    said["draft"] = refused(lambda: phone.book.save_draft(form))
    said["form"] = refused(lambda: phone.book.save_form(form, fix=fix))
    said["photo"] = refused(lambda: phone.book.add_photo(photo(60_000)))
    said["pin"] = refused(lambda: phone.book.set_pin(PIN, "314159"))
    assert phone.book.photo(phone.book.record_page(first).photos[0].hash) == picture
    assert [logged.record for logged in phone.book.outbox()] == saved, "each save is there or was refused"
    assert form.question("place").value == ffi.Value.TEXT("打了一半" + LONG), "the form holds what was typed"

    # The app ends and comes back. No PIN is looked at while its try cannot be counted.
    form = None
    phone.close()
    said["open"] = refused(phone.open)
    ballast.drop()
    phone.open()
    assert [logged.record for logged in phone.book.outbox()] == saved
    form = phone.book.resume_draft(draft)
    assert form.question("place").value == ffi.Value.TEXT("打了一半"), "the draft as it was kept last"
    phone.fill(form, place="打了一半" + LONG)
    finished = phone.book.save_form(form, fix=fix).record
    assert phone.book.drafts() == []
    assert phone.sync().report.unfinished is None and phone.book.safe().is_sealed
    print(json.dumps({"refused": said, "first": first, "finished": finished, "saved": [*saved, finished]}))


if __name__ == "__main__":
    drill(pathlib.Path(sys.argv[1]), sys.argv[2])
