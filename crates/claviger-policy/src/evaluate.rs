//! Evaluates one policy for one request.

use crate::document::Policy;
use crate::forms::Forms;
use crate::request::Request;
use crate::statement::{Asked, Effect, Statement};
use crate::verdict::{Allow, Verdict};

impl Policy {
    /// Evaluates the policy for one request. The order of statements does not matter.
    pub fn evaluate(&self, request: &Request<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        self.each_that_applies(&Asked::new(request), |statement, forms| match statement.effect {
            Effect::Deny => {
                verdict.denied_by.get_or_insert_with(|| statement.reference.clone());
            }
            Effect::Allow => {
                verdict.allows.extend(forms.iter().map(|by| Allow { statement: statement.reference.clone(), by }));
            }
        });
        verdict
    }

    /// Calls `each` with every statement that applies to the request, and the forms in which it names the principal.
    pub(crate) fn each_that_applies<'p>(&'p self, asked: &Asked<'_>, mut each: impl FnMut(&'p Statement, Forms)) {
        for statement in self.statements.iter() {
            let forms = statement.forms_applying_to(asked);
            if !forms.is_empty() {
                each(statement, forms);
            }
        }
    }
}
