//! Words, numbers, texts and signs of a condition.

use super::ConditionError;
use std::ops::Range;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    Unequal,
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(f64),
    Text(String),
    Flag(bool),
    Operator(Operator),
    Open,
    Close,
    And,
    Or,
    Not,
    Is,
    Missing,
}

/// A part and where it stands.
pub(super) type Placed = (Token, Range<usize>);

/// Signs, longer ones first.
const SIGNS: [(&str, Token); 9] = [
    ("<=", Token::Operator(Operator::AtMost)),
    (">=", Token::Operator(Operator::AtLeast)),
    ("==", Token::Operator(Operator::Equal)),
    ("!=", Token::Operator(Operator::Unequal)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::Greater)),
    ("=", Token::Operator(Operator::Equal)),
    ("(", Token::Open),
    (")", Token::Close),
];

/// The parts of a condition.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, ConditionError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            (token.clone(), sign.len())
        } else if first == '"' || first == '\'' {
            quoted(text, at, first)?
        } else if first.is_ascii_digit() || matches!(first, '.' | '+' | '-') {
            number(text, at)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            word(rest)
        } else {
            return Err(ConditionError::new(
                text,
                at..at + first.len_utf8(),
                format!("`{first}` means nothing here"),
                "a condition is made of names, numbers, texts in quotes, < <= > >= = !=, and, or, not, ( and )",
            ));
        };
        found.push((token, at..at + length));
        at += length;
    }
    Ok(found)
}

/// A text up to the quote that it began with.
fn quoted(text: &str, at: usize, quote: char) -> Result<(Token, usize), ConditionError> {
    match text[at + 1..].find(quote) {
        Some(length) => Ok((Token::Text(text[at + 1..at + 1 + length].to_owned()), length + 2)),
        None => Err(ConditionError::new(
            text,
            at..text.len(),
            "a text has no end",
            format!("close it with {quote}"),
        )),
    }
}

fn number(text: &str, at: usize) -> Result<(Token, usize), ConditionError> {
    let rest = &text.as_bytes()[at..];
    let mut length = 0;
    while let Some(letter) = rest.get(length) {
        let after_exponent = length > 0 && matches!(rest[length - 1], b'e' | b'E');
        let belongs = letter.is_ascii_alphanumeric()
            || matches!(letter, b'.' | b'_')
            || (matches!(letter, b'+' | b'-') && (length == 0 || after_exponent));
        if !belongs {
            break;
        }
        length += 1;
    }
    let written = &text[at..at + length];
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((Token::Number(number), length)),
        _ => Err(ConditionError::new(
            text,
            at..at + length,
            format!("`{written}` is no number"),
            "write numbers like 1, 0.5 or 2e-3",
        )),
    }
}

fn word(rest: &str) -> (Token, usize) {
    let belongs = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
    let length = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
    let token = match &rest[..length] {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        "is" => Token::Is,
        "missing" => Token::Missing,
        "true" => Token::Flag(true),
        "false" => Token::Flag(false),
        name => Token::Name(name.to_owned()),
    };
    (token, length)
}
