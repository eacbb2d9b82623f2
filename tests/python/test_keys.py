"""The key drills, with the real server: a phone that lost its key, a forgotten PIN, a damaged header, a thief.

What was saved reaches the organisation through `gridweave-rescue` (`GRIDWEAVE_RESCUE`), and nothing is readable without
a key. That a power cut at any step of writing a header is survived is shown in `core/src/keys/power_cuts.rs`.
"""

import os
import pathlib
import subprocess
import unittest

import gridweave_ffi as ffi
from city import City, CityTest
from jpeg import photo
from phone import Phone, fix_in

RESCUE = os.environ["GRIDWEAVE_RESCUE"]
PIN = "271828"


class SoftKeys(ffi.DeviceKeys):
    """A key store in software: XOR with a pad is enough where nobody attacks it. It can be lost, or not answer."""

    def __init__(self):
        self.pad, self.fails = os.urandom(32), None

    def seal(self, plain):
        return bytes(a ^ b for a, b in zip(plain, self.pad))

    def open(self, sealed):
        if self.fails:
            raise self.fails
        return self.seal(sealed)


class LockedPhone(Phone):
    """A phone whose field book opens with its key store and a PIN."""

    def __init__(self, directory, device, pin=None):
        self.device, self.pin = device, pin
        super().__init__(directory, None)

    def open(self):
        self.keys = ffi.Keys(self.directory, self.device)
        self.book = self.keys.open(self.pin)
        self.types = {record_type.name: record_type for record_type in self.book.record_types()}


