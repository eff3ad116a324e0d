//! Rotation functions that a test writes itself.

use std::sync::{Arc, Mutex};

use claviger_types::{RotationCall, RotationFailure, RotationFunctions};

/// A function of a test.
pub(crate) type Function = Arc<dyn Fn(&RotationCall) -> Result<(), RotationFailure> + Send + Sync>;

/// The ARN of the function that a test may set.
pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-central-1:000000000000:function:rotate";

/// One function, which does nothing until a test sets it.
#[derive(Default)]
pub(crate) struct TestFunctions {
    function: Mutex<Option<Function>>,
    pub(crate) role: Mutex<Option<String>>,
}

impl TestFunctions {
    pub(crate) fn set(&self, function: Function) {
        *self.function.lock().unwrap() = Some(function);
    }
}

impl RotationFunctions for TestFunctions {
    fn is_bound(&self, function_arn: &str) -> bool {
        function_arn == FUNCTION
    }

    fn role(&self, _function_arn: &str) -> Option<String> {
        self.role.lock().unwrap().clone()
    }

    fn invoke(&self, call: &RotationCall) -> Result<(), RotationFailure> {
        let function = self.function.lock().unwrap().clone();
        function.map_or(Ok(()), |function| function(call))
    }
}
