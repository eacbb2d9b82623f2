//! How an item stands on the screen: its words, its choices, whether it must or may be answered, what is wrong.

use super::code_list::CodeEntry;
use super::env::Here;
use super::expr::{Evaluator, Expr, Target, TargetKind};
use super::field::FieldKind;
use super::form::FormNode;
use super::item::ItemKind;
use super::label::Label;
use super::longest::is_too_long;
use super::problem::{Problem, ProblemCode, Severity, message};
use super::session::{FormSession, NodeKey};
use super::sketch::points_least;
use crate::geo::Line;
use crate::value::{Code, Value};

/// All that is drawn of an item besides its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Face {
    pub label: Label,
    pub hint: Option<Label>,
    pub required: bool,
    pub read_only: bool,
    /// Places in the code list of the choices that are offered.
    pub choices: Vec<u32>,
    pub problems: Vec<Problem>,
    /// Repetitions that the form asks for.
    pub wanted: Option<u32>,
}

impl FormSession {
    pub(super) fn work_out_face(&self, key: NodeKey) -> Face {
        let node = self.form.node(key.0);
        let mut face = Face {
            label: node.label.fill(|target| self.shown(target, key)),
            hint: node.hint.as_ref().map(|hint| hint.fill(|target| self.shown(target, key))),
            ..Face::default()
        };
        let Some(slot) = self.slots.get(&key) else { return face };
        if !slot.relevant {
            return face;
        }
        let mut faults = Faults { session: self, key, node, problems: Vec::new() };
        if let Some(code) = &slot.fault {
            let severity = if *code == ProblemCode::WrongKind { Severity::Error } else { Severity::Warning };
            faults.add(severity, code.clone());
        }
        face.required = faults.truth(&node.required, false);
        face.read_only = faults.truth(&node.read_only, false) || node.kind == ItemKind::Calculate;
        face.choices = faults.choices();
        faults.check_value(&slot.value, &face);
        if let Some(count) = &node.repeat_count {
            face.wanted = faults.wanted(count);
        }
        face.problems = faults.problems;
        face
    }

    /// An answer as people read it in the middle of a label: choices by their labels.
    fn shown(&self, target: Target, (_, instance): NodeKey) -> Label {
        if target.what != TargetKind::Question {
            return Label::default();
        }
        let key = (target.item, self.form.node(target.item).repeat.and(instance));
        self.read(key)
    }

    /// An answer as people read it; nothing for one that is not asked now.
    pub(super) fn read(&self, key: NodeKey) -> Label {
        let named = |code: &Code| match self.form.node(key.0).list.as_deref() {
            Some(list) => list.entry(&code.code).map_or(Label::same(&code.code), |entry| entry.label.clone()),
            None => Label::same(&code.code),
        };
        match self.slots.get(&key).filter(|slot| slot.relevant).map(|slot| &slot.value) {
            Some(Value::Code(code)) => named(code),
            Some(Value::Codes(codes)) => {
                let labels: Vec<Label> = codes.iter().map(named).collect();
                let joined = |lang: &str, separator: &str| {
                    labels.iter().map(|label| label.get(lang)).collect::<Vec<_>>().join(separator)
                };
                Label::new(joined("zh", "、"), joined("en", ", "))
            }
            _ => Label::same(self.val(key).text()),
        }
    }
}

/// Collects what is wrong with one item.
struct Faults<'a> {
    session: &'a FormSession,
    key: NodeKey,
    node: &'a FormNode,
    problems: Vec<Problem>,
}

