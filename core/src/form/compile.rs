//! From a record type to a [`Form`] that can run. All faults are found here, none while a worker stands at the door.

use super::code_list::CodeList;
use super::expr::{self, Expr, Reach};
use super::field::FieldKind;
use super::form::{Form, FormNode};
use super::form_error::{FormError, FormErrorKind};
use super::graph::Graph;
use super::item::{Item, ItemKind};
use super::label::Label;
use super::mask::MaskRule;
use super::names::Names;
use super::record_type::RecordType;
use super::template::Template;
use crate::ids::FieldNo;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Form {
    /// Makes a record type's form ready to run, or lists everything that is wrong with it.
    pub fn compile(
        record_type: &RecordType,
        lists: &BTreeMap<String, Arc<CodeList>>,
    ) -> Result<Form, Vec<FormError>> {
        let mut compiler = Compiler {
            record_type,
            lists,
            nodes: Vec::new(),
            items: Vec::new(),
            by_name: BTreeMap::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        compiler.flatten(&record_type.form, None, None);
        // Expressions name items anywhere in the form, so they wait until all are known.
        for item in 0..compiler.nodes.len() as u32 {
            compiler.expressions(item);
        }
        compiler.finish()
    }
}

struct Compiler<'a> {
    record_type: &'a RecordType,
    lists: &'a BTreeMap<String, Arc<CodeList>>,
    nodes: Vec<FormNode>,
    items: Vec<&'a Item>,
    by_name: BTreeMap<String, u32>,
    errors: Vec<FormError>,
    warnings: Vec<FormError>,
}

impl<'a> Compiler<'a> {
    fn error(&self, item: &str, column: &'static str, kind: FormErrorKind) -> FormError {
        FormError { form: self.record_type.name.clone(), item: item.into(), column, kind }
    }

    fn flatten(&mut self, items: &'a [Item], parent: Option<u32>, repeat: Option<u32>) {
        for item in items {
            let index = self.nodes.len() as u32;
            let field = self.record_type.field_named(&item.name).cloned();
            let kind = match (item.kind, field.as_ref().and_then(|field| default_kind(&field.kind))) {
                (Some(kind), _) | (None, Some(kind)) => kind,
                (None, None) => {
                    self.errors.push(self.error(&item.name, "type", FormErrorKind::NoType));
                    ItemKind::Note
                }
            };
            if let Some(fault) = fits(kind, field.as_ref().map(|field| &field.kind)) {
                self.errors.push(self.error(&item.name, "type", fault));
            }
            if kind == ItemKind::Repeat && repeat.is_some() {
                self.errors.push(self.error(&item.name, "type", FormErrorKind::NestedRepeat));
            }
            let list = match field.as_ref().map(|field| &field.kind) {
                Some(FieldKind::Code(list) | FieldKind::Codes(list)) => self.lists.get(list).cloned(),
                _ => None,
            };
            self.by_name.insert(item.name.clone(), index);
            self.items.push(item);
            self.nodes.push(FormNode {
                name: item.name.clone(),
                kind,
                mask: field.as_ref().map_or(MaskRule::None, |field| self.record_type.screen_mask(field.no)),
                field,
                list,
                parent,
                repeat,
                end: index + 1,
                label: Template::default(),
                hint: None,
                required: None,
                relevant: None,
                constraint: None,
                constraint_message: item.constraint_message.clone(),
                soft: item.soft,
                calculation: None,
                choice_filter: None,
                default: None,
                read_only: None,
                repeat_count: None,
                appearance: item.appearance.clone(),
                range: item.range,
            });
            if !matches!(kind, ItemKind::Group | ItemKind::Repeat) && !item.items.is_empty() {
                self.errors.push(self.error(&item.name, "type", FormErrorKind::ItemsInside));
            }
            let inside = if kind == ItemKind::Repeat { Some(index) } else { repeat };
            self.flatten(&item.items, Some(index), inside);
            self.nodes[index as usize].end = self.nodes.len() as u32;
        }
    }

    fn expressions(&mut self, index: u32) {
        let item = self.items[index as usize];
        let node = &self.nodes[index as usize];
        let (is_group, kind) = (node.is_group(), node.kind);
        let field_required = node.field.as_ref().is_some_and(|field| field.required);
        let field_label = node.field.as_ref().map(|field| field.label.clone());
        let columns = [
            (item.required.is_some(), "required", !is_group),
            (item.constraint.is_some(), "constraint", !is_group && kind != ItemKind::Note),
            (item.calculation.is_some(), "calculation", !is_group && kind != ItemKind::Photos),
            (item.default.is_some(), "default", !is_group && kind != ItemKind::Photos),
            (item.choice_filter.is_some(), "choice_filter", node.list.is_some()),
            (item.repeat_count.is_some(), "repeat_count", kind == ItemKind::Repeat),
            (item.range.is_some(), "parameters", kind == ItemKind::Range),
        ];
        for (_, column, _) in columns.into_iter().filter(|(there, _, allowed)| *there && !allowed) {
            self.errors.push(self.error(&item.name, column, FormErrorKind::Column));
        }
        if kind == ItemKind::Calculate && item.calculation.is_none() {
            self.errors.push(self.error(&item.name, "calculation", FormErrorKind::Column));
        }
        let label = item.label.clone().or(field_label).unwrap_or_default();
        let label = self.template(index, "label", label);
        let hint = item.hint.clone().map(|hint| self.template(index, "hint", hint));
        let mut parse = |column, text: &Option<String>| self.parse(index, column, text.as_deref(), false);
        let relevant = parse("relevant", &item.relevant);
        let constraint = parse("constraint", &item.constraint);
        let calculation = parse("calculation", &item.calculation);
        let default = parse("default", &item.default);
        let read_only = parse("readonly", &item.read_only);
        let repeat_count = parse("repeat_count", &item.repeat_count);
        let always = if field_required { Some("true()") } else { None };
        let required = self.parse(index, "required", item.required.as_deref().or(always), false);
        let choice_filter = self.parse(index, "choice_filter", item.choice_filter.as_deref(), true);
        let node = &mut self.nodes[index as usize];
        (node.label, node.hint) = (label, hint);
        (node.relevant, node.required, node.constraint) = (relevant, required, constraint);
        (node.calculation, node.default, node.read_only) = (calculation, default, read_only);
        (node.choice_filter, node.repeat_count) = (choice_filter, repeat_count);
    }

