"""What schemathesis needs to be told: who signs which request, what a sensible request is, and what was answered.

Chance alone finds no replica, no record and no signature, and would see nothing but refusals. So each operation is also
asked in earnest once (`IN_EARNEST`), and half of the valid requests that chance makes are steered (`STEERED`) to what is
there: their other values stay those of chance.
"""

import os
import random
import uuid
from collections import Counter, defaultdict

import schemathesis
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import RejectedPositiveData
from world import REASON, SUPERVISOR

PACKED = "application/vnd.gridweave.v1+postcard-zstd"
CHUNK = "application/offset+octet-stream"
# Messages to the server that hold tuples.
ASKED_WITH_TUPLES = {"Digests", "Resolve"}


class Scene:
    """The city under test and what was seen of it; `run.py` fills it in."""

    city = device = supervisor = None
    # The grant that the next request of an upload bears.
    token = ""
    # Status codes by operation.
    answers = defaultdict(Counter)
    dice = random.Random(0)
    # Requests that were steered.
    steered = set()


def framed(plain):
    """A Zstandard frame of one raw block (RFC 8878), so that what is inside gets read."""
    header = b"\x28\xb5\x2f\xfd" + b"\x20" + bytes([len(plain)])
    return header + (len(plain) << 3 | 1).to_bytes(3, "little") + plain


for kind, chance in ((CHUNK, st.binary(max_size=2000)), (PACKED, st.binary(max_size=255).map(framed) | st.binary())):
    schemathesis.openapi.media_type(kind, chance)
    schemathesis.serializer(kind)(lambda context, value: value)


def operation_id(case):
    return case.operation.definition.raw["operationId"]


def policy(case):
    return case.operation.definition.raw["x-policy"]


@schemathesis.auth(refresh_interval=None)
class Credentials:
    """Signs as the device, shows the session or bears the grant, as the operation's policy asks."""

    def get(self, case, context):
        return None if policy(case) == "everyone" else policy(case)

    def set(self, case, data, context):
        if data in ("device", "certified"):
            case._auth = Scene.device
        elif data == "upload_grant":
            case.headers["Authorization"] = f"Bearer {Scene.token}"
        else:
            case.cookies["gridweave"] = Scene.supervisor.cookie
            case.headers["X-CSRF"] = Scene.supervisor.csrf


def record():
    return Scene.dice.choice(Scene.supervisor.records)["record"]


def settlement():
    """A record and what settles one of its fields."""
    found = (row for row in Scene.supervisor.records if "place" in row["fields"])
    row = Scene.supervisor.get(f"/v1/records/{next(found)['record']}")
    seen = [value["dot"] for value in row["fields"]["place"]]
    return row["record"], {"field": "place", "value": "坪山大道", "replaces": seen}


def begun(length=1000):
    """A photo whose upload was begun, and the upload's id."""
    photo = os.urandom(length)
    Scene.token = Scene.device.grant(photo)
    return photo, Scene.device.begin_upload(Scene.token, length)


def push(case):
    change, _ = Scene.device.new_hazard("龙田路口")
    case.body = Scene.device.push(change)


def pull(case):
    device = Scene.device
    case.body = {"session": 1, "epoch": device.epoch, "scope_version": 0, "cursors": [], "bytes_max": 1 << 20}
    case.body["last_seq"] = device.push()["first_seq"] - 1


def digests(case):
    whole = [str(uuid.UUID(int=0)), None]
    case.body = {"session": 1, "grid": Scene.device.grids[0], "ranges": [whole], "records": [whole]}


def rekey(case):
    start = {"common_seq": 0, "common_hash": "0" * 64}
    case.body = {"old_rid": Scene.device.rid, "replica": os.urandom(16).hex(), "fork": start}
    case.body |= {"device_key": Scene.device.new_key(), "chain_key": os.urandom(32).hex()}


def readmit(case):
    case.body = Scene.device.readmission()


def resolve(case):
    case.path_parameters["record"], case.body = settlement()


def upload_create(case):
    case.headers.setdefault("Upload-Length", "500")
    Scene.token = Scene.device.grant_of(os.urandom(32).hex(), int(case.headers["Upload-Length"]))


def upload_append(case):
    case.body, case.path_parameters["id"] = begun()
    case.headers["Upload-Offset"] = "0"


def upload_of_id(case):
    _, case.path_parameters["id"] = begun()


def enrol(case):
    case.body = Scene.device.enrolment(Scene.city.enrolment_code(Scene.device.grids))


#: A request of each operation that must succeed; of the others a bare one does.
IN_EARNEST = {
    "enrol": enrol,
    "push": push,
    "pull": pull,
    "digests": digests,
    "readmit": readmit,
    "rekey": rekey,
    "upload_grant": lambda case: setattr(case, "body", {"sha256": os.urandom(32).hex(), "len": 7}),
    "sign_in": lambda case: setattr(case, "body", dict(SUPERVISOR)),
    "confirm": lambda case: case.path_parameters.update(rid=Scene.device.rid),
    "changes": lambda case: case.path_parameters.update(rid=Scene.supervisor.replicas[1]),
    "record": lambda case: case.path_parameters.update(record=record()),
    "resolve": resolve,
    "upload_create": upload_create,
    "upload_status": upload_of_id,
    "upload_append": upload_append,
    "upload_terminate": upload_of_id,
    "upload_options": lambda case: case.path_parameters.update(id="0" * 32),
}


