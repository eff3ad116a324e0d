//! The `Recipient` of a request: an enclave or instance that proves what it runs by an attestation document, and to whose key the secret
//! of the answer is encrypted (reference: AWS KMS, "Cryptographic attestation support in AWS KMS").

use std::fmt::Write as _;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use claviger_crypto::{Attestation, AttestationSource};
use claviger_model::kms::{RecipientInfo, error};
use claviger_policy::Context;
use claviger_types::{MaterialId, Sensitive};

use claviger_core::audit::AuditContext;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

/// The verified recipient of a request; none for most requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recipient(Option<Rc<Attestation>>);

/// The secret of an answer.
pub(crate) enum Delivered {
    /// In the clear: the request has no recipient.
    Plaintext(Sensitive<Vec<u8>>),
    /// `CiphertextForRecipient`
    Ciphertext(Vec<u8>),
}

impl Delivered {
    /// The values of the member for the secret and of `CiphertextForRecipient`. One of them is absent.
    pub(crate) fn into_members(self) -> (Option<Sensitive<Vec<u8>>>, Option<Vec<u8>>) {
        match self {
            Delivered::Plaintext(secret) => (Some(secret), None),
            Delivered::Ciphertext(ciphertext) => (None, Some(ciphertext)),
        }
    }
}

impl Recipient {
    /// Verifies the attestation document of a request, if there is one. A plaintext for an unverified recipient would defeat the
    /// purpose of the document, so nothing else happens to a request whose document is refused.
    pub(crate) fn verify(cx: &Cx<'_, '_>, given: Option<&RecipientInfo>) -> Result<Recipient, Error> {
        match given {
            Some(info) => verify(cx, info),
            None => Ok(Recipient(None)),
        }
    }

    /// Adds the condition keys of the document.
    pub(crate) fn condition(&self, permission: RequiredPermission) -> RequiredPermission {
        match &self.0 {
            Some(attestation) => {
                let attestation = Rc::clone(attestation);
                permission.with_lazy(move |context| set_conditions(context, &attestation))
            }
            None => permission,
        }
    }

    /// Notes the document for the audit record.
    pub(crate) fn record(&self, audit: &AuditContext) {
        if let Some(attestation) = &self.0 {
            audit.recipient(|| recorded(attestation));
        }
    }

    /// Gives the secret of an answer the form that the request asks for.
    pub(crate) fn deliver(&self, secret: Sensitive<Vec<u8>>, cx: &RunCx<'_, '_>) -> Result<Delivered, Error> {
        let Some(attestation) = &self.0 else { return Ok(Delivered::Plaintext(secret)) };
        let ciphertext = attestation.recipient.encrypt(secret.expose(), cx.random);
        let ciphertext = ciphertext.map_err(|error| Error::Internal(format!("recipient: {error}")))?;
        Ok(Delivered::Ciphertext(ciphertext))
    }

    /// The `KeyMaterialId` of an answer. An answer to a recipient has none.
    pub(crate) fn material_id(&self, id: Option<MaterialId>) -> Option<String> {
        id.filter(|_| self.0.is_none()).map(|id| id.to_string())
    }
}

fn verify(cx: &Cx<'_, '_>, info: &RecipientInfo) -> Result<Recipient, Error> {
    let roots = &cx.facts.attestation_roots;
    if roots.is_empty() {
        let text = "Claviger cannot verify the attestation document of a Recipient: it was started without the certificate of a root \
                    (claviger dev --attestation-root FILE).";
        return Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text));
    }
    let document = info.attestation_document.as_deref().ok_or_else(|| missing("attestationDocument"))?;
    // The model knows one algorithm, so a request that names one names this one.
    info.key_encryption_algorithm.as_ref().ok_or_else(|| missing("keyEncryptionAlgorithm"))?;
    let attestation = roots.verify(document, cx.now).map_err(|reason| {
        // AWS documents neither the code nor the text.
        Error::Validation(format!("The attestation document is not valid: {reason}."))
    })?;
    Ok(Recipient(Some(Rc::new(attestation))))
}

/// The model does not require the members, but neither is of use without the other.
fn missing(member: &str) -> Error {
    Error::Validation(format!(
        "1 validation error detected: Value null at 'recipient.{member}' failed to satisfy constraint: Member must not be null"
    ))
}

/// `kms:RecipientAttestation:...`: the registers as lower-case hexadecimal digits. PCR0 of an enclave is the digest of its image.
fn set_conditions(context: &mut Context, attestation: &Attestation) {
    let prefix = match attestation.source {
        AttestationSource::NitroEnclave => "kms:RecipientAttestation:PCR",
        AttestationSource::NitroTpm => "kms:RecipientAttestation:NitroTPMPCR",
    };
    for (index, value) in &attestation.pcrs {
        let mut digits = String::with_capacity(2 * value.len());
        for byte in value {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        if *index == 0 && attestation.source == AttestationSource::NitroEnclave {
            context.set("kms:RecipientAttestation:ImageSha384", digits.as_str());
        }
        context.set(format!("{prefix}{index}"), digits);
    }
}

/// The registers that CloudTrail shows, in base64 (references: AWS KMS, "Monitoring requests for Nitro enclaves" and "Monitoring
/// requests for NitroTPM").
const ENCLAVE_REGISTERS: [(u8, &str); 6] = [
    (0, "attestationDocumentEnclaveImageDigest"),
    (1, "attestationDocumentEnclavePCR1"),
    (2, "attestationDocumentEnclavePCR2"),
    (3, "attestationDocumentEnclavePCR3"),
    (4, "attestationDocumentEnclavePCR4"),
    (8, "attestationDocumentEnclavePCR8"),
];

const TPM_REGISTERS: [(u8, &str); 6] = [
    (4, "attestationDocumentNitroTPMPCR4"),
    (7, "attestationDocumentNitroTPMPCR7"),
    (8, "attestationDocumentNitroTPMPCR8"),
    (9, "attestationDocumentNitroTPMPCR9"),
    (16, "attestationDocumentNitroTPMPCR16"),
    (23, "attestationDocumentNitroTPMPCR23"),
];

fn recorded(attestation: &Attestation) -> Vec<(&'static str, String)> {
    let registers = match attestation.source {
        AttestationSource::NitroEnclave => ENCLAVE_REGISTERS,
        AttestationSource::NitroTpm => TPM_REGISTERS,
    };
    let shown = |(index, name)| Some((name, STANDARD.encode(attestation.pcrs.get(&index)?)));
    let module = ("attestationDocumentModuleId", attestation.module_id.clone());
    std::iter::once(module).chain(registers.into_iter().filter_map(shown)).collect()
}