    fn parse(&mut self, index: u32, column: &'static str, text: Option<&str>, filter: bool) -> Option<Expr> {
        let names = Names { nodes: &self.nodes, by_name: &self.by_name, item: index, filter };
        let result = expr::parse(text?, &names);
        let name = self.nodes[index as usize].name.clone();
        // These columns ask for true or false, so a bare yes/no answer is as wrong in them as after `not`.
        let truth = matches!(column, "relevant" | "required" | "constraint" | "readonly" | "choice_filter");
        match result {
            Ok((expr, _)) if truth && expr.ty == expr::Ty::YesNo => {
                let fault = expr::ExprError { at: 1, kind: expr::ExprErrorKind::YesNo };
                self.errors.push(self.error(&name, column, FormErrorKind::Expression(fault)));
                None
            }
            Ok((expr, warnings)) => {
                for warning in warnings {
                    self.warnings.push(self.error(&name, column, FormErrorKind::Expression(warning)));
                }
                Some(expr)
            }
            Err(fault) => {
                self.errors.push(self.error(&name, column, FormErrorKind::Expression(fault)));
                None
            }
        }
    }

    fn template(&mut self, index: u32, column: &'static str, label: Label) -> Template {
        let mut slots = Vec::new();
        for (written, name) in Template::names(&label) {
            let names = Names { nodes: &self.nodes, by_name: &self.by_name, item: index, filter: false };
            match expr::Scope::variable(&names, &name).filter(|target| target.reach == Reach::Here) {
                Some(target) => slots.push((written, target)),
                None => {
                    let fault = expr::ExprError { at: 1, kind: expr::ExprErrorKind::UnknownName(name) };
                    let item = self.nodes[index as usize].name.clone();
                    self.errors.push(self.error(&item, column, FormErrorKind::Expression(fault)));
                }
            }
        }
        Template { label, slots }
    }

    fn finish(mut self) -> Result<Form, Vec<FormError>> {
        let graph = match Graph::of(&self.nodes) {
            Ok(graph) => graph,
            Err(cycle) => {
                let first = cycle.first().cloned().unwrap_or_default();
                self.errors.push(self.error(&first, "calculation", FormErrorKind::Cycle(cycle)));
                Graph::default()
            }
        };
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let field_of = |(index, node): (usize, &FormNode)| Some((node.field.as_ref()?.no, index as u32));
        let by_field: BTreeMap<FieldNo, u32> = self.nodes.iter().enumerate().filter_map(field_of).collect();
        Ok(Form {
            type_no: self.record_type.no,
            name: self.record_type.name.clone(),
            version: self.record_type.version,
            label: self.record_type.label.clone(),
            warnings: self.warnings,
            nodes: self.nodes,
            by_name: self.by_name,
            by_field,
            graph,
        })
    }
}

/// How a field is asked when the form does not say.
fn default_kind(kind: &FieldKind) -> Option<ItemKind> {
    Some(match kind {
        FieldKind::Text => ItemKind::Text,
        FieldKind::Int => ItemKind::Integer,
        FieldKind::Decimal => ItemKind::Decimal,
        FieldKind::Bool => ItemKind::YesNo,
        FieldKind::Date => ItemKind::Date,
        FieldKind::Time => ItemKind::Time,
        FieldKind::Instant => ItemKind::DateTime,
        FieldKind::Code(_) => ItemKind::SelectOne,
        FieldKind::Codes(_) => ItemKind::SelectMultiple,
        FieldKind::Geo => ItemKind::Geopoint,
        FieldKind::Trace => ItemKind::Geotrace,
        FieldKind::Shape => ItemKind::Geoshape,
        FieldKind::Photo => ItemKind::Image,
        FieldKind::Audio => ItemKind::Audio,
        FieldKind::Photos => ItemKind::Photos,
        FieldKind::Repeat => ItemKind::Repeat,
        FieldKind::System => return None,
    })
}

/// Whether a question of this type can fill such a field; the fault if not.
fn fits(kind: ItemKind, field: Option<&FieldKind>) -> Option<FormErrorKind> {
    use FieldKind as F;
    use ItemKind as I;
    let Some(field) = field else {
        let free = matches!(kind, I::Group | I::Note | I::Calculate) || kind.is_metadata();
        return if free { None } else { Some(FormErrorKind::NoField) };
    };
    let scalar = !matches!(field, F::Geo | F::Photo | F::Audio | F::Photos | F::Repeat | F::System);
    let fits = match kind {
        I::Group | I::Note => false,
        I::Calculate | I::Hidden => scalar,
        I::Rank => matches!(field, F::Codes(_)),
        I::Range => matches!(field, F::Int | F::Decimal),
        I::Barcode | I::DeviceId | I::Username | I::PhoneNumber => *field == F::Text,
        I::Acknowledge => *field == F::Bool,
        I::Start | I::End => *field == F::Instant,
        I::Today => *field == F::Date,
        asked => default_kind(field) == Some(asked),
    };
    if fits { None } else { Some(FormErrorKind::Type) }
}