class KeysTest(CityTest):
    """One city; each drill a worker with a phone of her own."""

    def test_a_database_that_is_gone_is_told_and_not_made_anew(self):
        phone, _ = self.used()
        phone.close()
        database = pathlib.Path(phone.directory) / "fieldbook.db"
        whole = database.read_bytes()
        for left in (b"", None):
            database.unlink()
            if left is not None:
                database.write_bytes(left)
            with self.assertRaises(ffi.FieldbookError.Broken) as raised:
                phone.open()
            self.assertEqual(raised.exception.code, "damaged")
            self.assertEqual(database.read_bytes() if database.exists() else None, left, "nothing was made")
            database.write_bytes(whole)
        phone.open()

    def used(self):
        """A phone with a PIN that saved a hazard with a photo and was not heard of since; and the record."""
        directory = self.place / self.id()
        phone = LockedPhone(directory / "fieldbook", SoftKeys()).join(self.city, "王小明")
        phone.book.set_pin(None, PIN)
        phone.pin = PIN
        self.photo = photo(60_000)
        record = phone.capture_hazard("坪山大道1号", fix_in(phone.book.grids()[0]), [self.photo])
        return phone, record

    def rescue(self, folder, *options, key=None):
        """Runs the organisation's tool over a folder; answers its exit code and what it said."""
        command = [RESCUE, "--device", str(folder), "--recovery-key", str(key or self.place / "recovery.key"), *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        said = done.stdout + done.stderr
        for word in ("王小明", "坪山大道", "井盖"):
            self.assertNotIn(word, said, "no personal data is printed")
        return done.returncode, said

    def assert_rescued(self, folder, record):
        """The tool finds one change and one photo, hands both in, and the server has them, whole."""
        before = {path: path.read_bytes() for path in pathlib.Path(folder).rglob("*") if path.is_file()}
        status, said = self.rescue(folder, "--dry-run")
        self.assertEqual(status, 2, said)
        self.assertIn("1 changes, 1 not received, 1 photos not received", said)
        status, said = self.rescue(folder)
        self.assertEqual(status, 0, said)
        self.assertIn("handed in: 1 changes (0 of them kept in quarantine), 1 photos", said)
        # Again: what arrived is acknowledged again, and nothing is there twice.
        self.assertEqual(self.rescue(folder)[0], 0)
        after = {path: path.read_bytes() for path in pathlib.Path(folder).rglob("*") if path.is_file()}
        self.assertEqual(before, after, "the folder is never written to")
        records = [row for row in self.city.ask("GET", "/v1/records?limit=1000") if row["record"] == record]
        self.assertEqual(len(records), 1)
        self.assertEqual(records[0]["fields"]["place"][0]["value"], "坪山大道1号")
        self.assertEqual(len(records[0]["photos"]), 1)

    def test_a_phone_that_lost_its_key_store(self):
        phone, record = self.used()
        phone.close()
        phone.device.fails = ffi.DeviceKeyError.Unavailable()
        with self.assertRaises(ffi.FieldbookError.Retry):
            phone.open()
        phone.device.fails = ffi.DeviceKeyError.Lost()
        self.assertIsInstance(phone.keys.state(), ffi.BookState.DEVICE_KEY_LOST)
        with self.assertRaises(ffi.FieldbookError.Lost) as caught:
            phone.open()
        self.assertEqual(caught.exception.code, "device_key_lost")
        aside = phone.keys.set_aside()
        self.assertIsInstance(phone.keys.state(), ffi.BookState.NEW)
        self.assert_rescued(aside, record)

    def test_a_pin_forgotten(self):
        phone, record = self.used()
        phone.close()
        for left in (9, 8, 7, 6, 5):
            with self.assertRaises(ffi.FieldbookError.Unlock) as caught:
                phone.keys.open("999998")
            self.assertEqual(caught.exception.code, "wrong_pin")
            self.assertEqual(phone.keys.state().tries_left, left)
        with self.assertRaises(ffi.FieldbookError.Unlock) as caught:
            phone.open()
        self.assertEqual(caught.exception.code, "pin_wait", "even the right one waits, after a new start, too")
        self.assertGreater(phone.keys.state().wait_ms, 20_000)
        self.assert_rescued(phone.directory, record)

    def test_a_header_damaged_in_one_copy_and_in_both(self):
        phone, record = self.used()
        phone.close()
        copies = [pathlib.Path(phone.directory) / name for name in ("fieldbook.keys", "fieldbook-copy.keys")]
        whole = copies[0].read_bytes()
        for copy in copies:
            copy.write_bytes(whole[:40])
            self.assert_opens(phone)
            self.assertEqual(copy.read_bytes(), whole, "mended")
            copy.unlink()
            self.assert_opens(phone)
        copies[0].write_bytes(whole[:-1] + b"x")
        self.assert_rescued(phone.directory, record)
        copies[1].write_bytes(b"")
        self.assertIsInstance(phone.keys.state(), ffi.BookState.DAMAGED)
        with self.assertRaises(ffi.FieldbookError.Lost):
            phone.open()
        self.assertTrue((pathlib.Path(phone.directory) / "fieldbook.db").exists(), "nothing is deleted")
        status, said = self.rescue(phone.directory)
        self.assertEqual((status, "damaged in both copies" in said), (1, True), said)

    def assert_opens(self, phone):
        phone.open()
        self.assertEqual(phone.book.identity().person_name, "王小明")
        phone.close()

    def test_a_thief_reads_nothing(self):
        phone, _ = self.used()
        identity = phone.book.identity()
        phone.close()
        words = [text.encode() for text in ("王小明", "坪山大道", "井盖破损", identity.organisation, "SQLite format 3")]
        for path in pathlib.Path(phone.directory).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                for word in [*words, self.photo[:16], self.photo[1000:1016], phone.device.pad]:
                    self.assertNotIn(word, content, path)
        with self.assertRaises(ffi.FieldbookError.Unlock):
            ffi.Fieldbook.open(phone.directory, os.urandom(32))
        # Another phone's key store opens nothing, PIN or not.
        with self.assertRaises(ffi.FieldbookError):
            LockedPhone(phone.directory, SoftKeys(), PIN)
        other = self.place / "other.key"
        other.write_text("07" * 32)
        status, said = self.rescue(phone.directory, key=other)
        self.assertEqual((status, "another recovery key" in said), (1, True), said)

    def test_another_organisations_code_does_not_move_the_recovery_key(self):
        phone, record = self.used()
        elsewhere = self.place / "elsewhere"
        elsewhere.mkdir()
        city = City(elsewhere)
        city.start()
        self.addCleanup(city.stop)
        code = city.enrolment_code(city.add_person("别人", "worker"), [city.grid])
        with self.assertRaises(ffi.FieldbookError.Refused):
            phone.book.enrol(code, "a phone of the tests")
        phone.close()
        self.assertEqual(self.rescue(phone.directory, key=elsewhere / "recovery.key")[0], 1)
        self.assert_rescued(phone.directory, record)

    def test_a_revoked_phones_work_is_kept_in_quarantine(self):
        phone, _ = self.used()
        rid = phone.book.identity().rid
        phone.close()
        self.city.revoke(rid)
        status, said = self.rescue(phone.directory)
        self.assertEqual(status, 2, said)
        self.assertIn("1 changes (1 of them kept in quarantine)", said)
        self.assertIn("1 photos are taken once a supervisor has released", said)


if __name__ == "__main__":
    unittest.main()
