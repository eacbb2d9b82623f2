//! What each function does.

use super::eval::{EvalError, Evaluator};
use super::{Expr, Function, Node, STRING_MAX, Val, format_date};
use regex::{Regex, RegexBuilder};

/// A pattern that must match the whole text, as XLSForm has it; the error is the reason in words.
pub(super) fn whole(pattern: &str) -> Result<Regex, String> {
    // Both limits keep a pattern from a form from taking memory or time that the form's author chooses.
    let mut builder = RegexBuilder::new(&format!("^(?:{pattern})$"));
    builder.size_limit(1 << 20).dfa_size_limit(1 << 20).nest_limit(64).build().map_err(|error| {
        let text = error.to_string();
        text.lines().last().unwrap_or_default().trim().to_string()
    })
}

pub(super) fn call(ev: &mut Evaluator<'_>, function: Function, args: &[Expr]) -> Result<Val, EvalError> {
    use Function::*;
    Ok(match function {
        True => Val::Bool(true),
        False => Val::Bool(false),
        Not => Val::Bool(!ev.eval(&args[0])?.truth()),
        Boolean => Val::Bool(ev.eval(&args[0])?.truth()),
        If => {
            let truth = ev.eval(&args[0])?.truth();
            ev.eval(&args[if truth { 1 } else { 2 }])?
        }
        Coalesce => first_answered(ev, args)?,
        Once => match ev.env.own() {
            own if own.is_empty() => ev.eval(&args[0])?,
            own => own,
        },
        Selected => {
            let (answer, code) = (text(ev, &args[0])?, text(ev, &args[1])?);
            Val::Bool(answer.split_whitespace().any(|chosen| chosen == code.trim()))
        }
        SelectedAt => {
            let (answer, index) = (text(ev, &args[0])?, ev.eval(&args[1])?.number());
            Val::Text(index_of(index).and_then(|i| answer.split_whitespace().nth(i)).unwrap_or("").into())
        }
        CountSelected => Val::Number(text(ev, &args[0])?.split_whitespace().count() as f64),
        ChoiceName => {
            let code = text(ev, &args[0])?;
            match &args[1].node {
                Node::Ref(target) => Val::Text(ev.env.choice_name(target.item, &code)),
                _ => Val::EMPTY,
            }
        }
        Count => match &args[0].node {
            Node::Ref(target) => Val::Number(ev.target_count(target)? as f64),
            _ => Val::Number(0.0),
        },
        CountNonEmpty => Val::Number(nodes(ev, args)?.len() as f64),
        Sum => Val::Number(nodes(ev, args)?.iter().map(Val::number).sum()),
        Min => Val::Number(nodes(ev, args)?.iter().map(Val::number).reduce(f64::min).unwrap_or(f64::NAN)),
        Max => Val::Number(nodes(ev, args)?.iter().map(Val::number).reduce(f64::max).unwrap_or(f64::NAN)),
        Position => Val::Number(ev.env.position() as f64),
        IndexedRepeat => {
            let index = ev.eval(&args[2])?.number();
            match (&args[0].node, index_of(index)) {
                (Node::Ref(target), Some(index)) => ev.env.value_at(target.item, index),
                _ => Val::EMPTY,
            }
        }
        Text => Val::Text(text(ev, &args[0])?),
        Concat => Val::Text(joined(ev, "", args)?),
        Join => {
            let separator = text(ev, &args[0])?;
            Val::Text(joined(ev, &separator, &args[1..])?)
        }
        StringLength => {
            let text = text(ev, &args[0])?;
            Val::Number(text.chars().count() as f64)
        }
        Substr => {
            let text = text(ev, &args[0])?;
            let start = ev.eval(&args[1])?.number();
            let end = args.get(2).map(|e| ev.eval(e)).transpose()?.map(|v| v.number());
            Val::Text(substr(&text, start, end))
        }
        Substring => {
            let text = text(ev, &args[0])?;
            let start = ev.eval(&args[1])?.number().round();
            let length =
                args.get(2).map(|e| ev.eval(e)).transpose()?.map_or(f64::INFINITY, |v| v.number().round());
            let within = |(i, c)| {
                let place = i as f64 + 1.0;
                (place >= start && place < start + length).then_some(c)
            };
            Val::Text(text.chars().enumerate().filter_map(within).collect())
        }
        SubstringBefore => two(ev, args, |a, b| Val::Text(a.split_once(b).map_or("", |(x, _)| x).into()))?,
        SubstringAfter => two(ev, args, |a, b| Val::Text(a.split_once(b).map_or("", |(_, x)| x).into()))?,
        Contains => two(ev, args, |a, b| Val::Bool(a.contains(b)))?,
        StartsWith => two(ev, args, |a, b| Val::Bool(a.starts_with(b)))?,
        EndsWith => two(ev, args, |a, b| Val::Bool(a.ends_with(b)))?,
        Translate => {
            let text = text(ev, &args[0])?;
            let from: Vec<char> = self::text(ev, &args[1])?.chars().collect();
            let to: Vec<char> = self::text(ev, &args[2])?.chars().collect();
            ev.pay(text.len().saturating_mul(from.len()) / 64)?;
            let swap = |c: char| from.iter().position(|f| *f == c).map_or(Some(c), |i| to.get(i).copied());
            Val::Text(text.chars().filter_map(swap).collect())
        }
        NormalizeSpace => Val::Text(text(ev, &args[0])?.split_whitespace().collect::<Vec<_>>().join(" ")),
        Regex => {
            let (text, pattern) = (text(ev, &args[0])?, text(ev, &args[1])?);
            // Compiling costs far more than matching; a pattern made anew each time pays for it.
            ev.pay(2_000 + pattern.len().saturating_mul(16) + text.len() / 16)?;
            Val::Bool(whole(&pattern).map_err(|_| EvalError::Pattern)?.is_match(&text))
        }
        Number => Val::Number(ev.eval(&args[0])?.number()),
        Int => Val::Number(ev.eval(&args[0])?.number().trunc()),
        Round => {
            let number = ev.eval(&args[0])?.number();
            let places = args.get(1).map(|e| ev.eval(e)).transpose()?.map_or(0.0, |v| v.number());
            let factor = 10f64.powi(places.clamp(-15.0, 15.0) as i32);
            Val::Number((number * factor).round() / factor)
        }
        Abs => Val::Number(ev.eval(&args[0])?.number().abs()),
        Floor => Val::Number(ev.eval(&args[0])?.number().floor()),
        Ceiling => Val::Number(ev.eval(&args[0])?.number().ceil()),
        Sqrt => Val::Number(ev.eval(&args[0])?.number().sqrt()),
        Pow => Val::Number(ev.eval(&args[0])?.number().powf(ev.eval(&args[1])?.number())),
        Today => Val::Date(ev.env.today()),
        Now => {
            let (moment, offset) = ev.env.now();
            Val::Moment(moment, offset)
        }
        Date => ev.eval(&args[0])?.date().map_or(Val::EMPTY, Val::Date),
        DateTime => {
            let offset = ev.env.now().1;
            ev.eval(&args[0])?.moment().map_or(Val::EMPTY, |moment| Val::Moment(moment, offset))
        }
        FormatDate => {
            let (when, format) = (ev.eval(&args[0])?, text(ev, &args[1])?);
            let time_alone = || when.time().map(|time| chrono::NaiveDate::default().and_time(time));
            let moment = when.moment().or_else(time_alone);
            bounded(moment.map(|moment| format_date(moment, &format)).unwrap_or_default())?
        }
        DecimalDateTime => {
            let when = ev.eval(&args[0])?;
            Val::Number(when.moment().map_or(f64::NAN, |moment| Val::Moment(moment, 0).number()))
        }
        DecimalTime => {
            Val::Number(ev.eval(&args[0])?.time().map_or(f64::NAN, |time| Val::Time(time).number()))
        }
    })
}

