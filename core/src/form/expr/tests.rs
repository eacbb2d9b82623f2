//! The language by tables: what each expression gives, and where each wrong one is wrong.

use super::*;
use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;

/// A form of a few questions: 0 `name`, 1 `age`, 2 `born`, 3 `care`, 4 `rented` (yes/no), 5 repeat `room` with
/// 6 `area`, 7 `kind` (a choice of a, b), 8 `empty`, 9 group `box`.
struct World;

const ITEMS: [(&str, Ty); 10] = [
    ("name", Ty::Text),
    ("age", Ty::Number),
    ("born", Ty::Date),
    ("care", Ty::Text),
    ("rented", Ty::YesNo),
    ("room", Ty::Nodes),
    ("area", Ty::Number),
    ("kind", Ty::Text),
    ("empty", Ty::Text),
    ("box", Ty::Any),
];

fn target(item: usize) -> Target {
    let what = match item {
        5 => TargetKind::Repeat,
        9 => TargetKind::Group,
        _ => TargetKind::Question,
    };
    let reach = if item == 6 { Reach::All } else { Reach::Here };
    Target { item: item as u32, reach, what, ty: ITEMS[item].1 }
}

impl Scope for World {
    fn variable(&self, name: &str) -> Option<Target> {
        ITEMS.iter().position(|(n, _)| *n == name).map(target)
    }
    fn path(&self, _absolute: bool, steps: &[String]) -> Option<Target> {
        match steps.last().map(String::as_str) {
            None => Some(target(0)),
            Some("..") => Some(target(5)),
            Some(name) => self.variable(name),
        }
    }
    fn has_column(&self, name: &str) -> bool {
        name == "major"
    }
    fn has_choice(&self, item: u32, code: &str) -> bool {
        item != 7 || matches!(code, "a" | "b")
    }
}

impl Env for World {
    fn value(&self, item: u32) -> Val {
        match item {
            0 => Val::Text("王小明".into()),
            1 => Val::Number(36.0),
            2 => Val::Date(day(1905, 3, 9)),
            3 => Val::Text("veteran disability".into()),
            4 => Val::Text("no".into()),
            7 => Val::Text("a".into()),
            _ => Val::EMPTY,
        }
    }
    fn values(&self, _item: u32) -> Vec<Val> {
        vec![Val::Number(12.5), Val::EMPTY, Val::Number(7.5)]
    }
    fn value_at(&self, _item: u32, index: usize) -> Val {
        self.values(6).get(index.wrapping_sub(1)).cloned().unwrap_or(Val::EMPTY)
    }
    fn count(&self, _repeat: u32) -> usize {
        3
    }
    fn position(&self) -> usize {
        2
    }
    fn own(&self) -> Val {
        Val::Text("kept".into())
    }
    fn column(&self, name: &str) -> String {
        format!("{name}!")
    }
    fn choice_name(&self, item: u32, code: &str) -> String {
        format!("{item}:{code}")
    }
    fn today(&self) -> NaiveDate {
        day(2026, 7, 1)
    }
    fn now(&self) -> (NaiveDateTime, i32) {
        (day(2026, 7, 1).and_hms_opt(9, 5, 0).unwrap(), 480)
    }
}

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn result(text: &str) -> String {
    let (expr, _) = parse(text, &World).unwrap_or_else(|e| panic!("{text}: {e}"));
    match Evaluator::run(&expr, &World) {
        Ok(val) => val.text(),
        Err(error) => format!("{error:?}"),
    }
}

fn fault(text: &str) -> (usize, ExprErrorKind) {
    let error = parse(text, &World).expect_err(text);
    (error.at, error.kind)
}

