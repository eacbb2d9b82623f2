//! The expression language of forms: XLSForm's subset of XPath 1.0, parsed once into a typed tree.
//!
//! It is not XPath: no predicates, axes, wildcards or secondary instances (each a typed error that names its place).
//! It never panics, and is bounded: [`TEXT_MAX`] characters, [`DEPTH_MAX`] levels, [`STEPS_MAX`] steps of one
//! evaluation, [`STRING_MAX`] bytes of one text. Regular expressions run in linear time.

mod call;
mod dates;
mod eval;
mod function;
mod lex;
mod parse;
mod val;

pub use dates::format_date;
pub use eval::{Env, EvalError, Evaluator};
pub use function::Function;
pub use parse::{Scope, parse};
pub use val::Val;

#[cfg(test)]
mod tests;

use regex::Regex;

/// Characters of one expression, at most.
pub const TEXT_MAX: usize = 32 * 1024;
/// Levels of nesting, at most.
pub const DEPTH_MAX: usize = 64;
/// Steps of one evaluation, at most.
pub const STEPS_MAX: u32 = 50_000;
/// Bytes of one text made by an expression, at most.
pub const STRING_MAX: usize = 64 * 1024;

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `div`
    Div,
    /// `mod`
    Mod,
}

/// What is known of an expression's result before it is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ty {
    /// A number.
    Number,
    /// A text, a code among them.
    Text,
    /// True or false.
    Bool,
    /// The answer to a yes/no question: the texts `yes` and `no`, empty when unanswered.
    YesNo,
    /// A date, time or instant.
    Date,
    /// The values of one question in every repetition.
    Nodes,
    /// Known only when it is evaluated.
    Any,
}

/// Which repetition of a question is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The one the expression stands in, or the only one.
    Here,
    /// All of them.
    All,
}

/// A form item that an expression names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its place in the form.
    pub item: u32,
    /// Which of its repetitions.
    pub reach: Reach,
    /// What it is.
    pub what: TargetKind,
    /// Type of its value.
    pub ty: Ty,
}

/// What a named item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// A question or calculation: it has a value.
    Question,
    /// A repeated group: it can be counted.
    Repeat,
    /// A group: it has no value; inside a repeat it has that repetition's position.
    Group,
}

/// An expression, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Expr {
    /// The operation.
    pub(crate) node: Node,
    /// Type of the result.
    pub ty: Ty,
    /// Levels of nesting in it.
    pub(crate) height: usize,
}

#[derive(Debug, Clone)]
pub(crate) enum Node {
    Number(f64),
    Text(String),
    Ref(Target),
    /// A column of the choice that a filter looks at.
    Column(String),
    Negate(Box<Expr>),
    /// Operators of one precedence, from left to right.
    Chain(Box<Expr>, Vec<(Op, Expr)>),
    Call(Function, Vec<Expr>),
    /// `regex` with a pattern that was compiled when the form was loaded.
    Matches(Box<Expr>, Regex),
}

impl Expr {
    /// Calls `see` with every item that the expression reads.
    pub fn targets(&self, see: &mut dyn FnMut(Target)) {
        match &self.node {
            Node::Number(_) | Node::Text(_) | Node::Column(_) => {}
            Node::Ref(target) => see(*target),
            Node::Negate(inner) | Node::Matches(inner, _) => inner.targets(see),
            Node::Chain(first, rest) => {
                first.targets(see);
                rest.iter().for_each(|(_, operand)| operand.targets(see));
            }
            Node::Call(_, arguments) => arguments.iter().for_each(|argument| argument.targets(see)),
        }
    }

    /// An expression that is this text.
    pub fn text(text: impl Into<String>) -> Expr {
        Expr { node: Node::Text(text.into()), ty: Ty::Text, height: 1 }
    }
}

/// Why a text is no expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {kind}")]
pub struct ExprError {
    /// Place of the fault, in characters from 1.
    pub at: usize,
    /// What is wrong.
    pub kind: ExprErrorKind,
}

/// What can be wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExprErrorKind {
    /// Longer than [`TEXT_MAX`].
    #[error("an expression may have {TEXT_MAX} characters at most")]
    TooLong,
    /// Deeper than [`DEPTH_MAX`].
    #[error("an expression may be nested {DEPTH_MAX} levels deep at most")]
    TooDeep,
    /// A character that begins nothing.
    #[error("`{0}` means nothing here")]
    Character(char),
    /// A text without its closing quote, or `${` without `}`.
    #[error("not closed")]
    NotClosed,
    /// Something else should stand here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// No such function.
    #[error("there is no function {0}()")]
    UnknownFunction(String),
    /// A function of XLSForm that is not offered here.
    #[error("the function {0}() is not supported")]
    UnsupportedFunction(String),
    /// A part of XPath that is not offered here.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
    /// Too many or too few arguments.
    #[error("{function}() takes {takes} arguments")]
    Arguments {
        /// The function.
        function: String,
        /// How many it takes.
        takes: String,
    },
    /// A name that nothing in the form has.
    #[error("nothing in the form is named {0}")]
    UnknownName(String),
    /// A group or repeat where a value is needed.
    #[error("{0} is a group and has no value")]
    NoValue(String),
    /// A question where a repeated group is needed, or one outside it.
    #[error("expected a repeated group, or a question in one")]
    NotRepeated,
    /// A pattern that is none.
    #[error("not a regular expression: {0}")]
    Pattern(String),
    /// A yes/no answer used as true or false.
    #[error(
        "a yes/no answer is compared with 'yes' or 'no', not used as true or false: 'no' would count as true"
    )]
    YesNo,
    /// A text that is not among the choices of the question it is compared with (a warning).
    #[error("{0} is not among the choices of the question")]
    NoSuchChoice(String),
}
