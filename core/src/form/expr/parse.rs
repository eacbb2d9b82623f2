//! Tokens to a typed tree, in one pass: names are looked up, types and patterns checked while it reads.

use super::function::{Function, UNSUPPORTED};
use super::lex::{Token, tokens};
use super::{DEPTH_MAX, Expr, ExprError, ExprErrorKind as Kind, Node, Op, Reach, Target, TargetKind, Ty};

/// What names mean where an expression stands.
pub trait Scope {
    /// The item of `${name}`.
    fn variable(&self, name: &str) -> Option<Target>;
    /// The item at the end of a path; each step is `..` or a name.
    fn path(&self, absolute: bool, steps: &[String]) -> Option<Target>;
    /// Whether the choices that a filter looks at have such a column.
    fn has_column(&self, name: &str) -> bool;
    /// Whether a choice question offers the code; true for what is no choice question.
    fn has_choice(&self, item: u32, code: &str) -> bool;
}

/// Parses an expression. The second part are warnings: places that are allowed, but cannot be meant.
pub fn parse(text: &str, scope: &dyn Scope) -> Result<(Expr, Vec<ExprError>), ExprError> {
    let mut parser = Parser { tokens: tokens(text)?, place: 0, depth: 0, scope, warnings: Vec::new() };
    let expr = parser.expression()?;
    match parser.peek() {
        Token::End => Ok((expr, parser.warnings)),
        Token::Unsupported(what) => parser.fail(Kind::Unsupported(what)),
        _ => parser.fail(Kind::Expected("an operator or the end")),
    }
}

/// Operators from the loosest to the tightest.
const LEVELS: [&[Op]; 6] = [
    &[Op::Or],
    &[Op::And],
    &[Op::Eq, Op::Ne],
    &[Op::Lt, Op::Le, Op::Gt, Op::Ge],
    &[Op::Add, Op::Sub],
    &[Op::Mul, Op::Div, Op::Mod],
];