#[test]
fn expressions_give_what_xlsform_says() {
    let table = [
        // Arithmetic and its precedence.
        ("1 + 2 * 3 - 4 div 2", "5"),
        ("7 mod 3 + -2", "-1"),
        ("--3", "3"),
        ("(1 + 2) * 3", "9"),
        ("0.1 + 0.2 < 0.31", "true"),
        ("1 div 0", "Infinity"),
        ("'x' + 1", "NaN"),
        ("${age}*2", "72"),
        ("${age} -1", "35"),
        // Comparison and logic.
        ("1 = 1 and 2 != 3 or false()", "true"),
        ("'1' = 1", "true"),
        ("'01' = '1'", "false"),
        ("'a' = true()", "true"),
        ("'10' > '9'", "true"),
        ("${born} < '1905-03-10'", "true"),
        ("${born} = '1905-03-09'", "true"),
        ("'08:30' < '10:00'", "true"),
        ("not(${empty} = '')", "false"),
        ("${rented} = 'no'", "true"),
        ("${area} = 7.5", "true"),
        // Choices.
        ("selected(${care}, 'veteran')", "true"),
        ("selected(${care}, 'vet')", "false"),
        ("count-selected(${care})", "2"),
        ("selected-at(${care}, 1)", "disability"),
        ("selected-at(${care}, -1)", ""),
        ("jr:choice-name(${kind}, '${kind}')", "7:a"),
        ("major = 'major!'", "true"),
        // Choosing.
        ("if(${age} >= 18, 'adult', 'child')", "adult"),
        ("coalesce(${empty}, '', 'third')", "third"),
        ("once(1)", "kept"),
        // Repeats.
        ("count(${room})", "3"),
        ("sum(${area})", "20"),
        ("max(${area}, 3)", "12.5"),
        ("min(${area}, 3, '')", "3"),
        ("count-non-empty(${area})", "2"),
        ("indexed-repeat(${area}, ${room}, 3)", "7.5"),
        ("indexed-repeat(${area}, ${room}, 9)", ""),
        ("position(..)", "2"),
        ("join('/', ${area}, 'x')", "12.5//7.5/x"),
        // Text.
        ("concat(${name}, '-', 1.50)", "王小明-1.5"),
        ("string-length(${name})", "3"),
        ("string-length(.)", "3"),
        ("substr('abcdef', 1, 3)", "bc"),
        ("substr('abcdef', -2)", "ef"),
        ("substr(${name}, 0, 1)", "王"),
        ("substr('abc', 2, 1)", ""),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("substring-before('a-b-c', '-')", "a"),
        ("substring-after('a-b-c', '-')", "b-c"),
        ("contains('abc', 'bc') and starts-with('abc', 'a') and ends-with('abc', 'c')", "true"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("normalize-space('  a   b ')", "a b"),
        ("regex('138', '[0-9]{3}')", "true"),
        ("regex('1380', '[0-9]{3}')", "false"),
        ("regex('甲', concat('\\p{Han}', '+'))", "true"),
        ("regex('x', concat('(', ''))", "Pattern"),
        ("“curly” = ‘curly’", "true"),
        // Numbers.
        ("number('12')", "12"),
        ("number('1e3')", "NaN"),
        ("number('')", "NaN"),
        ("int(-2.7)", "-2"),
        ("round(2.345, 2)", "2.35"),
        ("round(1250, -2)", "1300"),
        ("abs(-3) + floor(1.9) + ceiling(1.1) + pow(2, 3) + sqrt(9)", "17"),
        // Dates.
        ("today()", "2026-07-01"),
        ("now()", "2026-07-01T09:05:00.000+08:00"),
        ("today() - ${born}", "44309"),
        ("date(today() + 30)", "2026-07-31"),
        ("date('2026-02-30')", ""),
        ("format-date(${born}, '%Y%m%d')", "19050309"),
        ("format-date(now(), '%e %b %y, %a %H:%M:%S.%3 %n %h')", "1 Jul 26, Wed 09:05:00.000 7 9"),
        ("format-date('', '%Y')", ""),
        ("decimal-date-time('1970-01-02T12:00:00')", "1.5"),
        ("decimal-time('06:00')", "0.25"),
        ("date('2026-07-01') > today()", "false"),
    ];
    for (text, wanted) in table {
        assert_eq!(result(text), wanted, "{text}");
    }
}

#[test]
fn wrong_expressions_name_the_place() {
    use ExprErrorKind::*;
    let table = [
        ("", 1, Expected("a value")),
        ("1 +", 4, Expected("a value")),
        ("1 2", 3, Expected("an operator or the end")),
        ("(1", 3, Expected("`)`")),
        ("'open", 1, NotClosed),
        ("1 + ${age", 5, NotClosed),
        ("1 # 2", 3, Character('#')),
        ("1 + ${nobody}", 5, UnknownName("nobody".into())),
        ("../a/b", 1, UnknownName("../a/b".into())),
        ("frobnicate(1)", 1, UnknownFunction("frobnicate".into())),
        ("1 + pulldata('f', 'a', 'b', 'c')", 5, UnsupportedFunction("pulldata".into())),
        ("${room}[1]", 8, Unsupported("predicates ([…])")),
        ("//name", 1, Unsupported("searches (//)")),
        ("/a/*", 1, Unsupported("wildcards (*)")),
        ("child::name", 1, Unsupported("axes (::)")),
        ("if(1, 2)", 1, Arguments { function: "if".into(), takes: "3".into() }),
        ("concat()", 1, Arguments { function: "concat".into(), takes: "1 or more".into() }),
        ("count(3)", 7, NotRepeated),
        ("position(${name})", 10, NotRepeated),
        ("${rented} and 1", 1, YesNo),
        ("1 or ${rented}", 6, YesNo),
        ("not(${rented})", 5, YesNo),
        ("${rented} = true()", 1, YesNo),
    ];
    for (text, at, kind) in table {
        assert_eq!(fault(text), (at, kind), "{text}");
    }
    assert!(matches!(fault("regex(., '(?=a)')"), (10, Pattern(_))));
}

#[test]
fn a_comparison_that_can_never_hold_is_warned_of() {
    let warned = |text| parse(text, &World).unwrap().1;
    assert_eq!(
        warned("1 = 1 and ${kind} = 'c'"),
        [ExprError { at: 11, kind: ExprErrorKind::NoSuchChoice("c".into()) }]
    );
    assert_eq!(warned("selected(${kind}, 'c')").len(), 1);
    assert_eq!(warned("${rented} != 'maybe'").len(), 1);
    assert!(warned("${kind} = 'b' or ${kind} = '' or ${name} = 'c' or ${rented} = 'yes'").is_empty());
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = |n| format!("{}1{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(result(&nested(DEPTH_MAX - 1)), "1");
    assert!(matches!(fault(&nested(DEPTH_MAX)), (_, ExprErrorKind::TooDeep)));
    assert!(matches!(fault(&"not(".repeat(100_000)[..32_000]), (_, ExprErrorKind::TooDeep)));
    assert!(matches!(fault(&"1".repeat(TEXT_MAX + 1)), (_, ExprErrorKind::TooLong)));
    // Long without being deep is allowed: a list of alternatives.
    let long = vec!["selected(${care}, 'x')"; 1_000].join(" or ");
    assert_eq!(result(&long), "false");
}

#[test]
fn an_evaluation_stops_at_its_bound() {
    let copies = vec!["${area} = ${area}"; 1_400].join(" and ");
    let (expr, _) = parse(&format!("not({copies})"), &World).unwrap();
    let (_, steps) = Evaluator::run_counted(&expr, &World);
    assert!(steps <= STEPS_MAX);
    let patterns = vec!["not(regex('x', concat('y', '')))"; 100].join(" and ");
    let (expr, _) = parse(&patterns, &World).unwrap();
    assert_eq!(Evaluator::run(&expr, &World), Err(EvalError::Steps));
}

/// Pieces that make parseable texts likely.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "${name}",
        "${area}",
        "${rented}",
        "${born}",
        "${room}",
        "(",
        ")",
        ",",
        " and ",
        " or ",
        "=",
        "!=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        " div ",
        " mod ",
        ".",
        "..",
        "/",
        "1",
        "0.5",
        "99999999999999",
        "'a'",
        "''",
        "'%Y'",
        "not(",
        "if(",
        "concat(",
        "substr(",
        "regex(",
        "sum(",
        "count(",
        "date(",
        "today()",
        "now()",
        "round(",
        "pow(",
        "selected(",
        "position(",
        "indexed-repeat(",
        "format-date(",
        "translate(",
        "join(",
        "major",
        "[",
        "甲",
        "\u{0}",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_text_makes_it_panic_or_run_past_its_bound(text in prop_oneof![pieces(), ".{0,60}"]) {
        match parse(&text, &World) {
            Ok((expr, _)) => {
                let (result, steps) = Evaluator::run_counted(&expr, &World);
                prop_assert!(steps <= STEPS_MAX);
                prop_assert!(expr.height <= DEPTH_MAX);
                if let Ok(val) = result {
                    prop_assert!(val.text().len() <= STRING_MAX * 2);
                }
            }
            Err(error) => prop_assert!(error.at >= 1 && error.at <= text.chars().count() + 1),
        }
    }
}
