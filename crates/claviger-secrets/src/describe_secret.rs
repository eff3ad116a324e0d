//! DescribeSecret: all of a secret but its values. It works on a secret that is scheduled for deletion, too.

use claviger_model::secretsmanager::{DescribeSecretRequest, DescribeSecretResponse};
use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::context::RunCx;
use claviger_core::error::Error;

use super::describe;
use super::on_secret::{Accepts, SecretOperation};

pub(crate) struct DescribeSecret;

impl SecretOperation for DescribeSecret {
    const ACTION: &'static str = "secretsmanager:DescribeSecret";
    const READ_ONLY: bool = true;
    const ACCEPTS: Accepts = Accepts::Any;
    type Input = DescribeSecretRequest;
    type Output = DescribeSecretResponse;

    fn secret_id(input: &Self::Input) -> &str {
        &input.secret_id
    }

    fn run(_input: Self::Input, record: SecretRecord, _cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        Ok(describe::description(&record))
    }
}
