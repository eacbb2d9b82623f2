//! The laws of signed requests: what was signed verifies, and every known way to get by without it fails.

use super::*;
use crate::ids::from_hex;
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A request with headers of its own, so that tests can spoil them.
#[derive(Clone)]
struct Message {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Message {
    fn signed(query: &str, body: &[u8]) -> Message {
        let mut message = Message {
            method: "POST".into(),
            path: "/v1/push".into(),
            query: query.into(),
            headers: Vec::new(),
            body: body.to_vec(),
        };
        let headers = message.with(|r| sign(r, "17", 42, &key())).unwrap();
        message.headers = headers.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        message
    }

    fn with<T>(&self, f: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        f(&Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        })
    }

    fn verify(&self) -> Result<Verified, SignatureProblem> {
        self.with(|r| verify(r, &key().verifying_key()))
    }

    fn set(mut self, name: &str, value: impl Into<String>) -> Message {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    fn without(mut self, name: &str) -> Message {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    fn get(&self, name: &str) -> String {
        self.headers.iter().find(|(n, _)| n == name).unwrap().1.clone()
    }

    /// The message with another list of components and parameters, truly signed by the device's key.
    fn resigned(self, components: &[&str], parameters: &str) -> Message {
        let list = components.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(" ");
        self.resigned_raw(components, &format!("({list}){parameters}"))
    }

    fn resigned_raw(self, components: &[&str], params: &str) -> Message {
        let (device, counter) = (self.get(X_DEVICE), self.get(X_COUNTER));
        let digest = self.headers.iter().find(|(n, _)| n == CONTENT_DIGEST).map(|(_, v)| v.clone());
        let text = self.with(|request| {
            let values = Values { request, device: &device, counter: &counter, digest: digest.as_deref() };
            base(components, &values, params)
        });
        let signature = key().sign(text.as_bytes()).to_bytes();
        self.set(SIGNATURE_INPUT, format!("x={params}")).set(SIGNATURE, bytes_member("x", &signature))
    }
}

const ALL: [&str; 6] = ["@method", "@path", "@query", X_DEVICE, X_COUNTER, CONTENT_DIGEST];
const KEYID: &str = ";keyid=\"17\"";

#[test]
fn a_signed_request_verifies_and_its_bytes_are_golden() {
    let message = Message::signed("limit=5", b"hello");
    assert_eq!(message.verify(), Ok(Verified { device: "17".into(), counter: 42 }));
    let lines: Vec<_> = message.headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
    assert_eq!(
        lines,
        [
            "x-device: 17",
            "x-counter: 42",
            "content-digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
            "signature-input: gw=(\"@method\" \"@path\" \"@query\" \"x-device\" \"x-counter\" \
             \"content-digest\");keyid=\"17\";alg=\"ed25519\"",
            GOLDEN_SIGNATURE,
        ]
    );
}
const GOLDEN_SIGNATURE: &str = "signature: gw=:p/z5VyygOt54cZRDI4klqD5m0/MSFunXDLJpqPaOTau4blMWtEizWrYSx8+chlePEt8BFmbkG/aCokwsXrFWAw==:";

#[test]
fn a_request_without_body_and_query_verifies() {
    assert!(Message::signed("", b"").verify().is_ok());
}

#[test]
fn foreign_labels_orders_and_parameters_are_accepted() {
    let mut order = ALL;
    order.reverse();
    for parameters in ["", ";alg=\"ed25519\"", ";created=1618884473;nonce=\"a b\""] {
        let message = Message::signed("a", b"x").resigned(&order, &format!("{KEYID}{parameters}"));
        assert!(message.verify().is_ok(), "{parameters}");
    }
}

#[test]
fn whatever_is_changed_on_the_way_is_noticed() {
    let good = Message::signed("a=1", b"body");
    let changed: Vec<Message> = vec![
        Message { method: "PUT".into(), ..good.clone() },
        Message { path: "/v1/pull".into(), ..good.clone() },
        Message { query: "a=2".into(), ..good.clone() },
        good.clone().set(X_COUNTER, "43"),
    ];
    for message in changed {
        assert_eq!(message.verify(), Err(SignatureProblem::SignatureWrong));
    }
    let swapped = Message { body: b"BODY".to_vec(), ..good.clone() };
    assert_eq!(swapped.verify(), Err(SignatureProblem::DigestWrong));
    let both = swapped.set(CONTENT_DIGEST, content_digest(b"BODY"));
    assert_eq!(both.verify(), Err(SignatureProblem::SignatureWrong));
    assert_eq!(good.clone().set(X_DEVICE, "18").verify(), Err(SignatureProblem::KeyIdWrong));
    let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
    assert_eq!(good.with(|r| verify(r, &other)), Err(SignatureProblem::SignatureWrong));
}

#[test]
fn a_signature_over_nothing_or_a_part_is_refused_though_truly_signed() {
    let good = Message::signed("a", b"x");
    assert_eq!(good.clone().resigned(&[], KEYID).verify(), Err(SignatureProblem::NothingCovered));
    for left_out in COMPONENTS {
        let part: Vec<_> = ALL.into_iter().filter(|c| *c != left_out).collect();
        let message = good.clone().resigned(&part, KEYID);
        assert_eq!(message.verify(), Err(SignatureProblem::ComponentMissing(left_out)));
    }
    assert_eq!(good.clone().resigned(&COMPONENTS, KEYID).verify(), Err(SignatureProblem::DigestMissing));
    let twice: Vec<_> = ALL.into_iter().chain(["@path"]).collect();
    assert_eq!(good.clone().resigned(&twice, KEYID).verify(), Err(SignatureProblem::ComponentRepeated));
    for odd in ["@authority", "date", "X-Device", ""] {
        let more: Vec<_> = ALL.into_iter().chain([odd]).collect();
        assert_eq!(good.clone().resigned(&more, KEYID).verify(), Err(SignatureProblem::ComponentUnknown));
    }
    let list = ALL.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(" ");
    let with_flag = list.replace("\"x-device\"", "\"x-device\";bs");
    let message = good.resigned_raw(&ALL, &format!("({with_flag}){KEYID}"));
    assert_eq!(message.verify(), Err(SignatureProblem::ComponentUnknown));
}

#[test]
fn a_digest_is_there_exactly_when_there_is_a_body() {
    let good = Message::signed("", b"x");
    assert_eq!(good.clone().without(CONTENT_DIGEST).verify(), Err(SignatureProblem::DigestMissing));
    let emptied = Message { body: Vec::new(), ..good.clone() };
    assert_eq!(emptied.verify(), Err(SignatureProblem::DigestWithoutBody));
    let bare = Message::signed("", b"").set(CONTENT_DIGEST, content_digest(b""));
    assert_eq!(bare.verify(), Err(SignatureProblem::DigestWithoutBody));
    let weak = "md5=:XUFAKrxLKna5cZ2REBfFkg==:".to_owned();
    for digest in
        [weak.clone(), format!("{}, {weak}", content_digest(b"x")), String::new(), "sha-256=x".into()]
    {
        let message = good.clone().set(CONTENT_DIGEST, digest).resigned(&ALL, KEYID);
        assert_eq!(message.verify(), Err(SignatureProblem::HeaderMalformed(CONTENT_DIGEST)));
    }
}

#[test]
fn parameters_outside_the_profile_are_refused_though_truly_signed() {
    use SignatureProblem::*;
    let cases = [
        ("", KeyIdWrong),
        (";keyid=\"18\"", KeyIdWrong),
        (";keyid=17", ParameterUnknown),
        (";keyid=\"17\";alg=\"hmac-sha256\"", AlgorithmWrong),
        (";keyid=\"17\";alg=ed25519", AlgorithmWrong),
        (";keyid=\"17\";expires=1", ParameterUnknown),
        (";keyid=\"17\";tag=\"a\"", ParameterUnknown),
        (";keyid=\"17\";created=\"1\"", ParameterUnknown),
        (";keyid=\"18\";keyid=\"17\"", HeaderMalformed(SIGNATURE_INPUT)),
        ("; keyid=\"17\"", HeaderMalformed(SIGNATURE_INPUT)),
    ];
    for (parameters, problem) in cases {
        let message = Message::signed("", b"x").resigned(&ALL, parameters);
        assert_eq!(message.verify(), Err(problem), "{parameters}");
    }
}

#[test]
fn a_header_missing_repeated_or_odd_is_refused() {
    use SignatureProblem::*;
    let good = Message::signed("", b"x");
    for name in [X_DEVICE, X_COUNTER, SIGNATURE_INPUT, SIGNATURE] {
        assert_eq!(good.clone().without(name).verify(), Err(HeaderMissing(name)));
    }
    for name in [X_DEVICE, X_COUNTER, SIGNATURE_INPUT, SIGNATURE, CONTENT_DIGEST] {
        let mut message = good.clone();
        message.headers.push((name.to_uppercase(), message.get(name)));
        assert_eq!(message.verify(), Err(HeaderRepeated(name)));
    }
    let input = good.get(SIGNATURE_INPUT);
    let second = format!("{input}, {}", input.replace("gw=", "b="));
    assert_eq!(good.clone().set(SIGNATURE_INPUT, second).verify(), Err(SeveralSignatures));
    let label_twice = format!("{input}, {input}");
    assert_eq!(
        good.clone().set(SIGNATURE_INPUT, label_twice).verify(),
        Err(HeaderMalformed(SIGNATURE_INPUT))
    );
    let signature = good.get(SIGNATURE);
    let two = format!("{signature}, b=:AAAA:");
    assert_eq!(good.clone().set(SIGNATURE, two).verify(), Err(SeveralSignatures));
    for odd in
        ["gw=:AAAA:", "gw=1", "", "gw=:", &signature.replace("gw=", "b="), &signature.replace("==", "")]
    {
        assert_eq!(good.clone().set(SIGNATURE, odd).verify(), Err(HeaderMalformed(SIGNATURE)), "{odd}");
    }
    for odd in ["gw=1", "gw=(", "", "gw", &"a".repeat(5000)] {
        assert_eq!(good.clone().set(SIGNATURE_INPUT, odd).verify(), Err(HeaderMalformed(SIGNATURE_INPUT)));
    }
    for odd in ["", "-1", "+42", "042", "42.0", "9223372036854775808", "4 2"] {
        assert_eq!(good.clone().set(X_COUNTER, odd).verify(), Err(HeaderMalformed(X_COUNTER)), "{odd}");
    }
    for odd in ["", "a b", "\"", "é", "a\nb", &"a".repeat(65)] {
        assert_eq!(good.clone().set(X_DEVICE, odd).verify(), Err(HeaderMalformed(X_DEVICE)), "{odd}");
    }
}

/// The group order L of Ed25519, little-endian (RFC 8032 §5.1).
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

#[test]
fn a_signature_with_s_plus_the_group_order_is_refused() {
    let good = Message::signed("", b"x");
    let (_, entry) = only_member(SIGNATURE, &good.get(SIGNATURE)).unwrap();
    let mut bytes = bytes_of(&entry).unwrap().to_vec();
    let mut carry = 0u16;
    for (s, l) in bytes[32..].iter_mut().zip(from_hex(ORDER).unwrap()) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        *s = sum as u8;
        carry = sum >> 8;
    }
    let message = good.set(SIGNATURE, bytes_member("gw", &bytes));
    assert_eq!(message.verify(), Err(SignatureProblem::SignatureWrong));
}

#[test]
fn a_key_of_small_order_verifies_nothing() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let weak = VerifyingKey::from_bytes(&identity).unwrap();
    let mut forged = [0; 64];
    forged[0] = 1;
    let message = Message::signed("", b"x").set(SIGNATURE, bytes_member("gw", &forged));
    assert_eq!(message.with(|r| verify(r, &weak)), Err(SignatureProblem::SignatureWrong));
}

proptest! {
    #[test]
    fn any_request_signs_and_verifies_and_any_flipped_bit_is_noticed(
        path in "/[a-z0-9%]{0,20}", query in "[a-z=&]{0,20}",
        body in prop::collection::vec(any::<u8>(), 0..64),
        counter in 0..=COUNTER_MAX, place in any::<prop::sample::Index>(), bit in 0..8u8,
    ) {
        let mut message = Message { method: "POST".into(), path, query, headers: Vec::new(), body };
        let headers = message.with(|r| sign(r, "d-1", counter, &key())).unwrap();
        message.headers = headers.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        prop_assert_eq!(message.verify().unwrap().counter, counter);
        if !message.body.is_empty() {
            let at = place.index(message.body.len());
            message.body[at] ^= 1 << bit;
            prop_assert_eq!(message.verify(), Err(SignatureProblem::DigestWrong));
        }
    }

    #[test]
    fn no_header_text_makes_the_verifier_panic(input in ".{0,80}", signature in ".{0,80}", digest in ".{0,40}") {
        let message = Message::signed("", b"x").set(SIGNATURE_INPUT, input)
            .set(SIGNATURE, signature).set(CONTENT_DIGEST, digest);
        prop_assert!(message.verify().is_err());
    }
}
