//! Bad input, end to end: every kind is refused or set apart under its own stable code, and harms nobody.
//!
//! Two layers answer. A *request* that is no good is refused whole, with a typed 4xx, and nothing of it is kept. A
//! *change* that is no good within a good request is received, receipted and kept in quarantine byte for byte, while its
//! neighbours in the batch are merged. After each case an honest device of the same grid must be untouched: it syncs,
//! has what the server has, and its own record says what it said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gridweave_core::geo::{Datum, Point};
use gridweave_core::ids::{ChainHash, Dot, FieldKey, PersonNo, RecordId, Rid, Seq, TypeNo};
use gridweave_core::record::{Change, ChangeKind, SetEdit, SetItem, system};
use gridweave_core::store::NewChange;
use gridweave_core::sync::Unfinished;
use gridweave_core::value::Value;
use gridweave_core::wire::v1::{Push, PushReply, UploadGrant};
use gridweave_core::wire::{
    self, Bytes, CHANGE_BYTES_MAX, MEDIA_TYPE, PLAIN_BYTES_MAX, PUSH_CHANGES_MAX, WIRE_BYTES_MAX,
};
use gridweave_tests::device::hazard;
use gridweave_tests::raw::write;
use gridweave_tests::{Answer, City, DESCRIPTION, Device, GRIDS, NAME, PLACE, RawDevice, Supervisor};

/// A city with an honest neighbour whose record must never change, and a device that sends bad things.
struct Scene {
    city: City,
    supervisor: Supervisor,
    honest: Device,
    canary: RecordId,
    bad: RawDevice,
}

impl Scene {
    async fn new() -> Scene {
        let city = City::start().await;
        let honest = city.device("amina", &GRIDS[..1]).await;
        let canary = honest.hazard(GRIDS[0], "井盖松动");
        honest.sync().await;
        let bad = city.raw("mallory", &GRIDS[..2]).await;
        let supervisor = city.supervisor().await;
        Scene { city, supervisor, honest, canary, bad }
    }

    /// The honest device saves and syncs as if nothing had happened, and agrees with the server.
    async fn assert_unharmed(&self, after: &str) {
        self.honest.edit(self.canary, DESCRIPTION, after);
        self.honest.sync().await;
        self.city.assert_agrees(&self.honest, &GRIDS[..1]).await;
        assert_eq!(self.honest.texts(self.canary, PLACE), ["井盖松动"], "after {after}");
        let row = self.supervisor.record(self.canary).await;
        assert_eq!(
            (row.texts("place"), row.texts("description")),
            (vec!["井盖松动".into()], vec![after.into()])
        );
        assert!(self.honest.quarantined().is_empty());
    }

    /// Sends something that must be refused whole.
    async fn assert_refused(&mut self, what: &str, answer: Answer, status: u16, code: &str) {
        assert_eq!(answer.refused(), (status, code.to_owned()), "{what}");
        assert!(!answer.refusal().message.is_empty());
        assert_eq!(
            self.supervisor.states(self.bad.rid).await.len() as u64,
            self.bad.last.0,
            "{what}: nothing is kept"
        );
    }

    /// Hands in a bad change between two good ones: it goes to quarantine alone.
    async fn assert_set_apart(&mut self, what: &str, code: &str, bytes: Vec<u8>) {
        let open = self.supervisor.stats().await["quarantined"];
        let before = self.bad.creates(1, GRIDS[0], &format!("before {what}"));
        let after = self.bad.creates(3, GRIDS[0], &format!("after {what}"));
        let seq = Seq(self.bad.last.0 + 2);
        let receipt = self.bad.hand_in(&[before.encode(), bytes.clone(), after.encode()]).await;

        let told: Vec<_> = receipt.quarantined.iter().map(|q| (q.seq, q.code.as_str())).collect();
        assert_eq!(told, [(seq, code)], "{what}: the receipt tells the device");
        for neighbour in [&before, &after] {
            let row = self.supervisor.record(neighbour.record).await;
            let said = neighbour.value_of(PLACE).and_then(Value::as_text).unwrap();
            assert_eq!(row.texts("place"), [said], "{what}: its neighbours are merged");
        }
        let states = self.supervisor.states(self.bad.rid).await;
        assert_eq!(
            states[seq.0 as usize - 2..],
            ["merged", code, "merged"],
            "{what}: the supervisor sees it"
        );
        assert_eq!(self.supervisor.stats().await["quarantined"], open + 1, "{what}: it is counted");
        let kept = self.city.app().store.log(self.bad.rid, seq.0 - 1, 1).await.unwrap();
        assert_eq!(kept[0].bytes, bytes, "{what}: it is kept byte for byte");
        let again = self.bad.push_from(Seq(1), ChainHash::START, &self.log().await);
        let repeated = self.bad.send("/v1/push", wire::pack(&again)).await;
        let PushReply::Received(again) = repeated.message() else {
            panic!("{what}: a repeated push is received")
        };
        assert!(again.quarantined.iter().any(|q| q.seq == seq && q.code == code), "{what}: and told again");
        assert_eq!(self.supervisor.stats().await["quarantined"], open + 1, "{what}: not counted twice");
    }

