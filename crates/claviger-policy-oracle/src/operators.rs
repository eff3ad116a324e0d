//! The condition operators (IAM User Guide, "IAM JSON policy elements: Condition operators").

use std::cmp::Ordering;

use crate::broken_rule::BrokenPolicyRule;
use crate::question::Question;
use crate::text::{self, Expanded, Piece};
use crate::truth::{self, Maybe};
use crate::values;

/// How a set operator joins the values of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOperator {
    /// None is given.
    Plain,
    /// `ForAllValues:`
    ForAllValues,
    /// `ForAnyValue:`
    ForAnyValue,
}

/// The name of an operator in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator<'a> {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub set: SetOperator,
    /// `StringNotEquals`: the name without prefix and suffix.
    pub name: &'a str,
    /// Whether the name ends in `IfExists`.
    pub if_exists: bool,
}

/// The positive operators of each negated one.
const NEGATED: [(&str, &str); 8] = [
    ("StringNotEquals", "StringEquals"),
    ("StringNotEqualsIgnoreCase", "StringEqualsIgnoreCase"),
    ("StringNotLike", "StringLike"),
    ("NumericNotEquals", "NumericEquals"),
    ("DateNotEquals", "DateEquals"),
    ("NotIpAddress", "IpAddress"),
    ("ArnNotEquals", "ArnEquals"),
    ("ArnNotLike", "ArnLike"),
];

/// The operators that are not negated.
const POSITIVE: [&str; 20] = [
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "NumericEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "ArnEquals",
    "ArnLike",
    "Null",
    "",
];

impl Operator<'_> {
    /// Reads a name; `None` if there is no such operator.
    pub fn read(name: &str) -> Option<Operator<'_>> {
        let (set, rest) = match name.split_once(':') {
            None => (SetOperator::Plain, name),
            Some(("ForAllValues", rest)) => (SetOperator::ForAllValues, rest),
            Some(("ForAnyValue", rest)) => (SetOperator::ForAnyValue, rest),
            Some(_) => return None,
        };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let known =
            !name.is_empty() && (POSITIVE.contains(&name) || NEGATED.iter().any(|(negated, _)| *negated == name));
        // "You can add IfExists to the end of any condition operator name except the Null condition".
        // AWS does not say that a set operator may stand before it.
        (known && !(name == "Null" && (if_exists || set != SetOperator::Plain))).then_some(Operator {
            set,
            name,
            if_exists,
        })
    }

    /// Whether it matches where its positive form does not.
    pub fn is_negated(&self) -> bool {
        self.positive() != self.name
    }

    fn positive(&self) -> &str {
        NEGATED.iter().find(|(negated, _)| *negated == self.name).map_or(self.name, |(_, positive)| *positive)
    }

    /// Whether policy variables are replaced in its values: those of strings, ARNs and truth values.
    pub fn has_variables(&self) -> bool {
        let name = self.positive();
        name.starts_with("String") || name.starts_with("Arn") || name == "Bool"
    }

    /// Compares one value of the request with all values of the policy. The values of a positive operator are joined by "or". Those of a
    /// negated one are joined by "nor": it matches if none of them does.
    pub fn compare(&self, request: &str, policy: &[String], has_variables: bool, question: &Question<'_>) -> Maybe {
        let each = policy.iter().map(|value| self.equals(request, value, has_variables, question));
        if !self.is_negated() {
            truth::any(each)
        } else if question.breaks(BrokenPolicyRule::NegatedValuesOred) {
            truth::any(each.map(truth::not))
        } else {
            truth::not(truth::any(each))
        }
    }

    /// The comparison of the positive operator.
    fn equals(&self, request: &str, policy: &str, has_variables: bool, question: &Question<'_>) -> Maybe {
        match self.positive() {
            "StringEquals" => with(policy, has_variables, question, |p| Some(text::literal(&p) == request)),
            "StringEqualsIgnoreCase" => with(policy, has_variables, question, |p| {
                Some(text::literal(&p).to_lowercase() == request.to_lowercase())
            }),
            "StringLike" => with(policy, has_variables, question, |p| Some(text::matches(&p, &text::chars(request)))),
            "Bool" => with(policy, has_variables, question, |p| {
                Some(values::boolean(request)? == values::boolean(&text::literal(&p))?)
            }),
            "ArnEquals" | "ArnLike" => with(policy, has_variables, question, |p| arn_matches(&p, request, question)),
            "BinaryEquals" => Some(values::bytes(request)? == values::bytes(policy)?),
            "IpAddress" => Some(values::contains(values::network(policy)?, values::address(request)?)),
            name if name.starts_with("Numeric") => {
                ordered(name, values::Decimal::read(request)?.cmp(&values::Decimal::read(policy)?))
            }
            name => ordered(name, values::moment(request)?.cmp(&values::moment(policy)?)),
        }
    }
}

/// The policy's value after variables have been replaced. A variable without a value makes the value match nothing.
fn with(
    policy: &str,
    has_variables: bool,
    question: &Question<'_>,
    compare: impl FnOnce(Vec<Piece>) -> Maybe,
) -> Maybe {
    match text::expand(policy, has_variables, question) {
        Expanded::Pieces(pieces) => compare(pieces),
        Expanded::NoValue => Some(false),
        Expanded::Unknown => None,
    }
}

/// Whether the request's value is ordered to the policy's as the operator says.
fn ordered(name: &str, order: Ordering) -> Maybe {
    Some(match name.trim_start_matches("Numeric").trim_start_matches("Date") {
        "Equals" => order.is_eq(),
        "LessThan" => order.is_lt(),
        "LessThanEquals" => order.is_le(),
        "GreaterThan" => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// "Each of the six colon-delimited components of the ARN is checked separately and each can include multi-character match wildcards
/// (*) or single-character match wildcards (?)."
fn arn_matches(pattern: &[Piece], arn: &str, question: &Question<'_>) -> Maybe {
    if question.breaks(BrokenPolicyRule::ArnWildcardsCrossColons) {
        return Some(text::matches(pattern, &text::chars(arn)));
    }
    // AWS does not say that a lone star stands for every ARN.
    if pattern == [Piece::Star] {
        return six_parts(&text::chars(arn), |c| *c == ':').map(|_| true);
    }
    let pattern = six_parts(pattern, |piece| *piece == Piece::Char(':'))?;
    let arn = six_parts(&text::chars(arn), |c| *c == ':')?;
    Some(pattern.iter().zip(&arn).all(|(pattern, part)| text::matches(pattern, part)))
}

/// The parts between the first five colons; the sixth keeps its colons.
fn six_parts<T: Clone>(whole: &[T], is_colon: impl Fn(&T) -> bool) -> Option<Vec<Vec<T>>> {
    let parts: Vec<Vec<T>> = whole.splitn(6, is_colon).map(<[T]>::to_vec).collect();
    (parts.len() == 6).then_some(parts)
}
