//! Condition operators: their names, and how one policy value compares with one request value.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::context::{ConditionKeys, Context};
use crate::glob::{self, Atom};
use crate::malformed::Fault;
use crate::scalar::{self, Network};
use crate::variables::{Reading, Template, Unresolved};

/// The result of a comparison or condition. An Allow needs `True`; a Deny applies unless `False`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    /// It cannot be evaluated: a value is not of the operator's form, or a key is ambiguous.
    Unknown,
}

/// `[ForAllValues:|ForAnyValue:]Name[IfExists]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) comparison: Comparison,
    /// `StringNotEquals` and other `Not` operators: true when no value compares.
    pub(crate) negated: bool,
    pub(crate) quantifier: Quantifier,
    /// An absent key satisfies it.
    pub(crate) if_exists: bool,
}

/// How many of the request's values have to satisfy the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// No quantifier. With several values, any of them.
    Plain,
    Any,
    All,
}

/// How a policy value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equals,
    EqualsIgnoreCase,
    Like,
    Number(Order),
    Date(Order),
    Bool,
    Binary,
    Address,
    Arn,
    /// Whether the key is absent.
    Null,
}

/// The order that the request's value must have to the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A policy value, parsed for its operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    Equals(Template),
    EqualsIgnoreCase(Template),
    Like(Template),
    Number(Order, i128),
    Date(Order, i128),
    Bool(Template),
    Binary(Vec<u8>),
    Address(Network),
    Arn(Template),
    Null(bool),
    /// A value that is not of the operator's form. AWS stores it. What it would compare with is unknown.
    Unreadable,
}

impl From<bool> for Truth {
    fn from(known: bool) -> Truth {
        if known { Truth::True } else { Truth::False }
    }
}

impl Truth {
    pub(crate) fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }

    /// True if one of them is; unknown if one could be.
    pub(crate) fn any(truths: impl Iterator<Item = Truth>) -> Truth {
        let mut unknown = false;
        for truth in truths {
            match truth {
                Truth::True => return Truth::True,
                Truth::Unknown => unknown = true,
                Truth::False => {}
            }
        }
        if unknown { Truth::Unknown } else { Truth::False }
    }

    /// False if one of them is; unknown if one could be.
    pub(crate) fn all(truths: impl Iterator<Item = Truth>) -> Truth {
        Truth::any(truths.map(Truth::not)).not()
    }
}

impl Operator {
    /// Reads an operator's name; `None` if there is no such operator.
    pub(crate) fn parse(name: &str) -> Option<Operator> {
        let (quantifier, name) = if let Some(rest) = name.strip_prefix("ForAllValues:") {
            (Quantifier::All, rest)
        } else if let Some(rest) = name.strip_prefix("ForAnyValue:") {
            (Quantifier::Any, rest)
        } else {
            (Quantifier::Plain, name)
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (comparison, negated) = comparison(name)?;
        // `Null` tests whether the key is absent, so `IfExists` and quantifiers are not possible with it.
        if comparison == Comparison::Null && (if_exists || quantifier != Quantifier::Plain) {
            return None;
        }
        Some(Operator { comparison, negated, quantifier, if_exists })
    }

    /// Reads a policy value. `variables` is whether the document's version has them.
    pub(crate) fn operand(&self, value: &str, variables: bool) -> Result<Operand, Fault> {
        let template = |wildcards: bool| {
            Template::compile(value, Reading { wildcards, variables })
                .map_err(|_| Fault::syntax(format!("`{value}` has a policy variable that cannot be read")))
        };
        let read = match self.comparison {
            Comparison::Equals => Some(Operand::Equals(template(false)?)),
            Comparison::EqualsIgnoreCase => Some(Operand::EqualsIgnoreCase(template(false)?)),
            Comparison::Like => Some(Operand::Like(template(true)?)),
            Comparison::Number(order) => scalar::number(value).map(|n| Operand::Number(order, n)),
            // IAM checks dates in its older reader, which has its own error text.
            Comparison::Date(_) if !scalar::is_date(value) => return Err(Fault::LegacyParsing),
            Comparison::Date(order) => scalar::instant(value).map(|n| Operand::Date(order, n)),
            Comparison::Bool => bool_operand(template(false)?),
            Comparison::Binary => STANDARD.decode(value).map(Operand::Binary).ok(),
            Comparison::Address => Network::parse(value).map(Operand::Address),
            Comparison::Arn => arn_operand(template(true)?),
            Comparison::Null => boolean(value).map(Operand::Null),
        };
        Ok(read.unwrap_or(Operand::Unreadable))
    }
}

impl fmt::Display for Operator {
    /// Its name. `ArnEquals` is another name of `ArnLike`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.quantifier {
            Quantifier::Plain => "",
            Quantifier::Any => "ForAnyValue:",
            Quantifier::All => "ForAllValues:",
        })?;
        let not = if self.negated { "Not" } else { "" };
        match self.comparison {
            Comparison::Equals => write!(f, "String{not}Equals"),
            Comparison::EqualsIgnoreCase => write!(f, "String{not}EqualsIgnoreCase"),
            Comparison::Like => write!(f, "String{not}Like"),
            Comparison::Number(order) => write!(f, "Numeric{not}{}", order.name()),
            Comparison::Date(order) => write!(f, "Date{not}{}", order.name()),
            Comparison::Bool => f.write_str("Bool"),
            Comparison::Binary => f.write_str("BinaryEquals"),
            Comparison::Address => write!(f, "{not}IpAddress"),
            Comparison::Arn => write!(f, "Arn{not}Like"),
            Comparison::Null => f.write_str("Null"),
        }?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

