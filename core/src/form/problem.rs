//! What is wrong with answers, as a list: each with its place, a stable code and a sentence in two languages.

use super::expr::EvalError;
use super::label::Label;
use crate::ids::{FieldKey, Instance};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// May be saved as it is.
    Warning,
    /// Must be put right first.
    Error,
}

/// What kind of problem it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemCode {
    /// No answer where one is needed.
    Required,
    /// The form's own constraint does not hold.
    Constraint,
    /// The code is not in the list, or not offered after the answers above.
    NotAChoice,
    /// Longer than the field allows.
    TooLong,
    /// Outside the scale of a range.
    OutOfRange,
    /// A calculation gave what the field cannot hold.
    WrongKind,
    /// Another number of repetitions is expected.
    Repetitions,
    /// Fewer photos than wanted.
    Photos,
    /// A line of fewer than two points, or an outline of fewer than three.
    FewPoints,
    /// A finding of the identity check, by its code.
    Identity(String),
    /// An expression could not be evaluated.
    Expression(EvalError),
}

impl ProblemCode {
    /// Short stable name, for tests, logs and translations.
    pub fn name(&self) -> &str {
        match self {
            ProblemCode::Required => "required",
            ProblemCode::Constraint => "constraint",
            ProblemCode::NotAChoice => "not_a_choice",
            ProblemCode::TooLong => "too_long",
            ProblemCode::OutOfRange => "out_of_range",
            ProblemCode::WrongKind => "wrong_kind",
            ProblemCode::Repetitions => "repetitions",
            ProblemCode::Photos => "photos",
            ProblemCode::FewPoints => "few_points",
            ProblemCode::Identity(code) => code,
            ProblemCode::Expression(_) => "expression",
        }
    }
}

/// One thing that is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Name of the item.
    pub item: String,
    /// The repetition that it stands in.
    pub instance: Option<Instance>,
    /// The field, where the item has one.
    pub key: Option<FieldKey>,
    /// What kind of problem it is.
    pub code: ProblemCode,
    /// What people read.
    pub message: Label,
}

/// The sentence for a problem that brings none of its own.
pub(super) fn message(code: &ProblemCode) -> Label {
    match code {
        ProblemCode::Required => Label::new("此项必填", "An answer is needed"),
        ProblemCode::Constraint => Label::new("答案不符合要求", "The answer is not allowed"),
        ProblemCode::NotAChoice => {
            Label::new("选项不在可选范围内，请重新选择", "Not among the choices: choose again")
        }
        ProblemCode::TooLong => Label::new("内容过长，请缩短", "Too long: shorten it"),
        ProblemCode::OutOfRange => Label::new("数值超出范围", "Outside the scale"),
        ProblemCode::WrongKind => {
            Label::new("计算结果与字段类型不符", "The calculation gives what the field cannot hold")
        }
        ProblemCode::Repetitions => Label::new("条目数量与要求不符", "Another number of entries is expected"),
        ProblemCode::Photos => Label::new("照片数量不足", "More photos are wanted"),
        ProblemCode::FewPoints => Label::new(
            "点数不足：线至少两个点，面至少三个点",
            "Too few points: a line has two, an area three at least",
        ),
        ProblemCode::Identity(_) => Label::new("号码有误，请核对", "The number is not right: compare it"),
        ProblemCode::Expression(_) => Label::new(
            "表单规则无法计算，请联系管理员",
            "A rule of the form cannot be worked out: tell the administrator",
        ),
    }
}