struct Parser<'a> {
    tokens: Vec<(Token, usize)>,
    place: usize,
    depth: usize,
    scope: &'a dyn Scope,
    warnings: Vec<ExprError>,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.place].0
    }

    fn at(&self) -> usize {
        self.tokens[self.place].1
    }

    fn take(&mut self) -> Token {
        let token = self.tokens[self.place].0.clone();
        // The last token is the end, and stays.
        self.place = (self.place + 1).min(self.tokens.len() - 1);
        token
    }

    fn fail<T>(&self, kind: Kind) -> Result<T, ExprError> {
        Err(ExprError { at: self.at(), kind })
    }

    fn expect(&mut self, token: Token, what: &'static str) -> Result<(), ExprError> {
        if *self.peek() != token {
            return self.fail(Kind::Expected(what));
        }
        self.take();
        Ok(())
    }

    fn make(&self, node: Node, ty: Ty, at: usize) -> Result<Expr, ExprError> {
        let below = match &node {
            Node::Negate(inner) | Node::Matches(inner, _) => inner.height,
            Node::Chain(first, rest) => {
                rest.iter().map(|(_, e)| e.height).max().unwrap_or(0).max(first.height)
            }
            Node::Call(_, arguments) => arguments.iter().map(|e| e.height).max().unwrap_or(0),
            _ => 0,
        };
        match below + 1 {
            height if height > DEPTH_MAX => Err(ExprError { at, kind: Kind::TooDeep }),
            height => Ok(Expr { node, ty, height }),
        }
    }

    fn expression(&mut self) -> Result<Expr, ExprError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.fail(Kind::TooDeep);
        }
        let expr = self.level(0)?;
        self.depth -= 1;
        Ok(expr)
    }

    fn level(&mut self, level: usize) -> Result<Expr, ExprError> {
        let Some(ops) = LEVELS.get(level) else { return self.unary() };
        let at = self.at();
        let first = self.level(level + 1)?;
        let mut rest: Vec<(Op, Expr)> = Vec::new();
        while let Token::Op(op) = *self.peek()
            && ops.contains(&op)
        {
            self.take();
            let operand_at = self.at();
            let operand = self.level(level + 1)?;
            if matches!(op, Op::Or | Op::And) {
                self.truth(&first, at)?;
                self.truth(&operand, operand_at)?;
            } else if matches!(op, Op::Eq | Op::Ne) && rest.is_empty() {
                self.compare(&first, &operand, at)?;
            }
            rest.push((op, operand));
        }
        match rest.first() {
            None => Ok(first),
            Some((op, _)) => {
                let ty = if matches!(op, Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod) {
                    Ty::Number
                } else {
                    Ty::Bool
                };
                self.make(Node::Chain(Box::new(first), rest), ty, at)
            }
        }
    }

    /// Refuses a yes/no answer where true or false is meant.
    fn truth(&self, expr: &Expr, at: usize) -> Result<(), ExprError> {
        if expr.ty == Ty::YesNo { Err(ExprError { at, kind: Kind::YesNo }) } else { Ok(()) }
    }

    /// A question and the text it is compared with must be able to be equal.
    fn compare(&mut self, left: &Expr, right: &Expr, at: usize) -> Result<(), ExprError> {
        for (one, other) in [(left, right), (right, left)] {
            match (&one.node, &other.node) {
                (Node::Ref(_), _) if one.ty == Ty::YesNo && other.ty == Ty::Bool => {
                    return Err(ExprError { at, kind: Kind::YesNo });
                }
                (Node::Ref(target), Node::Text(code)) => self.choice(target, code, at),
                _ => {}
            }
        }
        Ok(())
    }

    fn choice(&mut self, target: &Target, code: &str, at: usize) {
        let is_yes_no = target.ty != Ty::YesNo || matches!(code, "yes" | "no");
        if !code.is_empty() && (!is_yes_no || !self.scope.has_choice(target.item, code)) {
            self.warnings.push(ExprError { at, kind: Kind::NoSuchChoice(code.into()) });
        }
    }

    fn unary(&mut self) -> Result<Expr, ExprError> {
        let at = self.at();
        let mut negative = false;
        let mut signs = 0;
        while *self.peek() == Token::Op(Op::Sub) {
            self.take();
            negative = !negative;
            signs += 1;
        }
        let inner = self.operand()?;
        if signs == 0 {
            return Ok(inner);
        }
        let once = self.make(Node::Negate(Box::new(inner)), Ty::Number, at)?;
        // An even number of signs still makes a number of it.
        if negative { Ok(once) } else { self.make(Node::Negate(Box::new(once)), Ty::Number, at) }
    }

    fn operand(&mut self) -> Result<Expr, ExprError> {
        let at = self.at();
        match self.peek().clone() {
            Token::Number(number) => {
                self.take();
                self.make(Node::Number(number), Ty::Number, at)
            }
            Token::Text(text) => {
                self.take();
                self.make(Node::Text(text), Ty::Text, at)
            }
            Token::Variable(name) => {
                self.take();
                if *self.peek() == Token::Slash {
                    return self.fail(Kind::Unsupported("paths below ${…}"));
                }
                match self.scope.variable(&name) {
                    Some(target) => self.make(Node::Ref(target), ref_ty(target), at),
                    None => Err(ExprError { at, kind: Kind::UnknownName(name) }),
                }
            }
            Token::Open => {
                self.take();
                let inner = self.expression()?;
                self.expect(Token::Close, "`)`")?;
                Ok(inner)
            }
            Token::Name(name) if self.tokens[self.place + 1].0 == Token::Open => {
                if name == "current" {
                    self.path()
                } else {
                    self.call(name)
                }
            }
            Token::Name(name)
                if self.scope.has_column(&name) && self.tokens[self.place + 1].0 != Token::Slash =>
            {
                self.take();
                self.make(Node::Column(name), Ty::Text, at)
            }
            Token::Name(_) | Token::Dot | Token::DotDot | Token::Slash => self.path(),
            Token::Unsupported(what) => self.fail(Kind::Unsupported(what)),
            _ => self.fail(Kind::Expected("a value")),
        }
    }

    /// `.`, `..`, `../name`, `/form/group/name`, `name`, `current()/..`
    fn path(&mut self) -> Result<Expr, ExprError> {
        let at = self.at();
        let absolute = *self.peek() == Token::Slash;
        if absolute {
            self.take();
        }
        let mut steps: Vec<String> = Vec::new();
        loop {
            match self.take() {
                Token::Dot => {}
                Token::DotDot => steps.push("..".into()),
                Token::Name(name) if name == "current" && *self.peek() == Token::Open && steps.is_empty() => {
                    self.take();
                    self.expect(Token::Close, "`)`")?;
                }
                Token::Name(name) => steps.push(name),
                Token::Unsupported(what) => return Err(ExprError { at, kind: Kind::Unsupported(what) }),
                _ => return Err(ExprError { at, kind: Kind::Expected("a name or `..` in the path") }),
            }
            if *self.peek() != Token::Slash {
                break;
            }
            self.take();
        }
        if let Token::Unsupported(what) = *self.peek() {
            return self.fail(Kind::Unsupported(what));
        }
        match self.scope.path(absolute, &steps) {
            Some(target) => self.make(Node::Ref(target), ref_ty(target), at),
            None => Err(ExprError { at, kind: Kind::UnknownName(steps.join("/")) }),
        }
    }

    fn call(&mut self, name: String) -> Result<Expr, ExprError> {
        let at = self.at();
        let fail = |kind| Err(ExprError { at, kind });
        let Some((function, min, max)) = Function::named(&name) else {
            let known = UNSUPPORTED.contains(&name.as_str());
            return fail(if known { Kind::UnsupportedFunction(name) } else { Kind::UnknownFunction(name) });
        };
        self.take();
        self.expect(Token::Open, "`(`")?;
        let mut arguments = Vec::new();
        let mut places = Vec::new();
        while *self.peek() != Token::Close {
            if !arguments.is_empty() {
                self.expect(Token::Comma, "`,` or `)`")?;
            }
            places.push(self.at());
            arguments.push(self.expression()?);
        }
        self.take();
        if arguments.len() < min || arguments.len() > max {
            let takes = match max {
                usize::MAX => format!("{min} or more"),
                max if max == min => min.to_string(),
                max => format!("{min} to {max}"),
            };
            return fail(Kind::Arguments { function: name, takes });
        }
        self.finish_call(function, arguments, &places, at)
    }

    /// What each function wants of its arguments beyond their number.
    fn finish_call(
        &mut self,
        function: Function,
        mut arguments: Vec<Expr>,
        places: &[usize],
        at: usize,
    ) -> Result<Expr, ExprError> {
        let mut ty = function.ty();
        match (function, arguments.as_slice()) {
            (Function::Not | Function::Boolean, [a]) => self.truth(a, places[0])?,
            (Function::If, [condition, then, other]) => {
                self.truth(condition, places[0])?;
                ty = if then.ty == other.ty { then.ty } else { Ty::Any };
            }
            (Function::Once, [inner]) => ty = inner.ty,
            (
                Function::Selected,
                [Expr { node: Node::Ref(target), .. }, Expr { node: Node::Text(code), .. }],
            ) => {
                let (target, code) = (*target, code.clone());
                self.choice(&target, &code, places[1]);
            }
            (Function::Count | Function::CountNonEmpty, [Expr { node: Node::Ref(_), .. }]) => {}
            (Function::Count | Function::CountNonEmpty, _) => {
                return Err(ExprError { at: places[0], kind: Kind::NotRepeated });
            }
            (Function::Position, [argument]) => match &argument.node {
                Node::Ref(Target { what: TargetKind::Repeat | TargetKind::Group, .. }) => {}
                _ => return Err(ExprError { at: places[0], kind: Kind::NotRepeated }),
            },
            (Function::IndexedRepeat, [question, repeat, _]) => match (&question.node, &repeat.node) {
                (Node::Ref(q), Node::Ref(Target { what: TargetKind::Repeat, .. })) => {
                    // It reads any repetition, so it depends on all of them.
                    let q_ty = q.ty;
                    let all = Target { reach: Reach::All, ..*q };
                    arguments[0] = Expr { node: Node::Ref(all), ty: Ty::Nodes, height: 1 };
                    ty = q_ty;
                }
                _ => return Err(ExprError { at: places[0], kind: Kind::NotRepeated }),
            },
            (Function::ChoiceName, [_, Expr { node: Node::Text(quoted), .. }]) => {
                // XLSForm quotes the question's name here: '${question}'.
                let name =
                    quoted.trim().strip_prefix("${").and_then(|n| n.strip_suffix('}')).unwrap_or(quoted);
                let name = name.trim().to_string();
                match self.scope.variable(&name) {
                    Some(target) => {
                        arguments[1] = Expr { node: Node::Ref(target), ty: target.ty, height: 1 };
                    }
                    None => return Err(ExprError { at: places[1], kind: Kind::UnknownName(name) }),
                }
            }
            (Function::ChoiceName, [_, Expr { node: Node::Ref(_), .. }]) => {}
            (Function::ChoiceName, _) => {
                return Err(ExprError { at: places[1], kind: Kind::Expected("the name of a question") });
            }
            (Function::Regex, [_, Expr { node: Node::Text(pattern), .. }]) => {
                let regex = super::call::whole(pattern)
                    .map_err(|reason| ExprError { at: places[1], kind: Kind::Pattern(reason) })?;
                let inner = arguments.swap_remove(0);
                return self.make(Node::Matches(Box::new(inner), regex), Ty::Bool, at);
            }
            _ => {}
        }
        self.make(Node::Call(function, arguments), ty, at)
    }
}

fn ref_ty(target: Target) -> Ty {
    match (target.what, target.reach) {
        (TargetKind::Question, Reach::Here) => target.ty,
        (TargetKind::Question, Reach::All) | (TargetKind::Repeat, _) => Ty::Nodes,
        (TargetKind::Group, _) => Ty::Any,
    }
}
