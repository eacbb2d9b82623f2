//! A form made ready to run: its items in order, every expression parsed, and what depends on what.
//!
//! It is made once for each version of a record type, is never changed, and is shared by all sessions.

use super::code_list::CodeList;
use super::expr::{Expr, Ty};
use super::field::{Field, FieldKind};
use super::form_error::FormError;
use super::graph::Graph;
use super::item::{ItemKind, RangeParameters};
use super::label::Label;
use super::mask::MaskRule;
use super::template::Template;
use crate::ids::{FieldNo, TypeNo};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A form ready to run.
#[derive(Debug)]
pub struct Form {
    /// Number of its record type.
    pub type_no: TypeNo,
    /// Name of its record type.
    pub name: String,
    /// Version of its record type.
    pub version: u32,
    /// What people read.
    pub label: Label,
    /// What is allowed but cannot be meant, a comparison with a code that is not offered for example.
    pub warnings: Vec<FormError>,
    pub(super) nodes: Vec<FormNode>,
    pub(super) by_name: BTreeMap<String, u32>,
    pub(super) by_field: BTreeMap<FieldNo, u32>,
    pub(super) graph: Graph,
}

impl Form {
    /// How many items it has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it asks nothing.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn node(&self, item: u32) -> &FormNode {
        &self.nodes[item as usize]
    }

    /// The items directly inside one, or at the top.
    pub(super) fn children(&self, parent: Option<u32>) -> impl Iterator<Item = u32> {
        let within = match parent {
            Some(parent) => parent + 1..self.node(parent).end,
            None => 0..self.nodes.len() as u32,
        };
        within.filter(move |item| self.node(*item).parent == parent)
    }
}

/// One item of a form, ready to run.
#[derive(Debug)]
pub(super) struct FormNode {
    pub name: String,
    pub kind: ItemKind,
    pub field: Option<Field>,
    /// How an answer that the record brings along is covered.
    pub mask: MaskRule,
    pub list: Option<Arc<CodeList>>,
    pub parent: Option<u32>,
    /// The repeated group that it stands in.
    pub repeat: Option<u32>,
    /// One past the last item inside it.
    pub end: u32,
    pub label: Template,
    pub hint: Option<Template>,
    pub required: Option<Expr>,
    pub relevant: Option<Expr>,
    pub constraint: Option<Expr>,
    pub constraint_message: Option<Label>,
    pub soft: bool,
    pub calculation: Option<Expr>,
    pub choice_filter: Option<Expr>,
    pub default: Option<Expr>,
    pub read_only: Option<Expr>,
    pub repeat_count: Option<Expr>,
    pub appearance: Option<String>,
    pub range: Option<RangeParameters>,
}

impl FormNode {
    /// Whether all of it stands on one screen.
    pub fn is_field_list(&self) -> bool {
        self.appearance.as_deref().is_some_and(|a| a.split_whitespace().any(|word| word == "field-list"))
    }

    pub fn is_group(&self) -> bool {
        matches!(self.kind, ItemKind::Group | ItemKind::Repeat)
    }

    /// Type of its value in expressions.
    pub fn ty(&self) -> Ty {
        match (self.kind, self.field.as_ref().map(|field| &field.kind)) {
            (ItemKind::YesNo, _) => Ty::YesNo,
            (ItemKind::Calculate | ItemKind::Hidden, Some(FieldKind::Bool)) => Ty::Bool,
            (ItemKind::Calculate | ItemKind::Hidden, None) => Ty::Any,
            (_, Some(FieldKind::Int | FieldKind::Decimal)) => Ty::Number,
            (_, Some(FieldKind::Date | FieldKind::Time | FieldKind::Instant)) => Ty::Date,
            _ => Ty::Text,
        }
    }
}
