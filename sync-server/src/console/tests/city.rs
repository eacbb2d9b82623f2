//! A small city: one community, two grids, the workers Lin and Wu with a PDA each, and a person of every role.

use crate::app::App;
use crate::auth::policy::Role;
use crate::store::city::{City, Keys, NewGrid, NewPerson};
use crate::store::enrolment::EnrolOutcome;
use crate::store::push::{PushContext, PushOutcome};
use crate::store::{Named, Store};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use ed25519_dalek::SigningKey;
use gridweave_core::form::{Catalog, system};
use gridweave_core::geo::{Datum, Fix, Point, Provider};
use gridweave_core::ids::{
    ChainHash, Dot, FieldKey, FieldNo, GridCode, PersonNo, RecordId, ReplicaId, Rid, Seq, TypeNo,
};
use gridweave_core::record::{Change, ChangeKind, SetEdit, SetItem, TypeRef, Write};
use gridweave_core::time::Hlc;
use gridweave_core::value::Value;
use gridweave_core::wire::Bytes;
use gridweave_core::wire::chain::{ChainKey, sign_head};
use gridweave_core::wire::enrol::Enrol;
use gridweave_core::wire::v1::Push;
use std::sync::Arc;
use tower::ServiceExt;

pub const GRIDS: [&str; 2] = ["440310001001001", "440310001001002"];
pub const PASSWORD: &str = "open sesame";
/// The day on which everything happens: 2026-09-04, 10:00 in the city.
pub const MORNING_MS: i64 = 1_788_487_200_000;

/// Begins like a change and is none.
pub const DAMAGED: &[u8] = &[1, 0xff, 0xff];

pub const NAME: u16 = 16;
pub const CITIZEN_ID: u16 = 20;
pub const PHONE: u16 = 31;

/// The city, running.
pub struct Town {
    pub app: Arc<App>,
    pub router: Router,
    _dir: tempfile::TempDir,
}

/// A PDA that keeps its log as a real one would.
pub struct Pda {
    pub rid: Rid,
    pub person: PersonNo,
    key: SigningKey,
    chain: ChainKey,
    seq: u64,
    hash: ChainHash,
    session: u64,
}

/// Somebody with a browser.
pub struct Browser {
    pub cookie: String,
    pub csrf: String,
}

/// What a page answered.
pub struct Page {
    pub status: StatusCode,
    pub html: String,
    pub headers: axum::http::HeaderMap,
}

impl Pda {
    fn change(&self, record: RecordId, no: TypeNo, kind: ChangeKind, writes: Vec<Write>) -> Change {
        let seq = Seq(self.seq + 1);
        Change {
            seq,
            record,
            record_type: TypeRef { no, version: 1 },
            kind,
            hlc: Hlc::from_ms(MORNING_MS + i64::from(self.rid.0) * 1000 + seq.0 as i64 * 60_000),
            wall_ms: MORNING_MS + seq.0 as i64 * 60_000,
            mono_ms: 0,
            boot: 1,
            gnss_ms: None,
            author: self.person,
            fix: Some(Fix {
                point: place(),
                accuracy_dm: 52,
                provider: Provider::Gnss,
                mock: false,
                at_ms: MORNING_MS,
            }),
            writes,
            sets: vec![],
            was: None,
            unknown: vec![],
        }
    }
}

impl Town {
    pub async fn new() -> Town {
        let dir = tempfile::tempdir().unwrap();
        Keys::make(Bytes(vec![9; 32])).unwrap().save(dir.path()).unwrap();
        let store = Store::open(dir.path(), Arc::new(Catalog::builtin())).unwrap();
        store.make_city(City { organisation: "坪山区".into(), epoch: 1, invented: true }).await.unwrap();
        let community = "440310001001".to_string();
        store.add_areas(vec![(community.clone(), "六联社区".into(), None)]).await.unwrap();
        let grids = GRIDS.iter().zip(0i32..).map(|(code, n)| NewGrid {
            code: GridCode((*code).into()),
            name: format!("第{}网格", n + 1),
            layer: "household",
            area: community.clone(),
            outline: square(226_900_000, 1_143_400_000 + n * 40_000),
        });
        store.add_grids(grids.collect()).await.unwrap();
        for role in Role::ALL {
            // Even a worker gets a password here, to see that it opens nothing.
            let login = Some(role.name().to_owned());
            let person = NewPerson {
                name: format!("{}甲", role.name()),
                role: role.name(),
                login,
                password: Some(PASSWORD.into()),
            };
            store.add_person(person).await.unwrap();
        }
        drop(store);
        let app = App::open(dir.path(), vec!["http://127.0.0.1:8640".into()]).await.unwrap();
        let router = crate::console::routes().merge(crate::api::routes()).with_state(app.clone());
        Town { app, router, _dir: dir }
    }

    /// Enrols a new worker's PDA for all grids.
    pub async fn pda(&self, name: &str) -> Pda {
        let person = NewPerson { name: name.into(), role: "worker", login: None, password: None };
        let person = self.app.store.add_person(person).await.unwrap();
        let grids = GRIDS.iter().map(|g| GridCode((*g).into())).collect();
        let code = self.app.store.new_enrolment(person, grids, true, None, MORNING_MS).await.unwrap();
        let byte = person.0 as u8;
        let (key, chain) = (SigningKey::from_bytes(&[byte; 32]), ChainKey([byte; 32]));
        let mut request = Enrol {
            enrolment: code.id,
            replica: ReplicaId([byte; 16]),
            device_key: Bytes(key.verifying_key().to_bytes().to_vec()),
            sealing_key: Bytes(vec![byte; 32]),
            chain_key: Bytes(chain.0.to_vec()),
            device: format!("PDA of {name}"),
            proof: Bytes::default(),
        };
        request.proof = Bytes(request.proof(&code.secret));
        let EnrolOutcome::Enrolled(certificate) = self.app.store.enrol(request, MORNING_MS).await.unwrap()
        else {
            panic!("the PDA was not enrolled");
        };
        Pda {
            rid: certificate.rid,
            person,
            key,
            chain,
            seq: 0,
            hash: ChainHash::START,
            session: u64::from(byte),
        }
    }

