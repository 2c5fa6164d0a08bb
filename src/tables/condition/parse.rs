//! From the parts of a condition to what it says.

use super::ConditionError;
use super::token::{Operator, Placed, Token, tokens};
use std::ops::Range;

/// How deeply conditions may be nested: each level takes some of the stack.
const MAX_DEPTH: usize = 64;

/// What a condition says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Or(Vec<Self>),
    And(Vec<Self>),
    Not(Box<Self>),
    Compare(Operand, Operator, Operand),
    /// A name alone: a flag.
    Holds(Operand),
    Missing(Operand),
}

/// One side of a comparison, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pub value: OperandValue,
    pub place: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum OperandValue {
    Name(String),
    Number(f64),
    Text(String),
    Flag(bool),
}

/// A condition that is well formed; whether its names are there is seen when it is bound to columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    pub(super) text: String,
    pub(super) expression: Expression,
}

/// Reads a condition.
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse(text: &str) -> Result<Parsed, ConditionError> {
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let expression = parser.condition()?;
    if let Some((token, place)) = parser.tokens.get(parser.at) {
        let (problem, hint) = match token {
            Token::Close => ("a parenthesis is closed that wasn't opened", "leave it out"),
            Token::Operator(_) => ("a comparison has two sides", "join two comparisons with `and`"),
            _ => (
                "the condition goes on where it could end",
                "join conditions with `and` or `or`",
            ),
        };
        return Err(ConditionError::new(text, place.clone(), problem, hint));
    }
    Ok(Parsed {
        text: text.to_owned(),
        expression,
    })
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    /// Goes on if the next part is this one.
    fn take(&mut self, wanted: &Token) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|(token, _)| token == wanted);
        self.at += usize::from(found);
        found
    }

    fn condition(&mut self) -> Result<Expression, ConditionError> {
        let mut parts = vec![self.alternative()?];
        while self.take(&Token::Or) {
            parts.push(self.alternative()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Expression::Or(parts),
        })
    }

    fn alternative(&mut self) -> Result<Expression, ConditionError> {
        let mut parts = vec![self.part()?];
        while self.take(&Token::And) {
            parts.push(self.part()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Expression::And(parts),
        })
    }

    fn part(&mut self) -> Result<Expression, ConditionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let place = self.tokens.get(self.at).map_or(0..0, |(_, place)| place.clone());
            return Err(ConditionError::new(
                self.text,
                place,
                format!("conditions are nested more than {MAX_DEPTH} deep"),
                "leave parentheses out that aren't needed",
            ));
        }
        let part = if self.take(&Token::Not) {
            Expression::Not(Box::new(self.part()?))
        } else if self.take(&Token::Open) {
            let opened = self.tokens[self.at - 1].1.clone();
            let inner = self.condition()?;
            if !self.take(&Token::Close) {
                return Err(ConditionError::new(
                    self.text,
                    opened,
                    "a parenthesis isn't closed",
                    "close it with )",
                ));
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(part)
    }

    fn comparison(&mut self) -> Result<Expression, ConditionError> {
        let left = self.operand()?;
        if self.take(&Token::Is) {
            let not = self.take(&Token::Not);
            if !self.take(&Token::Missing) {
                return Err(self.unexpected("`is` is followed by `missing` or `not missing`"));
            }
            let missing = Expression::Missing(left);
            return Ok(match not {
                true => Expression::Not(Box::new(missing)),
                false => missing,
            });
        }
        let Some((Token::Operator(operator), _)) = self.tokens.get(self.at) else {
            return Ok(Expression::Holds(left));
        };
        let operator = *operator;
        self.at += 1;
        Ok(Expression::Compare(left, operator, self.operand()?))
    }

    fn operand(&mut self) -> Result<Operand, ConditionError> {
        let value = match self.tokens.get(self.at) {
            Some((Token::Name(name), _)) => OperandValue::Name(name.clone()),
            Some((Token::Number(number), _)) => OperandValue::Number(*number),
            Some((Token::Text(text), _)) => OperandValue::Text(text.clone()),
            Some((Token::Flag(flag), _)) => OperandValue::Flag(*flag),
            _ => return Err(self.unexpected("here belongs a name, a number or a text in quotes")),
        };
        let place = self.tokens[self.at].1.clone();
        self.at += 1;
        Ok(Operand { value, place })
    }

    /// Something else than what belongs here, or the end.
    fn unexpected(&self, hint: &str) -> ConditionError {
        match self.tokens.get(self.at) {
            Some((_, place)) => {
                let found = &self.text[place.clone()];
                ConditionError::new(self.text, place.clone(), format!("`{found}` doesn't belong here"), hint)
            }
            None => {
                let end = self.text.len();
                let problem = if self.tokens.is_empty() {
                    "the condition is empty"
                } else {
                    "the condition breaks off"
                };
                ConditionError::new(self.text, end..end, problem, hint)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(expression: &Expression) -> String {
        let side = |operand: &Operand| match &operand.value {
            OperandValue::Name(name) => name.clone(),
            OperandValue::Number(number) => number.to_string(),
            OperandValue::Text(text) => format!("'{text}'"),
            OperandValue::Flag(flag) => flag.to_string(),
        };
        let all = |parts: &[Expression], word: &str| parts.iter().map(shape).collect::<Vec<_>>().join(word);
        match expression {
            Expression::Or(parts) => format!("({})", all(parts, " | ")),
            Expression::And(parts) => format!("({})", all(parts, " & ")),
            Expression::Not(inner) => format!("!{}", shape(inner)),
            Expression::Compare(left, operator, right) => format!("[{} {operator:?} {}]", side(left), side(right)),
            Expression::Holds(operand) => side(operand),
            Expression::Missing(operand) => format!("{}?", side(operand)),
        }
    }

    #[test]
    fn conditions_are_read_as_they_are_meant() {
        for (text, expected) in [
            ("success", "success"),
            ("wind.speed_m_s < 1 and success", "([wind.speed_m_s Less 1] & success)"),
            ("a or b and not c or d", "(a | (b & !c) | d)"),
            ("(a or b) and c", "((a | b) & c)"),
            ("not (a and b)", "!(a & b)"),
            ("not not a", "!!a"),
            ("x>=-1.5e-3", "[x AtLeast -0.0015]"),
            (
                "x = 1 and y == 2 and z != .5",
                "([x Equal 1] & [y Equal 2] & [z Unequal 0.5])",
            ),
            ("navigator='surge cast'", "[navigator Equal 'surge cast']"),
            ("navigator=\"it's\"", "[navigator Equal 'it's']"),
            ("3 < x", "[3 Less x]"),
            ("x is missing or y is not missing", "(x? | !y?)"),
            ("success = false", "[success Equal false]"),
            ("android > 1", "[android Greater 1]"),
        ] {
            let parsed = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(shape(&parsed.expression), expected, "{text}");
        }
    }

    #[test]
    fn problems_are_told_with_their_place() {
        for (text, place, told) in [
            ("", 0..0, "is empty"),
            ("a and", 5..5, "breaks off"),
            ("a <", 3..3, "breaks off"),
            ("a < < 3", 4..5, "doesn't belong here"),
            ("and a", 0..3, "doesn't belong here"),
            ("(a or b", 0..1, "isn't closed"),
            ("a)", 1..2, "wasn't opened"),
            ("0 < x < 1", 6..7, "two sides"),
            ("a b", 2..3, "goes on"),
            ("a & b", 2..3, "means nothing"),
            ("x < 1m", 4..6, "no number"),
            ("x < 1e999", 4..9, "no number"),
            ("x - 1", 2..3, "no number"),
            ("x = 'abc", 4..8, "has no end"),
            ("x is 3", 5..6, "doesn't belong here"),
            ("ö < 1", 0..2, "means nothing"),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error.place, place, "{text}: {error}");
            assert!(error.problem.contains(told), "{text}: {error}");
        }
        let error = parse("wind < 1 und success").expect_err("no word").to_string();
        assert!(error.contains("\n  wind < 1 und success\n           ^^^\n"), "{error}");
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH - 1)).is_ok());
        for text in [nested(MAX_DEPTH), nested(100_000), "not ".repeat(100_000)] {
            assert!(parse(&text).expect_err("too deep").problem.contains("nested"));
        }
    }
}
