//! The failures of external key store proxies, and what KMS answers for them (AWS KMS External Key Store Proxy API, "Error codes").

use claviger_core::error::Error;
use claviger_model::ErrorInfo;
use claviger_model::kms::error;
use claviger_types::OutboundFailure;

/// A failure of a proxy, or on the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProxyFailure {
    Validation,
    InvalidState,
    InvalidCiphertext,
    InvalidKeyUsage,
    AuthenticationFailed,
    AccessDenied,
    KeyNotFound,
    InvalidUriPath,
    UnsupportedOperation,
    DependencyTimeout,
    Throttling,
    Internal,
    Unreachable,
    Tls,
    TimedOut,
    /// The answer is not one of the protocol.
    Malformed,
    /// The answer to a decryption is not what was encrypted.
    WrongPlaintext,
}

use ProxyFailure as F;

impl ProxyFailure {
    /// The failure that an `errorName` stands for.
    pub(super) fn named(name: &str) -> ProxyFailure {
        match name {
            "ValidationException" => F::Validation,
            "InvalidStateException" => F::InvalidState,
            "InvalidCiphertextException" => F::InvalidCiphertext,
            "InvalidKeyUsageException" => F::InvalidKeyUsage,
            "AuthenticationFailedException" => F::AuthenticationFailed,
            "AccessDeniedException" => F::AccessDenied,
            "KeyNotFoundException" => F::KeyNotFound,
            "InvalidUriPathException" => F::InvalidUriPath,
            "UnsupportedOperationException" => F::UnsupportedOperation,
            "DependencyTimeoutException" => F::DependencyTimeout,
            "ThrottlingException" => F::Throttling,
            "InternalException" => F::Internal,
            _ => F::Malformed,
        }
    }

    /// KMS's error where a key store is made or changed.
    pub(crate) fn of_key_store(self) -> Error {
        let info = match self {
            F::AuthenticationFailed | F::AccessDenied => error::XKS_PROXY_INCORRECT_AUTHENTICATION_CREDENTIAL_EXCEPTION,
            F::InvalidUriPath => error::XKS_PROXY_INVALID_CONFIGURATION_EXCEPTION,
            F::DependencyTimeout | F::Throttling | F::Unreachable | F::Tls | F::TimedOut => {
                error::XKS_PROXY_URI_UNREACHABLE_EXCEPTION
            }
            _ => error::XKS_PROXY_INVALID_RESPONSE_EXCEPTION,
        };
        self.error(info)
    }

    /// KMS's error where a key is made.
    pub(crate) fn of_new_key(self) -> Error {
        let info = match self {
            F::InvalidState | F::InvalidKeyUsage | F::UnsupportedOperation => {
                error::XKS_KEY_INVALID_CONFIGURATION_EXCEPTION
            }
            F::KeyNotFound => error::XKS_KEY_NOT_FOUND_EXCEPTION,
            F::AccessDenied => error::KMS_INVALID_STATE_EXCEPTION,
            _ => error::CUSTOM_KEY_STORE_INVALID_STATE_EXCEPTION,
        };
        self.error(info)
    }

    /// KMS's error where a key is used.
    pub(crate) fn of_use(self) -> Error {
        self.error(error::KMS_INVALID_STATE_EXCEPTION)
    }

    /// The `ConnectionErrorCode` of a key store that could not be connected.
    pub(crate) fn connection_code(self) -> &'static str {
        match self {
            F::AuthenticationFailed | F::AccessDenied => "XKS_PROXY_ACCESS_DENIED",
            F::Unreachable | F::Throttling => "XKS_PROXY_NOT_REACHABLE",
            F::TimedOut | F::DependencyTimeout => "XKS_PROXY_TIMED_OUT",
            F::Tls => "XKS_PROXY_INVALID_TLS_CONFIGURATION",
            F::InvalidUriPath => "XKS_PROXY_INVALID_CONFIGURATION",
            _ => "XKS_PROXY_INVALID_RESPONSE",
        }
    }

    fn error(self, info: &'static ErrorInfo) -> Error {
        Error::new(info, self.text())
    }

    /// AWS's text.
    fn text(self) -> &'static str {
        match self {
            F::InvalidState => {
                "The external key associated with this KMS key in an external key store is not enabled in the external key manager. Enable the external key in the external key manager and retry the request."
            }
            F::InvalidCiphertext => {
                "The external key store proxy rejected the request because the specified ciphertext or encryption context is corrupted, missing, or otherwise invalid."
            }
            F::WrongPlaintext => {
                "The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid."
            }
            F::InvalidKeyUsage => {
                "The external key associated with this KMS key in an external key store does not support the requested operation. Enable the operation on the key in your external key manager, and try the request again."
            }
            F::AuthenticationFailed => {
                "The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy authentication credentials for your external key store and update if necessary."
            }
            F::AccessDenied => {
                "The external key store proxy denied access to the operation. Verify that the user and the external key are both authorized for this operation, and try the request again."
            }
            F::KeyNotFound => {
                "The external key associated with this KMS key in an external key store was not found in its external key manager. If the external key ID associated with this KMS key is incorrect, create a new KMS key with the correct external key ID."
            }
            F::InvalidUriPath => {
                "The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key store and update if necessary."
            }
            F::UnsupportedOperation => {
                "The external key store proxy rejected the request because it does not support the requested operation. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
            F::DependencyTimeout => {
                "The external key store proxy did not respond to the request in the time allotted. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
            F::Throttling => {
                "The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of your calls using KMS keys in this external key store."
            }
            F::Internal => {
                "The external key store proxy rejected the request because it cannot communicate with the external key manager. Verify that the external key store proxy configuration is correct and that the external key manager is available."
            }
            F::Unreachable => {
                "AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI is correct in your external key store."
            }
            F::Tls => {
                "AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, including its certificate."
            }
            F::TimedOut => {
                "AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
            F::Validation | F::Malformed => {
                "AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
        }
    }
}

impl From<OutboundFailure> for ProxyFailure {
    fn from(failure: OutboundFailure) -> ProxyFailure {
        match failure {
            OutboundFailure::Unreachable => F::Unreachable,
            OutboundFailure::Tls => F::Tls,
            OutboundFailure::TimedOut => F::TimedOut,
            OutboundFailure::Garbled => F::Malformed,
        }
    }
}