    /// Saves a change on a PDA and pushes it at once.
    pub async fn push(&self, pda: &mut Pda, record: RecordId, kind: ChangeKind, writes: Vec<Write>) -> Dot {
        self.push_type(pda, record, TypeNo(1), kind, writes).await
    }

    pub async fn push_type(
        &self,
        pda: &mut Pda,
        record: RecordId,
        no: TypeNo,
        kind: ChangeKind,
        writes: Vec<Write>,
    ) -> Dot {
        let change = pda.change(record, no, kind, writes);
        self.push_bytes(pda, change.encode()).await
    }

    /// Saves a new record with photos on a PDA and pushes it at once.
    pub async fn push_photos(&self, pda: &mut Pda, record: RecordId, adds: Vec<SetItem>) -> Dot {
        let writes = vec![in_grid(0), text(NAME, "王建国", &[])];
        let mut change = pda.change(record, TypeNo(1), ChangeKind::Create, writes);
        change.sets = vec![SetEdit { field: system::PHOTOS, adds, removes: vec![] }];
        self.push_bytes(pda, change.encode()).await
    }

    /// Makes a PDA one that a supervisor has yet to confirm.
    pub async fn unconfirm(&self, pda: &Pda) {
        let rid = pda.rid.0;
        let sql = "UPDATE replica SET state = 'unconfirmed' WHERE rid = ?1";
        self.app.store.write(move |conn| conn.execute(sql, [rid]).named("unconfirm")).await.unwrap();
    }

    /// Pushes bytes as a PDA's next change, whatever they are.
    pub async fn push_bytes(&self, pda: &mut Pda, bytes: Vec<u8>) -> Dot {
        let first = Seq(pda.seq + 1);
        let (prev_hash, hash) = (pda.hash, pda.chain.next(pda.hash, &bytes));
        let push = Push {
            session: pda.session,
            rid: pda.rid,
            epoch: 1,
            first_seq: first,
            prev_hash,
            changes: vec![Bytes(bytes)],
            signature: Bytes(sign_head(&pda.key, pda.rid, first, hash)),
        };
        let context = PushContext {
            identity_key: self.app.identity_key.clone(),
            now_ms: MORNING_MS,
            bytes_up: 100,
            counter: first.0,
        };
        let outcome = self.app.store.push(push, context).await.unwrap();
        assert!(
            matches!(outcome, PushOutcome::Received { durable_seq, .. } if durable_seq == first),
            "{outcome:?}"
        );
        (pda.seq, pda.hash) = (first.0, hash);
        Dot { rid: pda.rid, seq: first }
    }

    /// Signs in as the person of this role.
    pub async fn sign_in(&self, role: Role) -> Browser {
        let form = format!("login={}&password={}", role.name(), PASSWORD.replace(' ', "+"));
        let page = self.send(None, "POST", "/console/sign-in", Some(&form)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
        let set = page.headers[header::SET_COOKIE].to_str().unwrap();
        let cookie = set.split(';').next().unwrap().to_owned();
        let headers = [(header::COOKIE, cookie.parse().unwrap())].into_iter().collect();
        let signed = crate::auth::person::Signed::read(&self.app, &headers).await.unwrap().unwrap();
        Browser { cookie, csrf: signed.csrf }
    }

    /// A page.
    pub async fn get(&self, browser: &Browser, path: &str) -> Page {
        self.send(Some(browser), "GET", path, None).await
    }

    /// A form, with the token of the session.
    pub async fn post(&self, browser: &Browser, path: &str, form: &str) -> Page {
        self.send(Some(browser), "POST", path, Some(&format!("csrf={}&{form}", browser.csrf))).await
    }

    pub async fn send(
        &self,
        browser: Option<&Browser>,
        method: &str,
        path: &str,
        form: Option<&str>,
    ) -> Page {
        let mut request = Request::builder().method(method).uri(path).header("accept-language", "en");
        if let Some(browser) = browser {
            request = request.header(header::COOKIE, &browser.cookie);
        }
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = Body::from(form.unwrap_or("").to_owned());
        read(self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()).await
    }
}

pub async fn read(response: Response<Body>) -> Page {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 16 << 20).await.unwrap();
    Page { status: parts.status, headers: parts.headers, html: String::from_utf8_lossy(&bytes).into_owned() }
}

/// A record id of one's own choosing.
pub fn record(n: u8) -> RecordId {
    RecordId::new(MORNING_MS, [n; 10])
}

pub fn place() -> Point {
    Point::from_degrees(22.69, 114.341, Datum::Wgs84).unwrap()
}

/// A write in place of these values.
pub fn write(no: u16, value: Value, replaces: &[Dot]) -> Write {
    Write { field: FieldKey::plain(FieldNo(no)), value, replaces: replaces.to_vec() }
}

pub fn text(no: u16, value: &str, replaces: &[Dot]) -> Write {
    write(no, Value::text(value), replaces)
}

/// A new record's grid.
pub fn in_grid(n: usize) -> Write {
    Write { field: FieldKey::plain(system::GRID), value: Value::text(GRIDS[n]), replaces: vec![] }
}

fn square(lat: i32, lon: i32) -> Vec<(i32, i32)> {
    let d = 40_000;
    vec![(lon, lat), (lon + d, lat), (lon + d, lat + d), (lon, lat + d), (lon, lat)]
}
