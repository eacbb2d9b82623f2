//! Records the SQL that the product runs, as it runs it, so that the same statements can be run again without the
//! product: the floor that a store's speed is measured against.
//!
//! SQLite itself tells (`sqlite3_trace_v2` on every connection that the process opens), so nothing of the product is
//! changed for it. Statements of triggers and of virtual tables are not told apart from what causes them and are left
//! out: they run again by themselves.
#![allow(
    unsafe_code,
    reason = "SQLite's trace and auto-extension interfaces are C; each call says why it is sound"
)]

use rusqlite::ffi;
use rusqlite::types::Value;
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Statements in the order in which they ran.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// The texts, each once.
    pub texts: Vec<String>,
    /// Which text, and its parameters from 1 on.
    pub runs: Vec<(usize, Vec<Value>)>,
}

static RECORDING: AtomicBool = AtomicBool::new(false);
static COMMITS: AtomicU64 = AtomicU64::new(0);
static LOG: Mutex<Option<Log>> = Mutex::new(None);

#[derive(Default)]
struct Log {
    known: HashMap<String, usize>,
    /// One list a connection: what ran at the same time on another one is not ours.
    by_connection: HashMap<usize, Vec<(usize, Vec<Value>)>>,
}

/// Watches every connection that is opened from now on. To be called before the first.
pub fn watch_all() {
    // SAFETY: `attach` opens and closes no database, and the list of extensions is not touched again.
    let done = unsafe { rusqlite::auto_extension::register_auto_extension(attach) };
    done.expect("SQLite takes an extension while no database is open");
}

/// Begins to record; what was recorded before is forgotten.
pub fn start() {
    *log() = Some(Log::default());
    RECORDING.store(true, Ordering::SeqCst);
}

/// Ends recording; answers what ran on the connection that ran most.
pub fn stop() -> Recording {
    RECORDING.store(false, Ordering::SeqCst);
    let log = log().take().unwrap_or_default();
    let mut runs = log.by_connection.into_values().max_by_key(Vec::len).unwrap_or_default();
    let texts: HashMap<usize, String> = log.known.into_iter().map(|(text, no)| (no, text)).collect();
    // Only what this connection ran: some pragmas of another one would take effect by being prepared.
    let mut recording = Recording::default();
    let mut places = HashMap::new();
    for (no, _) in &mut runs {
        *no = *places.entry(*no).or_insert_with(|| {
            recording.texts.push(texts[no].clone());
            recording.texts.len() - 1
        });
    }
    recording.runs = runs;
    recording
}

/// How many transactions were committed so far, recorded or not.
pub fn commits() -> u64 {
    COMMITS.load(Ordering::SeqCst)
}

fn log() -> MutexGuard<'static, Option<Log>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

unsafe extern "C" fn attach(
    db: *mut ffi::sqlite3,
    _message: *mut *mut c_char,
    _api: *const ffi::sqlite3_api_routines,
) -> c_int {
    // SAFETY: SQLite hands in a connection that is open; the callback below needs no context.
    unsafe { ffi::sqlite3_trace_v2(db, ffi::SQLITE_TRACE_STMT as c_uint, Some(heard), db.cast()) }
}

unsafe extern "C" fn heard(_: c_uint, db: *mut c_void, statement: *mut c_void, text: *mut c_void) -> c_int {
    // SAFETY: for this event SQLite hands in the statement and its text, both valid during the call.
    let (statement, text) = unsafe { (statement.cast::<ffi::sqlite3_stmt>(), CStr::from_ptr(text.cast())) };
    let text = text.to_bytes();
    if text.starts_with(b"COMMIT") {
        COMMITS.fetch_add(1, Ordering::Relaxed);
    }
    // A comment stands in for statements inside statements.
    if !RECORDING.load(Ordering::Relaxed) || text.starts_with(b"--") {
        return 0;
    }
    // SAFETY: the statement is valid; the expanded text is ours to free with SQLite's own allocator.
    let expanded = unsafe {
        let expanded = ffi::sqlite3_expanded_sql(statement);
        if expanded.is_null() {
            return 0;
        }
        let copy = CStr::from_ptr(expanded).to_bytes().to_vec();
        ffi::sqlite3_free(expanded.cast());
        copy
    };
    if let Some(log) = log().as_mut() {
        let template = String::from_utf8_lossy(text).into_owned();
        let parameters = parameters(text, &expanded);
        let next = log.known.len();
        let no = *log.known.entry(template).or_insert(next);
        log.by_connection.entry(db as usize).or_default().push((no, parameters));
    }
    0
}

