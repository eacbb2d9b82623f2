"""Holds the real server to the document that it serves of itself.

Usage: run.py [SEED]; writes the document into the folder where it runs. Exits non-zero when an answer is not as
documented, when the server failed, or when an operation never answered that it did what it was asked.
"""

import contextlib
import copy
import io
import json
import pathlib
import random
import sys
import tempfile
import time

import hooks
import requests
import schemathesis.cli
from world import City, Device, Supervisor

CONFIG = pathlib.Path(__file__).with_name("schemathesis.toml")


def open_scene(city, seed):
    """Lets a device and a supervisor into the city."""
    scene = hooks.Scene
    scene.city, scene.supervisor = city, Supervisor(city)
    scene.device = Device(city, scene.supervisor.grids[:2])
    scene.dice = random.Random(seed)
    scene.token = scene.device.grant(b"a photo")
    change, record = scene.device.new_hazard("锦绣路")
    scene.device.ask("/v1/push", scene.device.push(change))
    assert scene.supervisor.get(f"/v1/records/{record}")["fields"]["place"][0]["value"] == "锦绣路"


def ask(city, document, seed, *arguments):
    """Runs schemathesis over a document's operations; answers its exit code."""
    # From a file, for an operation from which schemathesis read the document would not be asked.
    pathlib.Path("openapi.json").write_text(json.dumps(document))
    command = ["--config-file", str(CONFIG), "run", "openapi.json", "--url", city.url, "--seed", str(seed)]
    try:
        schemathesis.cli.schemathesis([*command, *arguments])
    except SystemExit as ended:
        return ended.code
    return 0


def is_found_out(city, document, seed):
    """Whether a document is noticed that promises what the server does not answer."""
    document["components"]["schemas"]["SignedIn"]["required"].append("promised")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = ask(city, document, seed, "--phases", "examples")
    return code == 1 and "promised" in said.getvalue()


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gridweave-openapi-") as place:
        city = City(place)
        try:
            open_scene(city, seed)
            document = requests.get(f"{city.url}/v1/openapi.json").json()
            code = ask(city, document, seed)
            answers = copy.deepcopy(hooks.Scene.answers)
            found_out = is_found_out(city, copy.deepcopy(document), seed)
            died = not city.is_running()
        finally:
            said = city.stop()
    for name, counts in sorted(answers.items()):
        told = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
        print(f"    {name}: {told}")
    operations = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    silent = {name for name in operations if not any(200 <= status < 300 for status in answers[name])}
    if silent:
        print(f"    never answered 2xx: {', '.join(sorted(silent))}")
    if not found_out:
        print("    a document that promises too much was not found out")
    if died or "panicked" in said:
        print(f"    the server failed:\n{said}")
    asked = sum(sum(counts.values()) for counts in answers.values())
    failed = bool(code or silent or not found_out or died or "panicked" in said)
    seconds = time.monotonic() - began
    print(f"    {len(operations)} operations, {asked} requests, seed {seed}, {seconds:.0f} s: ", end="")
    print("FAILED" if failed else "as documented")
    sys.exit(failed)


if __name__ == "__main__":
    main()