fn text(ev: &mut Evaluator<'_>, expr: &Expr) -> Result<String, EvalError> {
    let text = ev.eval(expr)?.text();
    ev.pay(text.len() / 256)?;
    Ok(text)
}

fn two(ev: &mut Evaluator<'_>, args: &[Expr], f: impl Fn(&str, &str) -> Val) -> Result<Val, EvalError> {
    let (a, b) = (text(ev, &args[0])?, text(ev, &args[1])?);
    Ok(f(&a, &b))
}

fn first_answered(ev: &mut Evaluator<'_>, args: &[Expr]) -> Result<Val, EvalError> {
    for arg in args {
        let val = ev.eval(arg)?;
        if !val.is_empty() {
            return Ok(val);
        }
    }
    Ok(Val::EMPTY)
}

/// All values of all arguments that are answered.
fn nodes(ev: &mut Evaluator<'_>, args: &[Expr]) -> Result<Vec<Val>, EvalError> {
    let mut all = Vec::new();
    for arg in args {
        match ev.eval(arg)? {
            Val::Nodes(nodes) => all.extend(nodes.into_iter().filter(|node| !node.is_empty())),
            val if !val.is_empty() => all.push(val),
            _ => {}
        }
    }
    Ok(all)
}

fn joined(ev: &mut Evaluator<'_>, separator: &str, args: &[Expr]) -> Result<String, EvalError> {
    let mut out = String::new();
    let mut first = true;
    for arg in args {
        let parts = match ev.eval(arg)? {
            Val::Nodes(nodes) => nodes,
            val => vec![val],
        };
        for part in parts {
            if !std::mem::take(&mut first) {
                out += separator;
            }
            out += &part.text();
            if out.len() > STRING_MAX {
                return Err(EvalError::TooLong);
            }
        }
    }
    ev.pay(out.len() / 256)?;
    Ok(out)
}

fn bounded(text: String) -> Result<Val, EvalError> {
    if text.len() > STRING_MAX { Err(EvalError::TooLong) } else { Ok(Val::Text(text)) }
}

fn index_of(number: f64) -> Option<usize> {
    (number.is_finite() && number >= 0.0).then_some(number as usize)
}

fn substr(text: &str, start: f64, end: Option<f64>) -> String {
    let length = text.chars().count() as f64;
    let place = |n: f64| if n < 0.0 { (length + n).max(0.0) } else { n.min(length) };
    let (start, end) = (place(start), place(end.unwrap_or(length)));
    // Not a number compares false: nothing is taken.
    if start < end {
        text.chars().skip(start as usize).take((end - start) as usize).collect()
    } else {
        String::new()
    }
}
