"""A phone for the tests: a field book opened through the generated bindings, and a worker's hands."""

import sys
import threading
import time

import gridweave_ffi as ffi

HAZARD = "hazard"


class Listener(ffi.SyncListener):
    """Writes down what a run tells; `cancel_at_once` ends the run at the first thing that it tells."""

    def __init__(self, cancel_at_once=False):
        self.progresses, self.report, self.ended = [], None, threading.Event()
        self.task, self.has_task, self.cancel_at_once = None, threading.Event(), cancel_at_once

    def progress(self, progress):
        self.progresses.append(progress)
        if self.cancel_at_once:
            self.has_task.wait(10)
            self.task.cancel()

    def finished(self, report):
        self.report = report
        self.ended.set()


class Phone:
    """One device in the hands of one worker."""

    def __init__(self, directory, key):
        self.directory, self.key = str(directory), key
        self.open()

    def open(self):
        """Opens the field book, as the app does when it starts."""
        self.book = ffi.Fieldbook.open(self.directory, self.key)
        self.types = {record_type.name: record_type for record_type in self.book.record_types()}

    def close(self):
        """Lets go of the field book, as the end of the app does."""
        self.book = None

    def join(self, city, name):
        """A new worker of the city takes the phone: it is enrolled and syncs once."""
        code = city.enrolment_code(city.add_person(name, "worker"), [city.grid])
        enrolment = self.book.enrol(code, "a phone of the tests")
        assert isinstance(enrolment, ffi.Enrolment.ENROLLED), enrolment
        assert self.book.identity().person_name == name
        self.sync()
        return self

    def field(self, name):
        """A field of a hazard by its name."""
        no = next(field.no for field in self.types[HAZARD].fields if field.name == name)
        return ffi.FieldKey(no=no, instance=None)

    def fill(self, form, **answers):
        """Answers questions of a form: texts and truths as they are, `code:x` by choosing what is offered."""
        for item, answer in answers.items():
            question = form.question(item)
            if isinstance(answer, bool):
                value = ffi.Value.BOOL(answer)
            elif answer.startswith("code:"):
                code = answer.removeprefix("code:")
                value = ffi.Value.CODE(next(c.code for c in question.choices if c.code.code == code))
            else:
                value = ffi.Value.TEXT(answer)
            form.answer(question.key, value)

    def capture_hazard(self, place, fix, photos=()):
        """Fills in the form for a new hazard and saves it; answers the record's id."""
        form = self.book.start_form(self.types[HAZARD].no)
        self.fill(form, category="code:99", level="code:major", place=place, settled_at_once=False)
        self.fill(form, description="井盖破损")
        for photo in photos:
            form.add_photo(self.field("photos").no, self.book.add_photo(photo))
        return self.book.save_form(form, fix=fix).record

    def edit(self, record, **answers):
        """Edits a hazard through its form."""
        form = self.book.start_form(self.types[HAZARD].no, record)
        self.fill(form, **answers)
        return self.book.save_form(form)

    def sync(self, **options):
        """Runs sync to its end; answers the listener with all that was told."""
        listener = Listener()
        task = self.book.sync_start(listener, ffi.SyncOptions(app="tests", network="loopback", **options))
        report = task.wait()
        assert listener.ended.wait(10), "the listener hears of the end"
        assert (listener.report.pushed, listener.report.duration_ms) == (report.pushed, report.duration_ms)
        return listener

    def page_field(self, record, name):
        """A field as the record's page shows it."""
        fields = self.book.record_page(record).fields
        return next(field for field in fields if field.field == self.field(name))


def fix_in(grid):
    """A reading of the receiver in the middle of a grid."""
    corners = grid.outline[:-1]
    middle = ffi.Point(
        lat_e7=sum(c.lat_e7 for c in corners) // len(corners),
        lon_e7=sum(c.lon_e7 for c in corners) // len(corners),
        datum=ffi.Datum.WGS84(),
    )
    now_ms = int(time.time() * 1000)
    return ffi.Fix(point=middle, accuracy_dm=45, provider=ffi.Provider.GNSS(), mock=False, at_ms=now_ms)


def capture_and_die(directory, key, photo):
    """What a process does that is killed right after saving."""
    import os
    import signal

    phone = Phone(directory, bytes.fromhex(key))
    with open(photo, "rb") as file:
        record = phone.capture_hazard("龙田路口", fix_in(phone.book.grids()[0]), [file.read()])
    print(record, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    capture_and_die(*sys.argv[1:])