impl Order {
    fn name(self) -> &'static str {
        match self {
            Order::Equal => "Equals",
            Order::Less => "LessThan",
            Order::LessOrEqual => "LessThanEquals",
            Order::Greater => "GreaterThan",
            Order::GreaterOrEqual => "GreaterThanEquals",
        }
    }
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    Some(match name {
        "StringEquals" => (Comparison::Equals, false),
        "StringNotEquals" => (Comparison::Equals, true),
        "StringEqualsIgnoreCase" => (Comparison::EqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Comparison::EqualsIgnoreCase, true),
        "StringLike" => (Comparison::Like, false),
        "StringNotLike" => (Comparison::Like, true),
        "Bool" => (Comparison::Bool, false),
        "BinaryEquals" => (Comparison::Binary, false),
        "IpAddress" => (Comparison::Address, false),
        "NotIpAddress" => (Comparison::Address, true),
        "ArnEquals" | "ArnLike" => (Comparison::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Comparison::Arn, true),
        "Null" => (Comparison::Null, false),
        other => {
            if let Some(order) = other.strip_prefix("Numeric") {
                let (order, negated) = ordering(order)?;
                (Comparison::Number(order), negated)
            } else {
                let (order, negated) = ordering(other.strip_prefix("Date")?)?;
                (Comparison::Date(order), negated)
            }
        }
    })
}

fn ordering(name: &str) -> Option<(Order, bool)> {
    Some(match name {
        "Equals" => (Order::Equal, false),
        "NotEquals" => (Order::Equal, true),
        "LessThan" => (Order::Less, false),
        "LessThanEquals" => (Order::LessOrEqual, false),
        "GreaterThan" => (Order::Greater, false),
        "GreaterThanEquals" => (Order::GreaterOrEqual, false),
        _ => return None,
    })
}

fn bool_operand(template: Template) -> Option<Operand> {
    let is_fixed = template.is_literal();
    let reads = template.text(&Context::new()).ok().and_then(|text| boolean(&text)).is_some();
    (reads || !is_fixed).then_some(Operand::Bool(template))
}

