//! What depends on what in a form, and the order in which it is worked out.
//!
//! Each item has three cells: whether it is relevant, its value, and its face (all that is drawn of it besides).
//! Nothing depends on a face. An item that depends on itself in any way is refused when the form is loaded.

use super::expr::{Expr, Reach, Target, TargetKind};
use super::form::FormNode;
use std::collections::{BTreeMap, BTreeSet};

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Whether the item is relevant.
    Relevant,
    /// Its value; of a repeated group, its instances.
    Value,
    /// Label, choices, required, read-only, problems.
    Face,
}

/// A part of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub item: u32,
    pub part: Part,
}

impl Cell {
    pub fn new(item: u32, part: Part) -> Cell {
        Cell { item, part }
    }

    fn index(self) -> usize {
        self.item as usize * 3 + self.part as usize
    }
}

/// The order of all cells, and for each those that read it.
#[derive(Debug, Default)]
pub(super) struct Graph {
    rank: Vec<u32>,
    readers: Vec<Vec<(Cell, Reach)>>,
}

impl Graph {
    /// Place of a cell in the order.
    pub fn rank(&self, cell: Cell) -> u32 {
        self.rank[cell.index()]
    }

    /// The cells that read this one, and whether in the same repetition only.
    pub fn readers(&self, cell: Cell) -> &[(Cell, Reach)] {
        &self.readers[cell.index()]
    }

    /// The graph of a form; the error names the items of a circle.
    pub fn of(nodes: &[FormNode]) -> Result<Graph, Vec<String>> {
        let mut readers: Vec<BTreeMap<Cell, Reach>> = vec![BTreeMap::new(); nodes.len() * 3];
        let mut read = |source: Cell, reader: Cell, reach: Reach| {
            let known = readers[source.index()].entry(reader).or_insert(reach);
            if reach == Reach::All {
                *known = reach;
            }
        };
        for (item, node) in nodes.iter().enumerate() {
            let item = item as u32;
            let [relevant, value, face] =
                [Part::Relevant, Part::Value, Part::Face].map(|p| Cell::new(item, p));
            if let Some(parent) = node.parent {
                read(Cell::new(parent, Part::Relevant), relevant, Reach::Here);
            }
            read(relevant, face, Reach::Here);
            read(value, face, Reach::Here);
            let mut reads = |expr: &Option<Expr>, reader: Cell| {
                let mut see =
                    |target: Target| sources(nodes, node, target, &mut |s, reach| read(s, reader, reach));
                if let Some(expr) = expr {
                    expr.targets(&mut see);
                }
            };
            reads(&node.relevant, relevant);
            reads(&node.calculation, value);
            for expr in
                [&node.required, &node.constraint, &node.choice_filter, &node.read_only, &node.repeat_count]
            {
                reads(expr, face);
            }
            for (_, target) in node.label.slots.iter().chain(node.hint.iter().flat_map(|hint| &hint.slots)) {
                sources(nodes, node, *target, &mut |source, reach| read(source, face, reach));
            }
        }
        let readers: Vec<Vec<(Cell, Reach)>> =
            readers.into_iter().map(|map| map.into_iter().collect()).collect();
        let rank = order(&readers, nodes)?;
        Ok(Graph { rank, readers })
    }
}

/// The cells that an expression of `node` reads by naming `target`.
fn sources(nodes: &[FormNode], node: &FormNode, target: Target, see: &mut dyn FnMut(Cell, Reach)) {
    let instances = |repeat: Option<u32>, see: &mut dyn FnMut(Cell, Reach)| {
        if let Some(repeat) = repeat {
            see(Cell::new(repeat, Part::Value), Reach::All);
        }
    };
    match target.what {
        // Only position() may name a group, and it depends on which repetitions there are.
        TargetKind::Group => instances(node.repeat, see),
        TargetKind::Repeat | TargetKind::Question => {
            see(Cell::new(target.item, Part::Value), target.reach);
            see(Cell::new(target.item, Part::Relevant), target.reach);
            if target.reach == Reach::All {
                instances(nodes[target.item as usize].repeat, see);
            }
        }
    }
}

/// Kahn's algorithm; what is left over holds a circle.
fn order(readers: &[Vec<(Cell, Reach)>], nodes: &[FormNode]) -> Result<Vec<u32>, Vec<String>> {
    let mut waiting = vec![0u32; readers.len()];
    for (reader, _) in readers.iter().flatten() {
        waiting[reader.index()] += 1;
    }
    let mut free: BTreeSet<usize> = (0..readers.len()).filter(|cell| waiting[*cell] == 0).collect();
    let mut rank = vec![0; readers.len()];
    let mut next = 0;
    while let Some(cell) = free.pop_first() {
        rank[cell] = next;
        next += 1;
        for (reader, _) in &readers[cell] {
            waiting[reader.index()] -= 1;
            if waiting[reader.index()] == 0 {
                free.insert(reader.index());
            }
        }
    }
    if next as usize == readers.len() {
        return Ok(rank);
    }
    Err(circle(readers, &waiting).into_iter().map(|item| nodes[item].name.clone()).collect())
}

/// Items of one circle among the cells that still wait. Going back from reader to source must come round.
fn circle(readers: &[Vec<(Cell, Reach)>], waiting: &[u32]) -> Vec<usize> {
    let source_of = |cell: usize| {
        (0..readers.len()).find(|s| waiting[*s] > 0 && readers[*s].iter().any(|(r, _)| r.index() == cell))
    };
    let mut path: Vec<usize> = Vec::new();
    let mut at = (0..waiting.len()).find(|cell| waiting[*cell] > 0);
    while let Some(cell) = at {
        if let Some(start) = path.iter().position(|seen| *seen == cell) {
            let mut items: Vec<usize> = path[start..].iter().rev().map(|cell| cell / 3).collect();
            items.dedup();
            return items;
        }
        path.push(cell);
        at = source_of(cell);
    }
    path.into_iter().map(|cell| cell / 3).collect()
}
