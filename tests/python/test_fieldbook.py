"""The field book through the generated bindings, on the build with SQLCipher, against a real server process.

Run by `tests/steps/ffi`, which says where the bindings (`PYTHONPATH`) and the server (`GRIDWEAVE_SERVER`) are.
"""

import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import unittest

import gridweave_ffi as ffi
from city import CityTest
from jpeg import photo
from phone import Listener, Phone, fix_in


class FieldbookTest(CityTest):
    """Two workers of one grid, each with a phone of her own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {name: os.urandom(32) for name in ("安", "白")}
        cls.an, cls.bai = (
            Phone(cls.place / f"phone-{ord(name)}", key).join(cls.city, name) for name, key in cls.keys.items()
        )

    @classmethod
    def tearDownClass(cls):
        cls.an.close()
        cls.bai.close()

    def fix(self):
        """Where the worker stands."""
        return fix_in(self.an.book.grids()[0])

    def captured(self, place, photos=()):
        """A hazard that both phones have."""
        record = self.an.capture_hazard(place, self.fix(), photos or [photo(60_000)])
        self.assertIsNone(self.an.sync().report.unfinished)
        self.assertIsNone(self.bai.sync().report.unfinished)
        return record

    def disputed(self, place):
        """A hazard whose description both changed while offline, as both phones show it."""
        record = self.captured(place)
        self.an.edit(record, description="井盖缺失")
        self.bai.edit(record, description="井盖松动")
        for phone in (self.an, self.bai, self.an):
            self.assertIsNone(phone.sync().report.unfinished)
        return record

    def assert_settled(self, record, text):
        """Nothing is in dispute on either phone, and both read the same."""
        for phone in (self.bai, self.an):
            self.assertIsNone(phone.sync().report.unfinished)
        for phone in (self.an, self.bai):
            field = phone.page_field(record, "description")
            self.assertEqual([value.said.text.zh for value in field.values], [text])
            self.assertNotIn(record, [row.record for row in phone.book.conflicts()])

    def test_the_file_is_encrypted_and_opens_with_its_own_key_alone(self):
        self.an.close()
        self.addCleanup(self.an.open)
        file = pathlib.Path(self.an.directory, "fieldbook.db")
        before = file.read_bytes()
        self.assertNotEqual(before[:15], b"SQLite format 3")
        self.assertNotIn("坪山区".encode(), before)
        for key in (os.urandom(32), b"short", None):
            with self.assertRaises(ffi.FieldbookError.Unlock) as refused:
                ffi.Fieldbook.open(self.an.directory, key)
            self.assertEqual(refused.exception.code, "wrong_key")
        self.assertEqual(file.read_bytes(), before, "a wrong key changes nothing")

    def test_a_form_leads_through_its_screens_and_names_what_is_missing(self):
        form = self.an.book.start_form(self.an.types["hazard"].no)
        screens, at = [], form.next_screen()
        while at is not None:
            screens.append(at)
            at = form.next_screen(at)
        self.assertEqual(screens, form.screens())
        self.assertIn("level", [question.item for question in form.screen(screens[0]).questions])
        with self.assertRaises(ffi.FieldbookError.Refused) as refused:
            self.an.book.save_form(form, fix=self.fix())
        self.assertEqual(refused.exception.code, "problems")
        missing = {problem.item for problem in form.problems() if problem.code == "required"}
        self.assertEqual(missing, {"category", "level", "place", "settled_at_once"})

        self.assertFalse(form.question("photos").required)
        self.an.fill(form, level="code:major")
        self.assertTrue(form.question("photos").required, "a major hazard wants a photo")
        with self.assertRaises(ffi.FieldbookError.Refused) as refused:
            form.answer(self.an.field("level"), ffi.Value.INT(1))
        self.assertEqual(refused.exception.code, "wrong_kind")

    def test_one_form_is_one_record_however_often_it_is_saved(self):
        book = self.an.book
        form = book.start_form(self.an.types["hazard"].no)
        self.an.fill(form, category="code:99", level="code:major", place="一次路", settled_at_once=False)
        self.an.fill(form, description="楼道堆放杂物")
        form.add_photo(self.an.field("photos").no, book.add_photo(photo(60_000)))
        book.save_form(form, fix=self.fix())
        with self.assertRaises(ffi.FieldbookError.Refused) as raised:
            book.save_form(form, fix=self.fix())
        self.assertEqual(raised.exception.code, "form_saved")
        self.assertEqual(len(book.find("一次路").hits), 1)

    def test_a_draft_outlives_the_app(self):
        form = self.an.book.start_form(self.an.types["hazard"].no)
        self.an.fill(form, place="金田路")
        draft = self.an.book.save_draft(form)
        self.assertEqual(self.an.book.save_draft(form), draft)
        del form
        self.an.close()
        self.an.open()
        self.assertEqual([kept.id for kept in self.an.book.drafts()], [draft])
        form = self.an.book.resume_draft(draft)
        self.assertEqual(form.question("place").value, ffi.Value.TEXT("金田路"))
        self.an.fill(form, category="code:99", level="code:minor", settled_at_once=False, description="积水")
        saved = self.an.book.save_form(form, fix=self.fix())
        self.assertEqual(self.an.book.drafts(), [], "saved and forgotten in one step")
        self.assertEqual([hit.record for hit in self.an.book.find("金田路").hits], [saved.record])

    def test_a_capture_survives_the_kill_of_its_process_and_arrives_with_its_photo(self):
        picture = photo()
        (self.place / "picture.jpg").write_bytes(picture)
        self.an.close()
        child = [sys.executable, str(pathlib.Path(__file__).with_name("phone.py"))]
        arguments = [self.an.directory, self.keys["安"].hex(), str(self.place / "picture.jpg")]
        died = subprocess.run(child + arguments, capture_output=True, text=True, timeout=60)
        self.assertEqual(died.returncode, -signal.SIGKILL, died.stderr)
        record = died.stdout.strip()
        self.an.open()

        self.assertEqual(self.an.book.record_page(record).custody, ffi.Custody.SAVED)
        self.assertIn(record, [logged.record for logged in self.an.book.outbox()])
        before = self.an.book.safe()
        self.assertFalse(before.is_sealed)
        self.assertGreaterEqual(before.photos_pending, 1)
        self.assertIsNone(before.seal)

        listener = self.an.sync()
        self.assertIsNone(listener.report.unfinished)
        self.assertGreaterEqual(listener.report.pushed, 1)
        self.assertGreater(listener.report.bytes_up, len(picture))
        stages = [progress.stage for progress in listener.progresses]
        for stage in (ffi.Stage.PUSHING, ffi.Stage.PULLING, ffi.Stage.PHOTOS):
            self.assertIn(stage, stages)
        self.assertLess(stages.index(ffi.Stage.PUSHING), stages.index(ffi.Stage.PULLING))

        page = self.an.book.record_page(record)
        name = hashlib.sha256(picture).hexdigest()
        self.assertEqual(page.custody, ffi.Custody.RECEIVED)
        self.assertEqual([(kept.hash, kept.state) for kept in page.photos], [(name, ffi.PhotoState.RECEIVED)])
        self.assertEqual(self.an.book.photo(name), picture)
        safe = self.an.book.safe()
        self.assertTrue(safe.is_sealed)
        self.assertRegex(safe.seal, r"^\d+-\d+ [0-9a-f]{4} [0-9a-f]{4}$")
        self.assertIn(name, self.city.ask("GET", f"/v1/records/{record}")["photos"])

        self.bai.sync()
        page = self.bai.book.record_page(record)
        self.assertEqual(page.row.grid, self.city.grid, "the fix lies in it")
        self.assertEqual([(kept.hash, kept.state) for kept in page.photos], [(name, None)])
        place = self.bai.page_field(record, "place").values[0]
        self.assertEqual((place.said.text.zh, place.author_name), ("龙田路口", "安"))
        self.assertEqual(place.fix.accuracy_dm, 45)

    def test_two_offline_edits_are_a_conflict_on_both_phones_until_one_is_chosen(self):
        record = self.disputed("锦绣路")
        for phone in (self.an, self.bai):
            field = phone.page_field(record, "description")
            self.assertTrue(field.in_conflict)
            told = {value.said.text.zh: value.author_name for value in field.values}
            self.assertEqual(told, {"井盖缺失": "安", "井盖松动": "白"}, "what each said, and who")
            self.assertTrue(all(value.at_ms > 0 for value in field.values))
            self.assertIn(record, [row.record for row in phone.book.conflicts()])

        field = self.bai.page_field(record, "description")
        seen = [value.dot for value in field.values]
        chosen = next(value for value in field.values if value.author_name == "安")
        with self.assertRaises(ffi.FieldbookError.Refused) as refused:
            self.bai.book.choose(record, field.field, chosen.dot, seen[:1])
        self.assertEqual(refused.exception.code, "outdated", "all that stood on the screen must be named")
        self.bai.book.choose(record, field.field, chosen.dot, seen)
        self.assert_settled(record, "井盖缺失")

    def test_a_supervisors_choice_settles_a_conflict_on_both_phones(self):
        record = self.disputed("深汕路")
        values = self.city.ask("GET", f"/v1/records/{record}")["fields"]["description"]
        self.assertEqual(len(values), 2)
        chosen = next(value["value"] for value in values if value["value"] == "井盖松动")
        body = {"field": "description", "value": chosen, "replaces": [value["dot"] for value in values]}
        self.city.ask("POST", f"/v1/records/{record}/resolve", body)
        self.assert_settled(record, "井盖松动")

    def test_a_cancelled_run_ends_and_the_next_one_goes_on(self):
        record = self.an.capture_hazard("比亚迪路", self.fix(), [photo()])
        listener = Listener(cancel_at_once=True)
        listener.task = self.an.book.sync_start(listener, ffi.SyncOptions())
        with self.assertRaises(ffi.FieldbookError.Refused) as refused:
            self.an.book.sync_start(Listener(), ffi.SyncOptions())
        self.assertEqual(refused.exception.code, "sync_running")
        listener.has_task.set()
        self.assertIsInstance(listener.task.wait().unfinished, ffi.Unfinished.CANCELLED)
        self.assertTrue(listener.task.is_finished())
        self.assertFalse(self.an.book.safe().is_sealed, "the photo is here alone")

        self.assertIsNone(self.an.sync().report.unfinished)
        self.assertTrue(self.an.book.safe().is_sealed)
        self.assertEqual(self.an.book.record_page(record).photos[0].state, ffi.PhotoState.RECEIVED)
        self.assertEqual([row.outcome for row in self.an.book.sessions(2)], ["finished", "cancelled"])

    def test_without_a_server_work_goes_on_and_sync_says_to_try_again(self):
        self.city.stop()
        self.addCleanup(lambda: self.city.process or self.city.start())
        record = self.an.capture_hazard("坪山大道", self.fix(), [photo(60_000)])
        unfinished = self.an.sync(retries_max=0).report.unfinished
        self.assertIsInstance(unfinished, ffi.Unfinished.FAILED)
        self.assertIsInstance(unfinished.error, ffi.FieldbookError.Retry)
        self.assertEqual(self.an.book.record_page(record).custody, ffi.Custody.SAVED)
        self.city.start()
        self.assertIsNone(self.an.sync().report.unfinished)
        self.assertEqual(self.an.book.record_page(record).custody, ffi.Custody.RECEIVED)

    def test_codes_and_ids_that_are_none_are_refused_with_what_to_do(self):
        stranger = Phone(self.place / "phone-stranger", os.urandom(32))
        with self.assertRaises(ffi.FieldbookError.Enrol) as refused:
            stranger.book.enrol("https://example.org", "a phone of the tests")
        self.assertEqual(refused.exception.code, "not_a_code")
        with self.assertRaises(ffi.FieldbookError.Enrol):
            stranger.book.identity()
        unfinished = stranger.sync().report.unfinished
        self.assertIsInstance(unfinished.error, ffi.FieldbookError.Enrol)
        with self.assertRaises(ffi.FieldbookError.Refused) as refused:
            self.an.book.record_page("no id")
        self.assertEqual(refused.exception.code, "bad_id")
        stranger.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
