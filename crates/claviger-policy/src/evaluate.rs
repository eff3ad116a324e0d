//! Judges one request by one policy.

use crate::document::Policy;
use crate::request::Request;
use crate::statement::Effect;
use crate::verdict::{Allow, Verdict};

impl Policy {
    /// Judges one request. The order of statements does not matter.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let action = request.action.to_ascii_lowercase();
        let mut verdict = Verdict::default();
        for statement in self.statements.iter() {
            let forms = statement.speaks_of(request.principal);
            if forms.is_empty() || !statement.is_about(&action, request) {
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