impl Faults<'_> {
    fn add(&mut self, severity: Severity, code: ProblemCode) {
        let words = message(&code);
        self.say(severity, code, words);
    }

    fn say(&mut self, severity: Severity, code: ProblemCode, message: Label) {
        let (item, instance) = (self.node.name.clone(), self.key.1);
        let key = FormSession::field_key(self.node, instance);
        self.problems.push(Problem { severity, item, instance, key, code, message });
    }

    /// A rule that cannot be worked out is reported and counts as `otherwise`.
    fn truth(&mut self, rule: &Option<Expr>, otherwise: bool) -> bool {
        match rule.as_ref().map(|expr| self.session.eval(expr, self.key)) {
            None => otherwise,
            Some(Ok(val)) => val.truth(),
            Some(Err(code)) => {
                self.add(Severity::Warning, code);
                otherwise
            }
        }
    }

    /// The choices that are offered after the filter.
    fn choices(&mut self) -> Vec<u32> {
        let Some(list) = self.node.list.as_deref() else { return Vec::new() };
        let mut offered = Vec::new();
        for (place, entry) in list.codes.iter().enumerate().filter(|(_, entry)| !entry.retired) {
            match self.passes(entry) {
                Ok(true) => offered.push(place as u32),
                Ok(false) => {}
                Err(code) => {
                    // Without its filter the whole list is offered: better too much than nothing.
                    self.add(Severity::Warning, code);
                    return (0..list.codes.len() as u32).collect();
                }
            }
        }
        offered
    }

    fn passes(&self, entry: &CodeEntry) -> Result<bool, ProblemCode> {
        let Some(filter) = &self.node.choice_filter else { return Ok(true) };
        let (item, instance) = self.key;
        let here = Here { session: self.session, item, instance, choice: Some(entry) };
        Evaluator::run(filter, &here).map(|val| val.truth()).map_err(ProblemCode::Expression)
    }

    fn check_value(&mut self, value: &Value, face: &Face) {
        let field = self.node.field.as_ref();
        if self.node.kind == ItemKind::Photos {
            return self.check_photos(face.required);
        }
        if value.is_null() || (self.node.kind == ItemKind::Acknowledge && *value == Value::Bool(false)) {
            if face.required && self.node.kind.is_shown() && !self.node.is_group() {
                self.add(Severity::Error, ProblemCode::Required);
            }
            return;
        }
        match value {
            Value::Code(code) => self.check_choice(std::slice::from_ref(code), face),
            Value::Codes(codes) => self.check_choice(codes, face),
            Value::Text(text) => {
                if is_too_long(field, text) {
                    self.add(Severity::Error, ProblemCode::TooLong);
                }
                if let Some(least) = field.map(|field| points_least(&field.kind)).filter(|least| *least > 0) {
                    match Line::read(text) {
                        Some(line) if line.points.len() < least => {
                            self.add(Severity::Error, ProblemCode::FewPoints)
                        }
                        Some(_) => {}
                        None => self.add(Severity::Error, ProblemCode::WrongKind),
                    }
                }
                if let Some(identity) = field.and_then(|field| field.identity.as_ref()) {
                    for finding in self.session.identity.check(&identity.scheme, text) {
                        self.say(finding.severity, ProblemCode::Identity(finding.code), finding.message);
                    }
                }
            }
            _ => {}
        }
        if let Some(range) = self.node.range {
            let number = self.session.val(self.key).number();
            if number < range.start.min(range.end) || number > range.end.max(range.start) {
                self.add(Severity::Error, ProblemCode::OutOfRange);
            }
        }
        if !self.truth(&self.node.constraint, true) {
            let severity = if self.node.soft { Severity::Warning } else { Severity::Error };
            let words = self.node.constraint_message.clone().unwrap_or(message(&ProblemCode::Constraint));
            self.say(severity, ProblemCode::Constraint, words);
        }
    }

    fn check_choice(&mut self, codes: &[Code], face: &Face) {
        let list = self.node.list.as_deref();
        let offered = |code: &Code| {
            list.is_some_and(|list| {
                code.edition == list.edition
                    && face.choices.iter().any(|place| list.codes[*place as usize].code == code.code)
            })
        };
        if !codes.iter().all(offered) {
            self.add(Severity::Error, ProblemCode::NotAChoice);
        }
    }

    fn check_photos(&mut self, required: bool) {
        let Some(field) = self.node.field.as_ref() else { return };
        let there = self.session.photos.get(&field.no).map_or(0, Vec::len);
        if required && there == 0 {
            self.add(Severity::Error, ProblemCode::Required);
        } else if there < field.photos_wanted.into() && field.kind == FieldKind::Photos {
            self.add(Severity::Warning, ProblemCode::Photos);
        }
    }

    fn wanted(&mut self, count: &Expr) -> Option<u32> {
        match self.session.eval(count, self.key).map(|val| val.number()) {
            Ok(number) if number >= 0.0 && number <= f64::from(u16::MAX) => {
                let wanted = number as u32;
                if self.session.instances_of(self.key.0).len() != wanted as usize {
                    self.add(Severity::Error, ProblemCode::Repetitions);
                }
                Some(wanted)
            }
            Ok(_) => None,
            Err(code) => {
                self.add(Severity::Warning, code);
                None
            }
        }
    }
}
