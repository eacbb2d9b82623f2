//! Why a record type's form cannot run: always with the form, the item, the column and the place in it.

use super::expr::ExprError;

/// A fault of a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("form {form}, item {item}, {column}: {kind}")]
pub struct FormError {
    /// Name of the record type.
    pub form: String,
    /// Name of the item.
    pub item: String,
    /// The column of the item, by its name in XLSForm.
    pub column: &'static str,
    /// What is wrong.
    pub kind: FormErrorKind,
}

/// What can be wrong with a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormErrorKind {
    /// An expression is wrong; the place is in it.
    #[error("{0}")]
    Expression(ExprError),
    /// The type of the question does not fit the kind of the field.
    #[error("a question of this type cannot fill this kind of field")]
    Type,
    /// A question without a field of its name.
    #[error("a question of this type needs a field of its name")]
    NoField,
    /// An item without type and without field.
    #[error("neither a type nor a field of its name")]
    NoType,
    /// A repeated group in a repeated group.
    #[error("a repeated group cannot stand in another")]
    NestedRepeat,
    /// Items inside a question.
    #[error("only groups and repeated groups have items inside")]
    ItemsInside,
    /// A column that this type of item does not have.
    #[error("this column has no meaning for this type of item")]
    Column,
    /// Expressions that wait for each other.
    #[error("depends on itself: {}", .0.join(" → "))]
    Cycle(Vec<String>),
}
