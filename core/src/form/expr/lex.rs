//! Text to tokens. XPath's rule for names that are also operators: after an operand, `and or div mod *` are operators.

use super::{ExprError, ExprErrorKind, Op, TEXT_MAX};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    /// `${name}`
    Variable(String),
    Name(String),
    Op(Op),
    Open,
    Close,
    Comma,
    Slash,
    Dot,
    DotDot,
    /// A part of XPath that is not offered, by what it is called.
    Unsupported(&'static str),
    End,
}

/// All tokens with their places (characters from 1); the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, ExprError> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > TEXT_MAX {
        return Err(ExprError { at: TEXT_MAX, kind: ExprErrorKind::TooLong });
    }
    let mut lexer = Lexer { chars, place: 0, out: Vec::new() };
    while lexer.next()? {}
    let end = lexer.chars.len() + 1;
    lexer.out.push((Token::End, end));
    Ok(lexer.out)
}

struct Lexer {
    chars: Vec<char>,
    place: usize,
    out: Vec<(Token, usize)>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.place + ahead).copied()
    }

    fn fail<T>(&self, at: usize, kind: ExprErrorKind) -> Result<T, ExprError> {
        Err(ExprError { at: at + 1, kind })
    }

    fn push(&mut self, token: Token, length: usize) {
        self.out.push((token, self.place + 1));
        self.place += length;
    }

    /// Whether what came last can be the left side of an operator.
    fn after_operand(&self) -> bool {
        use Token::*;
        matches!(
            self.out.last(),
            Some((Number(_) | Text(_) | Variable(_) | Name(_) | Close | Dot | DotDot, _))
        )
    }

    /// Reads one token; false at the end.
    fn next(&mut self) -> Result<bool, ExprError> {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.place += 1;
        }
        let Some(c) = self.peek(0) else { return Ok(false) };
        let next = self.peek(1);
        match (c, next) {
            ('(', _) => self.push(Token::Open, 1),
            (')', _) => self.push(Token::Close, 1),
            (',', _) => self.push(Token::Comma, 1),
            ('/', Some('/')) => self.push(Token::Unsupported("searches (//)"), 2),
            ('/', _) => self.push(Token::Slash, 1),
            ('[' | ']', _) => self.push(Token::Unsupported("predicates ([…])"), 1),
            ('@', _) => self.push(Token::Unsupported("attributes (@)"), 1),
            ('|', _) => self.push(Token::Unsupported("unions (|)"), 1),
            ('*', _) if self.after_operand() => self.push(Token::Op(Op::Mul), 1),
            ('*', _) => self.push(Token::Unsupported("wildcards (*)"), 1),
            ('+', _) => self.push(Token::Op(Op::Add), 1),
            ('-', _) => self.push(Token::Op(Op::Sub), 1),
            ('=', _) => self.push(Token::Op(Op::Eq), 1),
            ('!', Some('=')) => self.push(Token::Op(Op::Ne), 2),
            ('<', Some('=')) => self.push(Token::Op(Op::Le), 2),
            ('<', _) => self.push(Token::Op(Op::Lt), 1),
            ('>', Some('=')) => self.push(Token::Op(Op::Ge), 2),
            ('>', _) => self.push(Token::Op(Op::Gt), 1),
            ('.', Some('.')) => self.push(Token::DotDot, 2),
            ('$', Some('{')) => self.variable()?,
            // Spreadsheets turn straight quotes into curly ones.
            ('\'' | '"' | '‘' | '’' | '“' | '”', _) => self.text(c)?,
            ('0'..='9', _) | ('.', Some('0'..='9')) => self.number(),
            ('.', _) => self.push(Token::Dot, 1),
            _ if c.is_alphabetic() || c == '_' => self.name(),
            _ => return self.fail(self.place, ExprErrorKind::Character(c)),
        }
        Ok(true)
    }

    fn variable(&mut self) -> Result<(), ExprError> {
        let rest = &self.chars[self.place + 2..];
        match rest.iter().position(|c| *c == '}') {
            Some(length) => {
                let name: String = rest[..length].iter().collect();
                self.push(Token::Variable(name.trim().to_string()), length + 3);
                Ok(())
            }
            None => self.fail(self.place, ExprErrorKind::NotClosed),
        }
    }

    fn text(&mut self, quote: char) -> Result<(), ExprError> {
        let closes = |c: char| match quote {
            '‘' | '’' => matches!(c, '‘' | '’'),
            '“' | '”' => matches!(c, '“' | '”'),
            straight => c == straight,
        };
        let rest = &self.chars[self.place + 1..];
        match rest.iter().position(|c| closes(*c)) {
            Some(length) => {
                let text = rest[..length].iter().collect();
                self.push(Token::Text(text), length + 2);
                Ok(())
            }
            None => self.fail(self.place, ExprErrorKind::NotClosed),
        }
    }

    fn number(&mut self) {
        let digits = |from: usize| self.chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
        let mut length = digits(self.place);
        if self.peek(length) == Some('.') && self.peek(length + 1) != Some('.') {
            length += 1 + digits(self.place + length + 1);
        }
        let text: String = self.chars[self.place..self.place + length].iter().collect();
        // Only digits and one point: always a number, at worst an infinite one.
        self.push(Token::Number(text.parse().unwrap_or(f64::NAN)), length);
    }

    fn name(&mut self) {
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let mut length = 0;
        loop {
            length += self.chars[self.place + length..].iter().take_while(|c| goes_on(**c)).count();
            // A prefix: jr:choice-name. Two colons are an axis.
            let colon = self.peek(length) == Some(':');
            if !colon || !self.peek(length + 1).is_some_and(char::is_alphabetic) {
                break;
            }
            length += 1;
        }
        if self.peek(length) == Some(':') && self.peek(length + 1) == Some(':') {
            return self.push(Token::Unsupported("axes (::)"), length + 2);
        }
        let name: String = self.chars[self.place..self.place + length].iter().collect();
        let op = match name.as_str() {
            "or" => Some(Op::Or),
            "and" => Some(Op::And),
            "div" => Some(Op::Div),
            "mod" => Some(Op::Mod),
            _ => None,
        };
        match op {
            Some(op) if self.after_operand() => self.push(Token::Op(op), length),
            _ => self.push(Token::Name(name), length),
        }
    }
}
