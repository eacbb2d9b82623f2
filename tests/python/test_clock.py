"""Drills in which the phone's clock is moved: ten wrong PINs through all their waits, and a clock that jumps.

Each runs in a process of its own whose wall clock the drill sets (`clock_shift.c`, built here): the core asks the system
for the time, as on a phone.
"""

import ctypes
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

import gridweave_ffi as ffi
from city import CityTest
from jpeg import photo
from phone import fix_in
from test_keys import PIN, RESCUE, LockedPhone, SoftKeys

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
YEAR_MS = 365 * DAY_MS


@unittest.skipUnless(sys.platform == "linux", "the clock of a process is moved by LD_PRELOAD")
class ClockTest(CityTest):
    """Each drill a worker with a phone of her own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shift = cls.place / "clock_shift.so"
        source = pathlib.Path(__file__).with_name("clock_shift.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(cls.shift), str(source)], check=True, timeout=60)

    def drilled(self, drill, name):
        """Runs a drill to its end; answers the phone's folder and what the drill said."""
        folder = self.place / drill.__name__ / "fieldbook"
        code = self.city.enrolment_code(self.city.add_person(name, "worker"), [self.city.grid])
        command = [sys.executable, __file__, drill.__name__, str(folder), code]
        environment = {**os.environ, "LD_PRELOAD": str(self.shift)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return folder, json.loads(done.stdout)

    def test_after_ten_wrong_pins_only_the_organisation_opens_it_and_hands_in_what_was_unsent(self):
        folder, said = self.drilled(ten_wrong_pins, "王小明")
        self.assertEqual(said["waits_ms"], [minutes * MINUTE_MS for minutes in (0.5, 1, 5, 15, 60)])
        key = self.place / "recovery.key"
        command = [RESCUE, "--device", str(folder), "--recovery-key", str(key)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("handed in: 1 changes (0 of them kept in quarantine), 1 photos", done.stdout + done.stderr)
        row = next(row for row in self.city.ask("GET", "/v1/records?limit=1000") if row["record"] == said["record"])
        self.assertEqual((row["fields"]["place"][0]["value"], len(row["photos"])), ("坪山大道1号", 1))

    def test_a_clock_that_jumps_changes_neither_order_nor_receipts_and_is_known_at_the_next_sync(self):
        _, said = self.drilled(jumping_clock, "钟")
        near = 60_000
        self.assertLess(abs(said["offsets"]["back"] - DAY_MS), near, "the server is a day ahead")
        self.assertLess(abs(said["offsets"]["forward"] + YEAR_MS), near, "the server is a year behind")
        self.assertLess(abs(said["offsets"]["right"]), near)
        self.assertEqual(said["seqs"], sorted(said["seqs"]))
        row = next(row for row in self.city.ask("GET", "/v1/records?limit=1000") if row["record"] == said["record"])
        self.assertEqual([value["value"] for value in row["fields"]["description"]], ["之四"], "the last one said")


def clock(**settings):
    """Sets this process's wall clock: `shift` moves it, `stands` stops it, both in milliseconds."""
    library = ctypes.CDLL(os.environ["LD_PRELOAD"])
    for name, ms in settings.items():
        ctypes.c_longlong.in_dll(library, f"clock_{name}_ms").value = int(ms)


def enrolled(folder, code):
    phone = LockedPhone(folder, SoftKeys())
    phone.book.enrol(code, "a phone of the tests")
    assert phone.sync().report.unfinished is None
    return phone


def wrong_pin(phone, pin="999998"):
    """Tries a PIN; the code of why it does not open."""
    try:
        phone.keys.open(pin)
    except (ffi.FieldbookError.Unlock, ffi.FieldbookError.Lost) as refusal:
        return refusal.code
    raise AssertionError("a wrong PIN opens it")


def ten_wrong_pins(folder, code):
    """Somebody guesses and waits as long as the phone asks; in between even the right PIN is not looked at."""
    phone = enrolled(folder, code)
    phone.book.set_pin(None, PIN)
    record = phone.capture_hazard("坪山大道1号", fix_in(phone.book.grids()[0]), [photo(60_000)])
    phone.close()
    now_ms, waits_ms = int(time.time() * 1000), []
    for left in range(9, 0, -1):
        # It stands, however long it takes to look at a PIN.
        clock(stands=now_ms)
        assert wrong_pin(phone) == "wrong_pin"
        state = phone.keys.state()
        assert state.tries_left == left, state
        if left > 5:
            assert state.wait_ms == 0, state
            continue
        waits_ms.append(state.wait_ms)
        now_ms += state.wait_ms
        clock(stands=now_ms - 1)
        assert wrong_pin(phone, PIN) == "pin_wait", "a moment too early"
        assert phone.keys.state().tries_left == left, "what is not looked at is not counted"
    clock(stands=now_ms)
    assert wrong_pin(phone) == "wrong_pins", "the tenth"
    for moved_ms in (0, YEAR_MS, -YEAR_MS):
        clock(stands=now_ms + moved_ms)
        assert wrong_pin(phone, PIN) == "wrong_pins", "the right one, too, whatever the clock says"
        assert isinstance(phone.keys.state(), ffi.BookState.WRONG_PINS)
    return {"record": record, "waits_ms": waits_ms}


def jumping_clock(folder, code):
    """Four saves of one record, the clock set back a day, forward a year and right again in between."""
    phone = enrolled(folder, code)
    record = phone.capture_hazard("钟楼", fix_in(phone.book.grids()[0]), [photo(60_000)])
    offsets = {}
    for name, ms, text in (("back", -DAY_MS, "之二"), ("forward", YEAR_MS, "之三"), ("right", 0, "之四")):
        clock(shift=ms)
        phone.edit(record, description=text)
        shown = phone.page_field(record, "description").values
        assert [value.said.text.zh for value in shown] == [text], "one replaces the other, whatever the clock says"
        assert phone.book.safe().pending > 0
        report = phone.sync().report
        assert (report.unfinished, report.divergences_open) == (None, 0), report
        safe = phone.book.safe()
        assert safe.is_sealed and safe.receipt.durable_seq == safe.pending + len(phone.book.record_page(record).history)
        offsets[name] = safe.clock_offset_ms
        assert safe.received_today == safe.saved_today >= 1, safe
    history = [logged for logged in reversed(phone.book.record_page(record).history)]
    kinds = [logged.kind.is_create() for logged in history]
    assert kinds == [True, False, False, False], kinds
    assert phone.book.safe().saved_today == len(history), phone.book.safe()
    return {"record": record, "offsets": offsets, "seqs": [logged.dot for logged in history]}


if __name__ == "__main__":
    drill, folder, code = sys.argv[1:]
    print(json.dumps({"ten_wrong_pins": ten_wrong_pins, "jumping_clock": jumping_clock}[drill](folder, code)))
