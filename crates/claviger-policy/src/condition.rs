//! Conditions: one operator, one key and its values, evaluated against the condition keys of a request.

use crate::context::{ConditionKey, ConditionKeys, ConditionValue};
use crate::malformed::Fault;
use crate::operator::{Comparison, Operand, Operator, Quantifier, Truth};

/// An operator with one key and the values that the policy gives it. A statement's conditions must all hold.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    pub(crate) key: ConditionKey,
    /// At least one: a condition without a value has one that cannot be read. The condition holds if any of them compares.
    pub(crate) values: Vec<Operand>,
}

impl Condition {
    pub(crate) fn compile(
        operator: Operator,
        key: &str,
        values: &[String],
        variables: bool,
    ) -> Result<Condition, Fault> {
        let mut values: Vec<Operand> =
            values.iter().map(|v| operator.operand(v, variables)).collect::<Result<_, _>>()?;
        if values.is_empty() {
            values.push(Operand::Unreadable);
        }
        Ok(Condition { operator, key: ConditionKey::new(key), values })
    }

    /// Reference: IAM User Guide, "condition operators" and "single-valued vs. multivalued context keys".
    pub(crate) fn holds(&self, context: &dyn ConditionKeys) -> Truth {
        let is_null = self.operator.comparison == Comparison::Null;
        match context.lookup(&self.key) {
            ConditionValue::Ambiguous => Truth::Unknown,
            _ if is_null && !self.is_readable() => Truth::Unknown,
            ConditionValue::Absent => Truth::from(self.holds_without_key()),
            ConditionValue::One(value) => self.holds_for(std::iter::once(value), context),
            ConditionValue::Many(values) => self.holds_for(values.iter().map(String::as_str), context),
        }
    }

    /// Whether all values are of the form that the operator compares.
    pub(crate) fn is_readable(&self) -> bool {
        !self.values.contains(&Operand::Unreadable)
    }

    fn holds_without_key(&self) -> bool {
        if self.operator.comparison == Comparison::Null {
            return self.values.contains(&Operand::Null(true));
        }
        self.operator.if_exists
            || match self.operator.quantifier {
                Quantifier::Plain => self.operator.negated,
                Quantifier::Any => false,
                // AWS documents that `ForAllValues` holds without the key. In an Allow it is safe only beside `Null: false`.
                Quantifier::All => true,
            }
    }

