"""A real city for the tests: made with the operator's own commands, served by the real server over TLS.

Nothing of it is played: keys, database, pins, enrolment codes and the supervisor's API are those of a city in use.
"""

import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import unittest
import urllib.request

SERVER = os.environ["GRIDWEAVE_SERVER"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGIN, PASSWORD = "supervisor", "gridweave tests"


def run(*args, stdin=""):
    """Runs one of the server's commands and answers what it printed."""
    done = subprocess.run([SERVER, *args], input=stdin, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(f"gridweave {args[0]}: {done.stderr}")
    return done.stdout


class City:
    """A city in a directory of its own."""

    def __init__(self, directory):
        self.data = str(directory / "city")
        key = str(directory / "recovery.key")
        run("init", "--data", self.data, "--organisation", "坪山区（测试）", "--recovery-key", key)
        run("area", "import", "--data", self.data, str(ROOT / "schemas" / "area-tree.example.geojson"))
        self.grid = "440310001001001"
        self.process, self.url, self._listen = None, None, "127.0.0.1:0"
        self._session = None
        self.add_person("督导员", "supervisor", LOGIN)

    def add_person(self, name, role, login=None):
        """Adds a person; answers the number."""
        sign_in = ["--login", login] if login else []
        said = run("person", "add", "--data", self.data, "--name", name, "--role", role, *sign_in, stdin=PASSWORD + "\n")
        return int(said.split()[-1])

    def start(self):
        """Serves it; after a stop on the address that it had."""
        command = [SERVER, "serve", "--tls", "--data", self.data, "--listen", self._listen, "--until-stdin-ends"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("serving https://"):
            raise RuntimeError(f"the server does not serve: {line!r}")
        self.url = line.split()[1]
        self._listen = self.url.removeprefix("https://")

    def stop(self):
        """Ends the server and waits until it has."""
        if self.process:
            self.process.stdin.close()
            self.process.wait(timeout=30)
            self.process.stdout.close()
            self.process = None

    def enrolment_code(self, person, grids):
        """A code that needs no supervisor to compare fingerprints."""
        args = ["--data", self.data, "--person", str(person), "--grids", ",".join(grids), "--url", self.url]
        return run("enrol", *args, "--confirm").strip().splitlines()[-1]

    def ask(self, method, path, body=None):
        """One request of the signed-in supervisor; answers the JSON."""
        if self._session is None:
            self._session = self._sign_in()
        cookie, csrf = self._session
        headers = {"Cookie": cookie, "X-CSRF": csrf, "X-Reason": "test: comparing both sides"}
        return json.load(self._request(method, path, body, headers))

    def revoke(self, rid):
        """The supervisor takes a device out of use, as on the console."""
        self.ask("GET", "/v1/stats")
        cookie, csrf = self._session
        headers = {"Cookie": cookie, "X-CSRF": csrf, "Content-Type": "application/x-www-form-urlencoded"}
        self._send("POST", f"/console/device/{rid}/state", b"state=revoked&reason=lost", headers)

    def _sign_in(self):
        answer = self._request("POST", "/v1/sign-in", {"login": LOGIN, "password": PASSWORD}, {})
        return answer.headers["Set-Cookie"].split(";")[0], json.load(answer)["csrf"]

    def _request(self, method, path, body, headers):
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, {**headers, "Content-Type": "application/json"})

    def _send(self, method, path, data, headers):
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        # The city's key is nobody's but its own. Devices pin it; this request does not leave the machine.
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        return urllib.request.urlopen(request, timeout=30, context=trusting)


class CityTest(unittest.TestCase):
    """Tests in one served city, with a directory that goes with them."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="gridweave-tests-")
        cls.addClassCleanup(directory.cleanup)
        cls.place = pathlib.Path(directory.name)
        cls.city = City(cls.place)
        cls.city.start()
        cls.addClassCleanup(cls.city.stop)