/// The values that stand in `expanded` where `template` has parameters, by the parameters' numbers.
fn parameters(template: &[u8], expanded: &[u8]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    let mut names: Vec<&[u8]> = Vec::new();
    let (mut t, mut e) = (0, 0);
    while t < template.len() {
        match template[t] {
            quote @ (b'\'' | b'"') => {
                let len =
                    2 + template[t + 1..].iter().position(|c| *c == quote).expect("SQLite took the text");
                (t, e) = (t + len, e + len);
            }
            b'?' | b':' | b'@' => {
                let len = 1 + template[t + 1..]
                    .iter()
                    .take_while(|c| c.is_ascii_alphanumeric() || **c == b'_')
                    .count();
                let name = &template[t..t + len];
                let (value, taken) = literal(&expanded[e..]);
                (t, e) = (t + len, e + taken);
                let at = match std::str::from_utf8(&name[1..]).ok().and_then(|n| n.parse::<usize>().ok()) {
                    Some(number) => number - 1,
                    None => names.iter().position(|n| *n == name).unwrap_or_else(|| {
                        names.push(name);
                        names.len() - 1
                    }),
                };
                if values.len() <= at {
                    values.resize(at + 1, Value::Null);
                }
                values[at] = value;
            }
            same => {
                assert_eq!(Some(&same), expanded.get(e), "SQLite changes only parameters");
                (t, e) = (t + 1, e + 1);
            }
        }
    }
    values
}

/// One literal at the start of a text, and its length there.
fn literal(text: &[u8]) -> (Value, usize) {
    match text {
        [b'N', b'U', b'L', b'L', ..] => (Value::Null, 4),
        [b'x', b'\'', rest @ ..] => {
            let digits: Vec<u8> = rest.iter().take_while(|c| **c != b'\'').copied().collect();
            let nibble = |c: u8| (c as char).to_digit(16).expect("SQLite writes hexadecimal digits") as u8;
            let bytes = digits.chunks_exact(2).map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])).collect();
            (Value::Blob(bytes), digits.len() + 3)
        }
        [b'\'', ..] => {
            let (mut out, mut at) = (Vec::new(), 1);
            loop {
                match (text.get(at), text.get(at + 1)) {
                    (Some(b'\''), Some(b'\'')) => {
                        out.push(b'\'');
                        at += 2;
                    }
                    (Some(b'\'') | None, _) => {
                        return (Value::Text(String::from_utf8_lossy(&out).into_owned()), at + 1);
                    }
                    (Some(c), _) => {
                        out.push(*c);
                        at += 1;
                    }
                }
            }
        }
        _ => {
            let len = text.iter().take_while(|c| c.is_ascii_digit() || b"+-.eE".contains(c)).count();
            let number = std::str::from_utf8(&text[..len]).expect("digits are ASCII");
            let value = number.parse().map(Value::Integer);
            (value.unwrap_or_else(|_| Value::Real(number.parse().expect("SQLite writes numbers"))), len)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_back_from_the_expanded_text() {
        let template = b"INSERT INTO t (a, b) VALUES (:a, x'00'), (:b, ':no'), (:a, ?4)";
        let expanded = b"INSERT INTO t (a, b) VALUES (-7, x'00'), ('it''s', ':no'), (-7, x'0aff')";
        let values = parameters(template, expanded);
        assert_eq!(values[0], Value::Integer(-7));
        assert_eq!(values[1], Value::Text("it's".into()));
        assert_eq!(values[3], Value::Blob(vec![0x0a, 0xff]));
    }
}
