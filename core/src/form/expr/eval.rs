//! Evaluating a tree, in bounded steps. Everything it reads comes through [`Env`].

use super::{Expr, Function, Node, Op, Reach, STEPS_MAX, Target, TargetKind, Val};
use chrono::{NaiveDate, NaiveDateTime};

/// What an expression can see from where it stands.
pub trait Env {
    /// The value of a question in the repetition that the expression stands in; empty if it is not relevant.
    fn value(&self, item: u32) -> Val;
    /// Its values in all repetitions where it is relevant.
    fn values(&self, item: u32) -> Vec<Val>;
    /// Its value in the `index`th repetition, from 1.
    fn value_at(&self, item: u32, index: usize) -> Val;
    /// How many repetitions a repeated group has.
    fn count(&self, repeat: u32) -> usize;
    /// Which repetition the expression stands in, from 1; 0 outside any.
    fn position(&self) -> usize;
    /// What the item itself holds now, for `once()`.
    fn own(&self) -> Val;
    /// A column of the choice that a filter looks at.
    fn column(&self, name: &str) -> String;
    /// The label of a choice of a question.
    fn choice_name(&self, item: u32, code: &str) -> String;
    /// The day.
    fn today(&self) -> NaiveDate;
    /// Local date and time, and its distance from UTC in minutes.
    fn now(&self) -> (NaiveDateTime, i32);
}

/// Why an expression has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// More than [`STEPS_MAX`] steps.
    #[error("the expression takes more than {STEPS_MAX} steps")]
    Steps,
    /// A text longer than [`super::STRING_MAX`].
    #[error("the expression makes a text that is too long")]
    TooLong,
    /// A pattern that was put together while evaluating is none.
    #[error("the expression makes a pattern that is no regular expression")]
    Pattern,
}

/// One evaluation.
pub struct Evaluator<'a> {
    pub(super) env: &'a dyn Env,
    steps_left: u32,
}

impl<'a> Evaluator<'a> {
    /// Evaluates an expression; never panics, never takes more than [`STEPS_MAX`] steps.
    pub fn run(expr: &Expr, env: &'a dyn Env) -> Result<Val, EvalError> {
        Evaluator { env, steps_left: STEPS_MAX }.eval(expr)
    }

    /// The same, with the steps it took.
    pub fn run_counted(expr: &Expr, env: &'a dyn Env) -> (Result<Val, EvalError>, u32) {
        let mut evaluator = Evaluator { env, steps_left: STEPS_MAX };
        let result = evaluator.eval(expr);
        (result, STEPS_MAX - evaluator.steps_left)
    }

    /// Pays for work that grows with its input.
    pub(super) fn pay(&mut self, steps: usize) -> Result<(), EvalError> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                self.steps_left = 0;
                Err(EvalError::Steps)
            }
        }
    }

    pub(super) fn eval(&mut self, expr: &Expr) -> Result<Val, EvalError> {
        self.pay(1)?;
        Ok(match &expr.node {
            Node::Number(number) => Val::Number(*number),
            Node::Text(text) => {
                self.pay(text.len() / 256)?;
                Val::Text(text.clone())
            }
            Node::Column(name) => Val::Text(self.env.column(name)),
            Node::Ref(target) => self.read(target)?,
            Node::Negate(inner) => Val::Number(-self.eval(inner)?.number()),
            Node::Matches(inner, regex) => {
                let text = self.eval(inner)?.text();
                self.pay(text.len() / 16)?;
                Val::Bool(regex.is_match(&text))
            }
            Node::Chain(first, rest) => self.chain(first, rest)?,
            Node::Call(function, arguments) => self.call(*function, arguments)?,
        })
    }

    fn read(&mut self, target: &Target) -> Result<Val, EvalError> {
        Ok(match (target.what, target.reach) {
            (TargetKind::Question, Reach::Here) => self.env.value(target.item),
            (TargetKind::Question, Reach::All) => {
                let values = self.env.values(target.item);
                self.pay(values.len())?;
                Val::Nodes(values)
            }
            (TargetKind::Repeat | TargetKind::Group, _) => Val::EMPTY,
        })
    }

    fn chain(&mut self, first: &Expr, rest: &[(Op, Expr)]) -> Result<Val, EvalError> {
        let mut left = self.eval(first)?;
        for (op, operand) in rest {
            left = match op {
                // The right side is not evaluated where the left one decides.
                Op::Or if left.truth() => return Ok(Val::Bool(true)),
                Op::And if !left.truth() => return Ok(Val::Bool(false)),
                Op::Or | Op::And => Val::Bool(self.eval(operand)?.truth()),
                Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                    let right = self.eval(operand)?;
                    Val::Bool(self.compare(*op, &left, &right)?)
                }
                _ => Val::Number(arithmetic(*op, left.number(), self.eval(operand)?.number())),
            };
        }
        Ok(left)
    }

    /// XPath 1.0 §3.4: of several values it is enough that one compares.
    fn compare(&mut self, op: Op, left: &Val, right: &Val) -> Result<bool, EvalError> {
        let one = std::slice::from_ref;
        let lefts = if let Val::Nodes(nodes) = left { nodes.as_slice() } else { one(left) };
        let rights = if let Val::Nodes(nodes) = right { nodes.as_slice() } else { one(right) };
        self.pay(lefts.len().saturating_mul(rights.len()))?;
        Ok(lefts.iter().any(|l| rights.iter().any(|r| compare(op, l, r))))
    }

    pub(super) fn target_count(&mut self, target: &Target) -> Result<usize, EvalError> {
        match (target.what, target.reach) {
            (TargetKind::Repeat, _) => Ok(self.env.count(target.item)),
            (TargetKind::Question, Reach::All) => {
                let count = self.env.values(target.item).len();
                self.pay(count)?;
                Ok(count)
            }
            _ => Ok(1),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Expr]) -> Result<Val, EvalError> {
        super::call::call(self, function, arguments)
    }
}

fn arithmetic(op: Op, left: f64, right: f64) -> f64 {
    match op {
        Op::Add => left + right,
        Op::Sub => left - right,
        Op::Mul => left * right,
        Op::Div => left / right,
        _ => left % right,
    }
}

/// Truth beats numbers, numbers and dates beat texts. Order is by number, and by text for times that are none.
fn compare(op: Op, left: &Val, right: &Val) -> bool {
    let equality = matches!(op, Op::Eq | Op::Ne);
    let equal = match (left, right) {
        (Val::Bool(_), _) | (_, Val::Bool(_)) if equality => left.truth() == right.truth(),
        (Val::Number(_), _) | (_, Val::Number(_)) if equality => left.number() == right.number(),
        _ if equality => left.text() == right.text(),
        _ => {
            let (l, r) = (ordinal(left), ordinal(right));
            return match op {
                Op::Lt => l < r,
                Op::Le => l <= r,
                Op::Gt => l > r,
                _ => l >= r,
            };
        }
    };
    equal == (op == Op::Eq)
}

/// Dates and times written as text are ordered like those that are typed.
fn ordinal(val: &Val) -> f64 {
    match val {
        Val::Text(text) if text.contains('T') => {
            val.moment().map_or(f64::NAN, |moment| Val::Moment(moment, 0).number())
        }
        Val::Text(text) if text.contains(':') => val.time().map_or(f64::NAN, |time| Val::Time(time).number()),
        _ => val.number(),
    }
}