    async fn log(&self) -> Vec<Vec<u8>> {
        let rows = self.city.app().store.log(self.bad.rid, 0, 1000).await.unwrap();
        rows.into_iter().map(|row| row.bytes).collect()
    }
}

/// A good push of one change, as a plain message.
fn good_push(bad: &RawDevice) -> Push {
    bad.push_of(&[bad.creates(1, GRIDS[0], "good").encode()])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_no_message_is_refused_with_its_own_code() {
    let mut scene = Scene::new().await;
    let push = good_push(&scene.bad);
    let (plain, packed) = (postcard::to_allocvec(&push).unwrap(), wire::pack(&push));
    let mut bodies: Vec<(String, Vec<u8>, u16, &str)> = vec![
        ("an empty body".into(), Vec::new(), 400, "body_not_zstd"),
        ("one byte".into(), vec![0], 400, "body_not_zstd"),
        ("text".into(), b"hello, is this the server?".to_vec(), 400, "body_not_zstd"),
        ("a plain message, not packed".into(), plain.clone(), 400, "body_not_zstd"),
        ("garbage after the frame".into(), [packed.as_slice(), b"garbage"].concat(), 400, "body_not_zstd"),
        ("garbage after the message".into(), zstd_of(&[plain.as_slice(), &[0]].concat()), 400, "malformed"),
        ("an empty message".into(), zstd_of(&[]), 400, "malformed"),
        (
            "another message".into(),
            wire::pack(&UploadGrant { sha256: gridweave_core::ids::PhotoHash([1; 32]), len: 1 }),
            400,
            "malformed",
        ),
        ("a count that promises gigabytes".into(), zstd_of(&huge_count(&push)), 400, "malformed"),
    ];
    for sixteenth in 1..16 {
        let (at, packed_at) = (plain.len() * sixteenth / 16, packed.len() * sixteenth / 16);
        bodies.push((format!("a message cut at {at}"), zstd_of(&plain[..at]), 400, "malformed"));
        bodies.push((
            format!("a frame cut at {packed_at}"),
            packed[..packed_at].to_vec(),
            400,
            "body_not_zstd",
        ));
    }
    for path in ["/v1/push", "/v1/pull", "/v1/digests", "/v1/rekey", "/v1/upload-grants"] {
        for (what, body, status, code) in &bodies {
            // What is another message for one path may be the right one for the next.
            if path == "/v1/upload-grants" && *what == "another message" {
                continue;
            }
            let answer = scene.bad.send(path, body.clone()).await;
            // Some pieces of a push are a whole smaller message of another kind; a refusal it must be all the same.
            if path == "/v1/push" {
                scene.assert_refused(&format!("{what} to {path}"), answer, *status, code).await;
            } else if answer.status != 200 {
                answer.refusal();
            }
        }
    }
    scene.assert_unharmed("no message").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_that_is_no_message_is_refused_without_repeating_it() {
    let mut scene = Scene::new().await;
    let push = serde_json::to_string(&good_push(&scene.bad)).unwrap();
    let deep = "[".repeat(100_000);
    let bodies = [
        "".to_owned(),
        "null".into(),
        "{}".into(),
        "[]".into(),
        push.replace("\"rid\":", "\"rod\":"),
        push.replacen("\"epoch\":1", "\"epoch\":-1", 1),
        push.replacen("\"epoch\":1", "\"epoch\":1e400", 1),
        push.replacen("\"epoch\":1", "\"epoch\":null", 1),
        push.replacen("\"epoch\":1", "\"epoch\":18446744073709551616", 1),
        push.replacen("\"epoch\":1", "\"epoch\":1,\"epoch\":1", 1),
        push.replacen("\"changes\":[\"", "\"changes\":[\"zz", 1),
        push[..push.len() - 1].to_owned(),
        format!("{push}{{}}"),
        deep,
        "\"11010119000101009X\"".into(),
    ];
    for body in bodies {
        let (what, body) = (body.chars().take(60).collect::<String>(), body.into_bytes());
        let mut headers = scene.bad.signed("/v1/push", &body);
        headers.push(("content-type", "application/json".into()));
        let answer = scene.bad.send_with("/v1/push", &headers, body).await;
        assert!(!answer.refusal().message.contains("1101011900"), "the answer repeats the body");
        scene.assert_refused(&what, answer, 400, "malformed").await;
    }
    // The same message whole is as good as the packed one.
    let body = push.into_bytes();
    let mut headers = scene.bad.signed("/v1/push", &body);
    headers.extend([("content-type", "application/json".into()), ("accept", "application/json".into())]);
    let answer = scene.bad.send_with("/v1/push", &headers, body).await;
    assert_eq!((answer.status, answer.kind.as_str()), (200, "application/json"));
    assert!(matches!(serde_json::from_slice(&answer.body).unwrap(), PushReply::Received(_)));
    scene.assert_unharmed("no json").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_is_refused_on_the_wire_and_after_unpacking() {
    let mut scene = Scene::new().await;
    let answer = scene.bad.send("/v1/push", vec![0x28; WIRE_BYTES_MAX + 1]).await;
    scene.assert_refused("too much on the wire", answer, 413, "body_too_large").await;

    let bomb = zstd_of(&vec![0; 200 << 20]);
    assert!(bomb.len() < 40_000);
    let answer = scene.bad.send("/v1/push", bomb.clone()).await;
    scene.assert_refused("a bomb", answer, 413, "body_unpacks_too_large").await;

    // The same bomb as a content encoding, which unpacks before the signature is looked at.
    let mut headers = scene.bad.signed("/v1/push", &bomb);
    headers.push(("content-encoding", "zstd".into()));
    let answer = scene.bad.send_with("/v1/push", &headers, bomb).await;
    scene.assert_refused("an encoded bomb", answer, 413, "body_too_large").await;

    let one_too_many = zstd_of(&vec![0; PLAIN_BYTES_MAX + 1]);
    let answer = scene.bad.send("/v1/push", one_too_many).await;
    scene.assert_refused("one byte too many", answer, 413, "body_unpacks_too_large").await;

    let changes = vec![Vec::new(); PUSH_CHANGES_MAX + 1];
    let push = scene.bad.push_of(&changes);
    let answer = scene.bad.send("/v1/push", wire::pack(&push)).await;
    scene.assert_refused("too many changes", answer, 413, "too_many_changes").await;

    let big = UploadGrant { sha256: gridweave_core::ids::PhotoHash([1; 32]), len: u64::MAX };
    let answer = scene.bad.send("/v1/upload-grants", wire::pack(&big)).await;
    scene.assert_refused("a photo of 16 EiB", answer, 413, "photo_size").await;
    scene.assert_unharmed("too much").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_enrolled_device_itself_is_heard_and_each_request_once() {
    let mut scene = Scene::new().await;
    let push = good_push(&scene.bad);
    let body = wire::pack(&push);

    let answer = scene.bad.send_with("/v1/push", &[], body.clone()).await;
    scene.assert_refused("unsigned", answer, 401, "signature_header_missing").await;

    let headers = scene.bad.signed("/v1/push", b"another body");
    let answer = scene.bad.send_with("/v1/push", &headers, body.clone()).await;
    scene.assert_refused("signed over another body", answer, 401, "signature_digest_wrong").await;

    let headers = scene.bad.signed("/v1/pull", &body);
    let answer = scene.bad.send_with("/v1/push", &headers, body.clone()).await;
    scene.assert_refused("signed for another path", answer, 401, "unknown_device").await;

    let headers: Vec<_> =
        scene.bad.signed("/v1/push", &body).into_iter().filter(|(n, _)| *n != "content-digest").collect();
    let answer = scene.bad.send_with("/v1/push", &headers, body.clone()).await;
    assert!(answer.refusal().code.starts_with("signature_"), "the digest taken away: {answer:?}");

    let mut doubled = scene.bad.signed("/v1/push", &body);
    doubled.push(("signature-input", doubled[3].1.clone()));
    let answer = scene.bad.send_with("/v1/push", &doubled, body.clone()).await;
    scene.assert_refused("signed twice", answer, 401, "signature_header_repeated").await;

    let rid = std::mem::replace(&mut scene.bad.rid, Rid(999));
    let headers = scene.bad.signed("/v1/push", &body);
    let answer = scene.bad.send_with("/v1/push", &headers, body.clone()).await;
    scene.bad.rid = rid;
    scene.assert_refused("a device that nobody enrolled", answer, 401, "unknown_device").await;

    let honest_rid = scene.honest.rid();
    scene.bad.rid = honest_rid;
    let headers = scene.bad.signed("/v1/push", &body);
    let answer = scene.bad.send_with("/v1/push", &headers, body.clone()).await;
    scene.bad.rid = rid;
    scene.assert_refused("the neighbour's number under another key", answer, 401, "unknown_device").await;

    let foreign = Push { rid: honest_rid, ..push.clone() };
    let answer = scene.bad.send("/v1/push", wire::pack(&foreign)).await;
    scene.assert_refused("the neighbour's log", answer, 403, "other_replica").await;

    let headers = scene.bad.signed("/v1/push", &body);
    let first = scene.bad.send_with("/v1/push", &headers, body.clone()).await;
    let PushReply::Received(receipt) = first.message() else { panic!("{first:?}") };
    (scene.bad.last, scene.bad.hash) = (receipt.durable_seq, receipt.hash);
    for _ in 0..2 {
        let again = scene.bad.send_with("/v1/push", &headers, body.clone()).await;
        assert_eq!(
            again.refusal().counter,
            Some(scene.bad.counter),
            "the answer names the counter to go past"
        );
        scene.assert_refused("a replay", again, 409, "counter_used").await;
    }
    // Past the counter, the same push is as good as ever, and changes nothing.
    let again = scene.bad.send("/v1/push", body).await;
    assert!(matches!(again.message(), PushReply::Received(r) if r.durable_seq == receipt.durable_seq));
    assert_eq!(scene.supervisor.states(rid).await, ["merged"]);
    scene.assert_unharmed("not who he says").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_refused_after_the_server_was_started_anew() {
    let mut scene = Scene::new().await;
    let body = wire::pack(&good_push(&scene.bad));
    let headers = scene.bad.signed("/v1/push", &body);
    scene.bad.send_with("/v1/push", &headers, body.clone()).await.message::<PushReply>();
    scene.city.restart().await;
    let again = scene.bad.send_with("/v1/push", &headers, body).await;
    assert_eq!(again.refused(), (409, "counter_used".into()));
    scene.assert_unharmed("a replay").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_does_not_go_on_where_it_ended_is_not_taken() {
    let mut scene = Scene::new().await;
    let first =
        [scene.bad.creates(1, GRIDS[0], "one").encode(), scene.bad.creates(2, GRIDS[0], "two").encode()];
    scene.bad.hand_in(&first).await;
    let (last, hash) = (scene.bad.last, scene.bad.hash);
    let change = scene.bad.creates(1, GRIDS[0], "three").encode();

    let push = scene.bad.push_from(Seq(last.0 + 1), ChainHash([7; 32]), std::slice::from_ref(&change));
    let answer = scene.bad.send("/v1/push", wire::pack(&push)).await;
    assert_eq!(
        answer.message::<PushReply>(),
        PushReply::Gap { expected_seq: Seq(1) },
        "another hash before it"
    );

    for first_seq in [Seq(0), Seq(last.0 + 2), Seq(1 << 40), Seq(u64::MAX)] {
        let push = scene.bad.push_from(first_seq, hash, std::slice::from_ref(&change));
        let answer = scene.bad.send("/v1/push", wire::pack(&push)).await;
        assert_eq!(
            answer.message::<PushReply>(),
            PushReply::Gap { expected_seq: Seq(last.0 + 1) },
            "{first_seq}"
        );
    }

    let other = [first[0].clone(), scene.bad.creates(1, GRIDS[0], "another two").encode()];
    let push = scene.bad.push_from(Seq(1), ChainHash::START, &other);
    let answer = scene.bad.send("/v1/push", wire::pack(&push)).await;
    let PushReply::Fork(fork) = answer.message() else {
        panic!("another change under a known number: {answer:?}")
    };
    assert_eq!(fork.common_seq, Seq(1));

    let mut push = scene.bad.push_of(std::slice::from_ref(&change));
    push.signature = Bytes(vec![1; 64]);
    let answer = scene.bad.send("/v1/push", wire::pack(&push)).await;
    scene.assert_refused("a head that nobody signed", answer, 422, "head_signature").await;
    let mut push = scene.bad.push_of(std::slice::from_ref(&change));
    push.changes = vec![Bytes(scene.bad.creates(1, GRIDS[0], "not what was signed").encode())];
    let answer = scene.bad.send("/v1/push", wire::pack(&push)).await;
    scene.assert_refused("a change that nobody signed", answer, 422, "head_signature").await;

    assert_eq!(scene.supervisor.states(scene.bad.rid).await, ["merged", "merged"]);
    scene.bad.hand_in(&[change]).await;
    scene.assert_unharmed("not in order").await;
}

/// What may be wrong with a change whose bytes can be read: name, code, and the change.
fn bad_changes(bad: &RawDevice, canary: RecordId) -> Vec<(&'static str, &'static str, Change)> {
    let good = || bad.creates(2, GRIDS[0], "spoilt");
    let grid = FieldKey::plain(system::GRID);
    let spoilt = |spoil: &dyn Fn(&mut Change)| {
        let mut change = good();
        spoil(&mut change);
        change
    };
    let off_earth = Value::Geo(Point { lat_e7: 950_000_000, lon_e7: 0, datum: Datum::Wgs84 });
    let on_canary = |field, value| bad.edits(2, canary, field, value);
    let unseen = |dot: Dot| {
        let mut change = on_canary(DESCRIPTION, Value::text("mine"));
        change.writes[0].replaces = vec![dot];
        change
    };
    vec![
        ("a foreign grid", "out_of_scope", bad.creates(2, GRIDS[2], "elsewhere")),
        ("a grid that is none", "unknown_grid", bad.creates(2, "999", "nowhere")),
        ("a grid that is no text", "unknown_grid", spoilt(&|c| c.writes[1].value = Value::Int(1))),
        ("no grid", "no_grid", spoilt(&|c| c.writes.truncate(1))),
        ("a record that is none", "unknown_record", spoilt(&|c| c.kind = ChangeKind::Edit)),
        ("another type's record", "other_type", {
            let mut change = on_canary(PLACE, Value::text("x"));
            change.record_type.no = TypeNo(1);
            change.writes[0].field = NAME;
            change
        }),
        ("another kind of value", "wrong_kind", spoilt(&|c| c.writes[0].value = Value::Int(7))),
        (
            "a photo in a text",
            "wrong_kind",
            spoilt(&|c| c.writes[0].value = Value::Photo(gridweave_core::ids::PhotoHash([1; 32]))),
        ),
        (
            "a repetition among photos",
            "wrong_kind",
            spoilt(&|c| {
                let item = SetItem::Repeat(gridweave_core::ids::Instance(1));
                c.sets = vec![SetEdit { field: system::PHOTOS, adds: vec![item], removes: vec![] }];
            }),
        ),
        ("a field twice", "field_twice", spoilt(&|c| c.writes.push(write(PLACE, Value::text("again"))))),
        (
            "a text that is too long",
            "too_long",
            spoilt(&|c| c.writes[0].value = Value::text("长".repeat(201))),
        ),
        (
            "too many fields",
            "too_long",
            spoilt(&|c| {
                let no = |n: u16| FieldKey::plain(gridweave_core::ids::FieldNo(n));
                c.writes.extend((1000..3001).map(|n| write(no(n), Value::Bool(true))));
            }),
        ),
        (
            "a place off the Earth",
            "off_earth",
            spoilt(&|c| c.writes.push(write(FieldKey::plain(system::LOCATION), off_earth.clone()))),
        ),
        ("a move to nowhere", "unknown_grid", on_canary(grid, Value::text("999"))),
        (
            "a value replaced that does not exist yet",
            "replaces_unseen",
            unseen(Dot::new(bad.rid.0 - 1, 1 << 40)),
        ),
        ("a value of nobody replaced", "replaces_unseen", unseen(Dot::new(4_000_000, 1))),
        ("its own value replaced", "replaces_unseen", unseen(Dot::new(bad.rid.0, bad.last.0 + 2))),
        ("another worker's name", "other_author", spoilt(&|c| c.author = PersonNo(c.author.0 - 1))),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_change_goes_to_quarantine_and_its_neighbours_are_merged() {
    let mut scene = Scene::new().await;
    let cases = bad_changes(&scene.bad, scene.canary).len();
    for case in 0..cases {
        let (what, code, change) = bad_changes(&scene.bad, scene.canary).swap_remove(case);
        scene.assert_set_apart(what, code, change.encode()).await;
        scene.assert_unharmed(what).await;
    }
    // What was set apart is on the supervisor's page, with its reason.
    let page = scene.supervisor.page("/console/quarantine").await;
    assert!(page.contains(&format!("{}.2", scene.bad.rid)) || page.contains("replaces_unseen"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_change_go_to_quarantine_and_their_neighbours_are_merged() {
    let mut scene = Scene::new().await;
    let bytes = |bad: &RawDevice| bad.creates(2, GRIDS[0], "spoilt").encode();
    for version in [0, 2, 255] {
        let mut later = bytes(&scene.bad);
        later[0] = version;
        scene.assert_set_apart(&format!("version {version}"), "unknown_version", later).await;
    }
    let whole = bytes(&scene.bad).len();
    for at in [0, 1, 2, 17, whole / 2, whole - 1] {
        let cut = bytes(&scene.bad)[..at.min(whole - 1)].to_vec();
        scene.assert_set_apart(&format!("a change cut at {at}"), "malformed", cut).await;
    }
    let mut longer = bytes(&scene.bad);
    // The head of an optional part that promises more than comes.
    longer.extend([90, 200]);
    scene.assert_set_apart("garbage after it", "malformed", longer).await;
    scene.assert_set_apart("noise", "malformed", vec![1; 300]).await;
    let mut no_text = scene.bad.creates(2, GRIDS[0], "spoilt").encode();
    let at = no_text.windows(6).position(|w| w == b"spoilt").unwrap();
    no_text[at] = 0xff;
    scene.assert_set_apart("a text that is none", "malformed", no_text).await;
    let early = scene.bad.creates(1, GRIDS[0], "wrong number").encode();
    scene.assert_set_apart("another's number", "wrong_number", early).await;
    let mut large = scene.bad.creates(2, GRIDS[0], "large");
    large.unknown = vec![(99, vec![7; CHANGE_BYTES_MAX])];
    scene.assert_set_apart("a change that is too large", "too_large", large.encode()).await;
    scene.assert_unharmed("no change").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_sees_what_was_not_accepted_and_keeps_it() {
    let scene = Scene::new().await;
    let cases = bad_changes(&scene.bad, scene.canary);
    let device = scene.city.device("bo", &GRIDS[..2]).await;
    device.sync().await;
    let mut expected = Vec::new();
    for (what, code, mut change) in cases {
        // These not even the log of the fieldbook takes: it signs for its own worker, and merges before it keeps.
        if ["other_author", "replaces_unseen", "other_type", "field_twice"].contains(&code) {
            continue;
        }
        change.seq = Seq(0);
        let before = device.book().record(change.record).ok();
        let saved = device.book().store().lock().append(NewChange { change, before }).unwrap();
        expected.push((saved.seq, code.to_owned()));
        device.hazard(GRIDS[0], &format!("after {what}"));
    }
    let report = device.sync().await;
    assert_eq!(report.quarantined, expected.len() as u64);
    assert_eq!(device.quarantined(), expected);
    let safe = device.book().safe().unwrap();
    assert!(safe.is_sealed() && safe.pending == 0, "what is in quarantine is received");
    scene.city.assert_agrees(&device, &GRIDS[..2]).await;
    let states = scene.supervisor.states(device.rid()).await;
    for (seq, code) in &expected {
        assert_eq!((&states[seq.0 as usize - 1], &states[seq.0 as usize]), (code, &"merged".to_owned()));
    }
    scene.assert_unharmed("all of them").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_device_hands_in_and_gets_nothing() {
    let mut scene = Scene::new().await;
    let device = scene.city.device("bo", &GRIDS[..1]).await;
    device.sync().await;
    let photo = device.book().add_photo(b"taken before it was lost").unwrap();
    let mut request = hazard(GRIDS[0], "not synced before it was lost");
    request.photos_added = vec![photo];
    let unsynced = device.save(request).record;
    let revoked = device.rid();
    scene.supervisor.revoke(revoked).await;
    scene.honest.edit(scene.canary, DESCRIPTION, "secret");
    scene.honest.sync().await;

    let report = device.try_sync().await;
    assert!(matches!(&report.unfinished, Some(Unfinished::Refused(r)) if r.code == "revoked"), "{report:?}");
    assert_eq!((report.pushed, report.quarantined, report.pulled), (1, 1, 0));
    assert_eq!((report.photos, device.book().safe().unwrap().photos_unreleased), (0, 1));
    assert!(device.book().outbox().unwrap().is_empty(), "received is received");
    assert_eq!(device.quarantined(), [(Seq(1), "revoked".to_owned())]);
    assert_ne!(device.texts(scene.canary, DESCRIPTION), ["secret"]);
    assert_eq!(scene.supervisor.states(revoked).await, ["revoked"]);
    let (status, _) =
        scene.supervisor.post(&format!("/v1/replicas/{revoked}/confirm"), serde_json::json!({})).await;
    assert_eq!(scene.supervisor.states(revoked).await, ["revoked"], "confirming is no way round ({status})");

    let rid = scene.bad.rid;
    scene.supervisor.revoke(rid).await;
    let answer = scene.bad.pull().await;
    scene.assert_refused("a pull of a revoked device", answer, 403, "revoked").await;
    let change = scene.bad.creates(1, GRIDS[0], "late").encode();
    let receipt = scene.bad.hand_in(&[change]).await;
    assert_eq!(receipt.quarantined[0].code, "revoked");
    scene.assert_unharmed("revoked").await;

    // The supervisor takes over what was handed in: it is a record like any other from then on.
    let dot = Dot { rid: revoked, seq: Seq(1) };
    scene.supervisor.form("/console/quarantine/release", &format!("dot={dot}&reason=seen")).await;
    scene.honest.sync().await;
    assert_eq!(scene.honest.texts(unsynced, PLACE), ["not synced before it was lost"]);
    let report = device.try_sync().await;
    assert!(matches!(&report.unfinished, Some(Unfinished::Refused(r)) if r.code == "revoked"), "{report:?}");
    assert_eq!((report.photos, report.pulled), (1, 0), "the photos of what was released, and nothing back");
    assert!(device.book().safe().unwrap().is_sealed());
    assert_eq!(scene.supervisor.record(unsynced).await.photos, [photo.to_string()]);
    scene.city.assert_agrees(&scene.honest, &GRIDS[..1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_of_1970_or_2099_loses_nothing_and_overrules_nobody() {
    let scene = Scene::new().await;
    let (past, future) =
        (scene.city.device("old", &GRIDS[..1]).await, scene.city.device("new", &GRIDS[..1]).await);
    past.clock.set(0);
    future.clock.set(4_089_000_000_000);
    for device in [&past, &future] {
        device.sync().await;
        device.hazard(GRIDS[0], &format!("found by {}", device.name));
        // Made at the same time as far as anyone can know: no value may win by its date.
        device.edit(scene.canary, DESCRIPTION, &device.name);
    }
    scene.honest.edit(scene.canary, DESCRIPTION, "honest");
    for device in [&past, &future, &scene.honest, &past, &future] {
        device.sync().await;
        assert!(device.quarantined().is_empty(), "{}", device.name);
    }
    for device in [&past, &future, &scene.honest] {
        assert_eq!(device.texts(scene.canary, DESCRIPTION), ["honest", "new", "old"]);
        scene.city.assert_agrees(device, &GRIDS[..1]).await;
    }
    // Who saw them all replaces them all, whatever his clock says.
    past.edit(scene.canary, DESCRIPTION, "settled in 1970");
    for device in [&past, &future, &scene.honest] {
        device.sync().await;
        assert_eq!(device.texts(scene.canary, DESCRIPTION), ["settled in 1970"]);
    }
    scene.assert_unharmed("wrong clocks").await;
}

fn zstd_of(plain: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(plain, 3).unwrap()
}

/// The push with a number of changes that no memory holds.
fn huge_count(push: &Push) -> Vec<u8> {
    let empty = Push { changes: vec![], signature: Bytes::default(), ..push.clone() };
    let mut plain = postcard::to_allocvec(&empty).unwrap();
    plain.truncate(plain.len() - 2);
    plain.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    plain
}

#[test]
fn the_media_type_names_its_version() {
    assert!(MEDIA_TYPE.contains(".v1+"), "a later version is another type: {MEDIA_TYPE}");
}