def continue_log(case):
    """Chance's changes and a damaged one as the next ones of the log: soundly signed, so that they are read."""
    changes = [bytes.fromhex(change) for change in case.body["changes"]]
    change, _ = Scene.device.new_hazard("龙田路口")
    case.body |= Scene.device.push(damaged(change), *changes) | {"session": case.body["session"]}


def damaged(change):
    """A change in which some bytes are others, or missing."""
    change = bytearray(change)
    for _ in range(Scene.dice.randrange(4)):
        change[Scene.dice.randrange(len(change))] = Scene.dice.randrange(256)
    return bytes(change[: Scene.dice.randrange(1, 2 * len(change))])


def steer_settlement(case):
    case.path_parameters["record"], sound = settlement()
    part = Scene.dice.choice(["field", "value", "replaces"])
    case.body = sound | {part: case.body[part]}


def steer_upload(case):
    photo, case.path_parameters["id"] = begun()
    if operation_id(case) == "upload_append":
        case.headers["Upload-Offset"] = Scene.dice.choice(["0", case.headers.get("Upload-Offset", "0")])
        case.body = Scene.dice.choice([photo, photo[:300], case.body])


#: How a valid request of chance comes to what is there.
STEERED = {
    "push": continue_log,
    "pull": lambda case: case.body.update(epoch=Scene.device.epoch, last_seq=1 << 40),
    "digests": lambda case: case.body.update(grid=Scene.device.grids[0]),
    "rekey": lambda case: case.body.update(old_rid=Scene.device.rid, device_key=Scene.device.new_key()),
    "confirm": lambda case: case.path_parameters.update(rid=Scene.dice.choice(Scene.supervisor.replicas)),
    "changes": lambda case: case.path_parameters.update(rid=Scene.dice.choice(Scene.supervisor.replicas)),
    "record": lambda case: case.path_parameters.update(record=record()),
    "resolve": steer_settlement,
    "upload_create": upload_create,
    "upload_status": steer_upload,
    "upload_append": steer_upload,
    "upload_terminate": steer_upload,
}


@schemathesis.hook
def before_load_schema(context, document):
    """Spells tuples of answers as lists: schemathesis makes an invalid schema of `prefixItems` there."""
    schemas = document["components"]["schemas"]
    for name in schemas.keys() - ASKED_WITH_TUPLES:
        spell_tuples_as_lists(schemas[name])


def spell_tuples_as_lists(schema):
    if isinstance(schema, dict):
        if members := schema.pop("prefixItems", None):
            schema.update(items={"anyOf": members}, maxItems=len(members))
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            spell_tuples_as_lists(part)


@schemathesis.hook
def before_add_examples(context, examples):
    """Asks the operation in earnest."""
    raw = context.operation.definition.raw
    media_type = next(iter(raw.get("requestBody", {}).get("content", {})), None)
    case = context.operation.Case(headers=CaseInsensitiveDict({"X-Reason": REASON}), media_type=media_type)
    if raw["x-policy"] == "upload_grant":
        case.headers["Tus-Resumable"] = "1.0.0"
    IN_EARNEST.get(raw["operationId"], lambda case: None)(case)
    if raw["x-policy"] != "everyone":
        Credentials().set(case, raw["x-policy"], context)
        case._has_explicit_auth = True
    examples.append(case)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Steers half of the valid requests, and asks for packed messages now and then."""
    name, meta = operation_id(case), case.meta
    made_by_chance = meta is not None and meta.generation.mode == GenerationMode.POSITIVE
    if made_by_chance and case.media_type != PACKED:
        case.body = with_whole_numbers(case.body)
        if name in STEERED and Scene.dice.random() < 0.5:
            STEERED[name](case)
            Scene.steered.add(case.id)
    if "Authorization" in case.headers:
        case.headers["Authorization"] = f"Bearer {Scene.token}"
    case.headers.setdefault("Accept", Scene.dice.choice(["application/json", "application/json", "*/*"]))


def with_whole_numbers(body):
    """`1.0` is a whole number to JSON Schema and none to the server, which no client of it writes so."""
    if isinstance(body, dict):
        return {name: with_whole_numbers(part) for name, part in body.items()}
    if isinstance(body, list):
        return [with_whole_numbers(part) for part in body]
    return int(body) if isinstance(body, float) and body.is_integer() and abs(body) < 2**64 else body


@schemathesis.hook
def after_call(context, case, response):
    """Counts."""
    Scene.answers[case.operation.label][response.status_code] += 1


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Passes over what no schema says: what a packed message is, which length was granted, that keys differ."""
    if isinstance(failure, RejectedPositiveData):
        told = response.json()["code"]
        keys_repeat = told == "upload_header_malformed" and "," in case.headers.get("Upload-Metadata", "")
        return not (case.media_type == PACKED or told == "upload_length_not_granted" or keys_repeat)
    # Steered to what is there, a request is valid whatever it was before.
    return not (isinstance(failure, AcceptedNegativeData) and case.id in Scene.steered)