    fn holds_for<'a>(&self, requests: impl Iterator<Item = &'a str>, context: &dyn ConditionKeys) -> Truth {
        let each = requests.map(|request| {
            let compared = Truth::any(self.values.iter().map(|value| value.compares(request, context)));
            if self.operator.negated { compared.not() } else { compared }
        });
        match self.operator.quantifier {
            Quantifier::Plain | Quantifier::Any => Truth::any(each),
            Quantifier::All => Truth::all(each),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Truth::{False, True, Unknown};
    use super::*;
    use crate::context::Context;

    /// `request` is `-` for an absent key, `[a,b]` for a multi-valued one.
    fn check(operator: &str, policy: &[&str], request: &str, expected: Truth) {
        let mut context = Context::new();
        context.set("aws:username", "ana");
        context.set_many("aws:TagKeys", vec!["x".into()]);
        match request.strip_prefix('[').and_then(|r| r.strip_suffix(']')) {
            Some(list) => {
                context.set_many("t:key", list.split(',').map(str::to_owned).filter(|v| !v.is_empty()).collect())
            }
            None if request == "-" => {}
            None => context.set("t:key", request),
        }
        let operator_read = Operator::parse(operator).unwrap();
        let values: Vec<String> = policy.iter().map(|v| (*v).to_owned()).collect();
        let condition = Condition::compile(operator_read, "T:Key", &values, true).unwrap();
        assert_eq!(condition.holds(&context), expected, "{operator} {policy:?} on {request}");
    }

    #[test]
    fn strings() {
        check("StringEquals", &["a"], "a", True);
        check("StringEquals", &["a"], "A", False);
        check("StringEquals", &["a", "b"], "b", True);
        check("StringEquals", &["a*"], "ab", False);
        check("StringEquals", &["a*"], "a*", True);
        check("StringEquals", &[""], "", True);
        check("StringEquals", &["a"], "-", False);
        check("StringNotEquals", &["a"], "a", False);
        check("StringNotEquals", &["a", "b"], "b", False);
        check("StringNotEquals", &["a", "b"], "c", True);
        check("StringNotEquals", &["a"], "-", True);
        check("StringEqualsIgnoreCase", &["Äb"], "äB", True);
        check("StringNotEqualsIgnoreCase", &["A"], "a", False);
        check("StringNotEqualsIgnoreCase", &["A"], "-", True);
        check("StringLike", &["a*c?"], "abcd", True);
        check("StringLike", &["a*"], "A", False);
        check("StringLike", &["*"], "-", False);
        check("StringNotLike", &["a*"], "abc", False);
        check("StringNotLike", &["a*"], "b", True);
        check("StringNotLike", &["*"], "-", True);
    }

    #[test]
    fn numbers() {
        check("NumericEquals", &["10"], "10.0", True);
        check("NumericEquals", &["10"], "11", False);
        check("NumericNotEquals", &["10"], "10", False);
        check("NumericNotEquals", &["10"], "-", True);
        check("NumericLessThan", &["10"], "9", True);
        check("NumericLessThan", &["10"], "10", False);
        check("NumericLessThanEquals", &["10"], "10", True);
        check("NumericGreaterThan", &["10"], "10", False);
        check("NumericGreaterThan", &["9"], "10", True);
        check("NumericGreaterThanEquals", &["10"], "10", True);
        check("NumericGreaterThanEquals", &["10"], "-", False);
        check("NumericEquals", &["10"], "ten", Unknown);
        check("NumericNotEquals", &["10"], "ten", Unknown);
        check("NumericEquals", &["9007199254740993"], "9007199254740992", False);
    }

    #[test]
    fn dates() {
        check("DateEquals", &["2026-01-01T00:00:00Z"], "1767225600", True);
        check("DateNotEquals", &["2026-01-01"], "2026-01-01T00:00:00Z", False);
        check("DateLessThan", &["2026-01-01"], "2025-12-31T23:59:59Z", True);
        check("DateLessThan", &["2026-01-01"], "2026-01-01T00:00:00Z", False);
        check("DateLessThanEquals", &["2026-01-01"], "2026-01-01T01:00:00+01:00", True);
        check("DateGreaterThan", &["2026-01-01"], "2026-01-01T00:00:00.001Z", True);
        check("DateGreaterThanEquals", &["2026-01-01"], "-", False);
        check("DateNotEquals", &["2026-01-01"], "-", True);
        check("DateGreaterThan", &["2026-01-01"], "soon", Unknown);
    }

    #[test]
    fn booleans_binaries_and_addresses() {
        check("Bool", &["true"], "TRUE", True);
        check("Bool", &["False"], "true", False);
        check("Bool", &["false"], "-", False);
        check("Bool", &["true"], "yes", Unknown);
        check("BinaryEquals", &["AQID"], "AQID", True);
        check("BinaryEquals", &["AQID"], "AQIE", False);
        check("BinaryEquals", &["AQID"], "-", False);
        check("BinaryEquals", &["AQID"], "!", Unknown);
        check("IpAddress", &["10.0.0.0/8", "192.168.1.1"], "192.168.1.1", True);
        check("IpAddress", &["10.0.0.0/8"], "11.0.0.1", False);
        check("IpAddress", &["10.0.0.0/8"], "-", False);
        check("IpAddress", &["10.0.0.0/8"], "::ffff:10.1.1.1", True);
        check("IpAddress", &["10.0.0.0/8"], "localhost", Unknown);
        check("NotIpAddress", &["10.0.0.0/8"], "11.0.0.1", True);
        check("NotIpAddress", &["10.0.0.0/8", "11.0.0.0/8"], "11.0.0.1", False);
        check("NotIpAddress", &["10.0.0.0/8"], "localhost", Unknown);
        check("NotIpAddress", &["10.0.0.0/8"], "-", True);
    }

    #[test]
    fn arns() {
        let role = "arn:aws:iam::111122223333:role/team/ops";
        for operator in ["ArnLike", "ArnEquals"] {
            check(operator, &[role], role, True);
            check(operator, &["arn:aws:iam::111122223333:role/*"], role, True);
            check(operator, &["arn:*:iam:*:*:role/*/op?"], role, True);
            check(operator, &["arn:aws:iam::*:user/*"], role, False);
            // A wildcard stays inside its part.
            check(operator, &["arn:aws:*:role/team/ops:*:*"], role, False);
            check(operator, &["arn:aws:iam*:*:*:*"], role, True);
            check(operator, &["*"], role, True);
            check(operator, &[role], "-", False);
            check(operator, &[role], "not an arn", Unknown);
            check(operator, &["*"], "not an arn", Unknown);
        }
        for operator in ["ArnNotLike", "ArnNotEquals"] {
            check(operator, &["arn:aws:iam::*:role/*"], role, False);
            check(operator, &["arn:aws:iam::*:user/*"], role, True);
            check(operator, &[role], "-", True);
            check(operator, &[role], "not an arn", Unknown);
        }
        check("ArnLike", &["arn:aws:sqs:*:*:a*"], "arn:aws:sqs:r:1:a:b:c", True);
    }

    #[test]
    fn null_and_if_exists() {
        check("Null", &["true"], "-", True);
        check("Null", &["true"], "a", False);
        check("Null", &["false"], "a", True);
        check("Null", &["false"], "-", False);
        check("Null", &["true", "false"], "a", True);
        check("Null", &["true"], "[]", True);
        check("StringEqualsIfExists", &["a"], "-", True);
        check("StringEqualsIfExists", &["a"], "a", True);
        check("StringEqualsIfExists", &["a"], "b", False);
        check("StringNotEqualsIfExists", &["a"], "-", True);
        check("StringNotEqualsIfExists", &["a"], "a", False);
        check("BoolIfExists", &["true"], "-", True);
        check("IpAddressIfExists", &["10.0.0.0/8"], "11.0.0.1", False);
        check("ForAnyValue:StringEqualsIfExists", &["a"], "-", True);
        check("NumericLessThanIfExists", &["5"], "6", False);
    }

    #[test]
    fn sets() {
        check("ForAllValues:StringEquals", &["a", "b"], "[a,b]", True);
        check("ForAllValues:StringEquals", &["a", "b"], "[a]", True);
        check("ForAllValues:StringEquals", &["a", "b"], "[a,c]", False);
        check("ForAllValues:StringEquals", &["a"], "-", True);
        check("ForAllValues:StringEquals", &["a"], "[]", True);
        check("ForAllValues:StringNotEquals", &["a"], "[b,c]", True);
        check("ForAllValues:StringNotEquals", &["a"], "[a,b]", False);
        check("ForAllValues:StringLike", &["a*"], "[a1,a2]", True);
        check("ForAnyValue:StringEquals", &["a", "b"], "[c,b]", True);
        check("ForAnyValue:StringEquals", &["a"], "[b,c]", False);
        check("ForAnyValue:StringEquals", &["a"], "-", False);
        check("ForAnyValue:StringEquals", &["a"], "[]", False);
        check("ForAnyValue:StringNotEquals", &["a"], "[a,b]", True);
        check("ForAnyValue:StringNotEquals", &["a"], "[a]", False);
        check("ForAnyValue:StringNotEquals", &["a"], "-", False);
        check("ForAnyValue:StringEquals", &["a"], "a", True);
        check("ForAllValues:StringEquals", &["a"], "b", False);
        check("StringEquals", &["a"], "[b,a]", True);
        check("ForAllValues:NumericLessThan", &["5"], "[1,x]", Unknown);
        check("ForAllValues:NumericLessThan", &["5"], "[9,x]", False);
        check("ForAnyValue:NumericLessThan", &["5"], "[1,x]", True);
        check("ForAnyValue:NumericLessThan", &["5"], "[9,x]", Unknown);
    }

    #[test]
    fn variables() {
        check("StringEquals", &["${aws:username}"], "ana", True);
        check("StringEquals", &["${aws:username}"], "bea", False);
        check("StringEquals", &["${*}"], "*", True);
        check("StringLike", &["${*}"], "x", False);
        check("StringLike", &["${aws:username}-*"], "ana-1", True);
        check("StringEquals", &["${aws:PrincipalTag/none}"], "", False);
        check("StringNotEquals", &["${aws:PrincipalTag/none}"], "x", True);
        check("StringEquals", &["${aws:PrincipalTag/none, 'dflt'}"], "dflt", True);
        check("StringEquals", &["${aws:TagKeys}"], "x", False);
        check("ArnLike", &["arn:aws:iam::*:user/${aws:username}"], "arn:aws:iam::1:user/ana", True);
        check("ArnLike", &["arn:aws:iam::*:user/${aws:username}"], "arn:aws:iam::1:user/bea", False);
        check("Bool", &["${aws:PrincipalTag/none, 'true'}"], "true", True);
        check("Bool", &["${aws:username}"], "true", Unknown);
    }
}
