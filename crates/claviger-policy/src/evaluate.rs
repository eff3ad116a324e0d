//! Evaluates one policy for one request.

use crate::document::Policy;
use crate::request::Request;
use crate::statement::Effect;
use crate::verdict::{Allow, Verdict};

impl Policy {
    /// Evaluates the policy for one request. The order of statements does not matter.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let action = request.action.to_ascii_lowercase();
        let mut verdict = Verdict::default();
        for statement in self.statements.iter() {
            let forms = statement.forms_matching(request.principal);
            if forms.is_empty() || !statement.applies_to(&action, request) {
                continue;
            }
            match statement.effect {
                Effect::Deny => {
                    verdict.denied_by.get_or_insert_with(|| statement.reference.clone());
                }
                Effect::Allow => verdict
                    .allows
                    .extend(forms.into_iter().map(|by| Allow { statement: statement.reference.clone(), by })),
            }
        }
        verdict
    }
}