/// An ARN pattern is compared part by part, so a fixed one of fewer parts could never match. `*` alone means any ARN.
fn arn_operand(template: Template) -> Option<Operand> {
    let fixed_parts = match &template {
        Template::Fixed(atoms) => arn_parts(atoms).is_some() || template.is_anything(),
        Template::Open(_) => true,
    };
    fixed_parts.then_some(Operand::Arn(template))
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

impl Order {
    fn holds(self, request: i128, policy: i128) -> bool {
        match self {
            Order::Equal => request == policy,
            Order::Less => request < policy,
            Order::LessOrEqual => request <= policy,
            Order::Greater => request > policy,
            Order::GreaterOrEqual => request >= policy,
        }
    }
}

impl Operand {
    /// Whether the request's value compares with this one, before any negation.
    pub(crate) fn compares(&self, request: &str, context: &dyn ConditionKeys) -> Truth {
        self.judge(request, context).unwrap_or_else(|unresolved| match unresolved {
            // A policy value with a variable that has no value equals nothing (IAM User Guide, "policy variables").
            Unresolved::Missing => Truth::False,
            Unresolved::Ambiguous => Truth::Unknown,
        })
    }

    fn judge(&self, request: &str, context: &dyn ConditionKeys) -> Result<Truth, Unresolved> {
        let known = |compared: Option<bool>| compared.map_or(Truth::Unknown, Truth::from);
        Ok(match self {
            Operand::Equals(value) => Truth::from(value.text(context)? == request),
            Operand::EqualsIgnoreCase(value) => {
                Truth::from(value.text(context)?.to_lowercase() == request.to_lowercase())
            }
            Operand::Like(value) => Truth::from(glob::matches(&value.pattern(context)?, request)),
            Operand::Number(order, value) => known(scalar::number(request).map(|r| order.holds(r, *value))),
            Operand::Date(order, value) => known(scalar::instant(request).map(|r| order.holds(r, *value))),
            Operand::Bool(value) => {
                let value = boolean(&value.text(context)?);
                known(boolean(request).zip(value).map(|(r, v)| r == v))
            }
            Operand::Binary(value) => known(STANDARD.decode(request).ok().map(|r| r == *value)),
            Operand::Address(network) => known(request.parse::<IpAddr>().ok().map(|r| network.contains(r))),
            Operand::Arn(value) => arn_like(&value.pattern(context)?, request),
            // Values are compared only when the key is present.
            Operand::Null(absent) => Truth::from(!absent),
            Operand::Unreadable => Truth::Unknown,
        })
    }
}

fn arn_like(pattern: &[Atom], request: &str) -> Truth {
    let request: Vec<&str> = request.splitn(6, ':').collect();
    if request.len() != 6 || request.first() != Some(&"arn") {
        return Truth::Unknown;
    }
    if !pattern.is_empty() && pattern.iter().all(|a| *a == Atom::AnyMany) {
        return Truth::True;
    }
    let Some(pattern) = arn_parts(pattern) else { return Truth::Unknown };
    Truth::from(pattern.iter().zip(request).all(|(pattern, part)| glob::matches(pattern, part)))
}

/// The six parts of an ARN pattern; the last one may hold colons.
fn arn_parts(pattern: &[Atom]) -> Option<Vec<&[Atom]>> {
    let parts: Vec<&[Atom]> = pattern.splitn(6, |atom| *atom == Atom::Char(':')).collect();
    (parts.len() == 6).then_some(parts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let known = |name: &str| assert!(Operator::parse(name).is_some(), "{name}");
        for family in ["Numeric", "Date"] {
            for order in ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"] {
                known(&format!("{family}{order}"));
                known(&format!("ForAllValues:{family}{order}IfExists"));
            }
        }
        known("ForAnyValue:StringLike");
        known("BinaryEquals");
        known("Null");
        for name in [
            "",
            "String",
            "stringEquals",
            "StringEqual",
            "StringEqualsIfexists",
            "IfExists",
            "NullIfExists",
            "ForAnyValue:Null",
            "ForAllValue:StringEquals",
            "ForAnyValue:ForAllValues:StringEquals",
            "NotBool",
            "Numeric",
            "DateLike",
            "StringEqualsIfExistsIfExists",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }

    #[test]
    fn values_that_do_not_fit_their_operator_are_kept_unread() {
        let check = |operator: &str, value: &str, fits: bool| {
            let operand = Operator::parse(operator).unwrap().operand(value, true).unwrap();
            assert_eq!(operand != Operand::Unreadable, fits, "{operator} {value}");
        };
        check("NumericEquals", "${aws:EpochTime}", false);
        check("NumericEquals", "1*", false);
        check("DateLessThan", "2026", false);
        check("DateLessThan", "2026-01", true);
        check("IpAddress", "10.0.0.0/8", true);
        check("IpAddress", "10.0.0.*", false);
        check("Bool", "TRUE", true);
        check("Bool", "yes", false);
        check("Bool", "${aws:PrincipalTag/flag}", true);
        check("BinaryEquals", "AQID", true);
        check("BinaryEquals", "A*", false);
        check("Null", "false", true);
        check("Null", "${aws:PrincipalTag/flag}", false);
        check("ArnLike", "*", true);
        check("ArnLike", "arn:aws:iam::*", false);
        check("ArnLike", "${aws:PrincipalArn}", true);
        let refused = |operator: &str, value: &str, fault: Fault| {
            let read = Operator::parse(operator).unwrap().operand(value, true);
            assert_eq!(
                std::mem::discriminant(&read.unwrap_err()),
                std::mem::discriminant(&fault),
                "{operator} {value}"
            );
        };
        refused("StringEquals", "${", Fault::syntax(""));
        refused("DateLessThan", "tomorrow", Fault::LegacyParsing);
    }
}
