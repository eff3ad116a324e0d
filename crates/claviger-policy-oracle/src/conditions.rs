//! The `Condition` element (IAM User Guide, "IAM JSON policy elements: Condition", "Multivalued context keys").

use serde_json::Value as Json;

use crate::broken_rule::BrokenPolicyRule;
use crate::json;
use crate::operators::{Operator, SetOperator};
use crate::question::{KeyValue, Question};
use crate::truth::{self, Maybe};
use crate::values;

/// Whether a condition block holds: all of its operators, and of each operator all keys.
pub fn block_holds(block: &Json, has_variables: bool, question: &Question<'_>) -> Maybe {
    let operators = block.as_object().into_iter().flatten();
    truth::all(operators.flat_map(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(move |(key, values)| holds(operator, key, values, has_variables, question))
    }))
}

fn holds(operator: &str, key: &str, values: &Json, has_variables: bool, question: &Question<'_>) -> Maybe {
    let operator = Operator::read(operator)?;
    let values: Vec<String> = json::several(values).into_iter().map(json::text).collect::<Option<_>>()?;
    let value = question.lookup(key);
    if value == KeyValue::Absent && operator.name != "Null" {
        // Nothing is compared, so that it does not matter whether the policy's values can be.
        return Some(holds_without_key(&operator, question));
    }
    // A comparison with nothing cannot be evaluated. One with several values, of which some are not of the operator's form, can be if another one decides.
    if values.is_empty() {
        return None;
    }
    if value == KeyValue::Ambiguous {
        return None;
    }
    if operator.name == "Null" {
        let absent = value == KeyValue::Absent;
        return truth::any(values.iter().map(|value| Some(values::boolean(value)? == absent)));
    }
    let requested: Vec<&str> = match value {
        KeyValue::Single(value) => vec![value],
        KeyValue::Several(values) => values.iter().map(String::as_str).collect(),
        KeyValue::Absent | KeyValue::Ambiguous => return None,
    };
    let each = requested.iter().map(|value| operator.compare(value, &values, has_variables, question));
    match operator.set {
        SetOperator::ForAllValues if !question.breaks(BrokenPolicyRule::ForAllValuesAsAny) => truth::all(each),
        // AWS does not say what an operator without a set operator does with a multi-valued key.
        _ => truth::any(each),
    }
}

/// Whether a condition on a key holds that the request lacks. "If the key is not present, evaluate the condition element as true"
/// (`IfExists`). `ForAllValues` "returns true if there are no context keys in the request", `ForAnyValue` false. "If the key that you
/// specify in a policy condition is not present in the request context, the values do not match and the condition is false. If the policy
/// condition requires that the key is not matched, such as StringNotLike or ArnNotLike, and the right key is not present, the condition is true."
fn holds_without_key(operator: &Operator<'_>, question: &Question<'_>) -> bool {
    if operator.if_exists && !question.breaks(BrokenPolicyRule::IgnoreIfExists) {
        return true;
    }
    match operator.set {
        SetOperator::ForAllValues => !question.breaks(BrokenPolicyRule::ForAllValuesNeedsValue),
        SetOperator::ForAnyValue => false,
        SetOperator::Plain => operator.is_negated() && !question.breaks(BrokenPolicyRule::MissingKeyFailsNegated),
    }
}
