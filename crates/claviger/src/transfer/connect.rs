//! Connections to the servers that secrets come from and go to.

use std::path::Path;
use std::sync::Arc;

use claviger_transfer::{ApiCredentials, BaseUrl, Http, HttpError, SecretsManager};
use claviger_types::Sensitive;

use super::options::{AwsOptions, ServerOptions};
use super::{profile, read};
use crate::cli::ENDPOINT;
use crate::failure::Failure;
use crate::system::{SystemClock, variable};

/// A client that trusts the authorities of the options.
pub(crate) fn http(options: &ServerOptions) -> Result<Http, Failure> {
    let roots = options.ca.as_deref().map(read::bytes).transpose()?;
    let roots = roots.as_ref().map(|roots| roots.expose().as_slice());
    Http::new(roots).map_err(|error| Failure::new("no connection can be made", error))
}

/// Reads a URL.
pub(crate) fn url(text: &str, options: &ServerOptions) -> Result<BaseUrl, Failure> {
    BaseUrl::parse(text, options.allow_plain_http).map_err(|error| {
        let failure = Failure::usage("the server cannot be used", &error);
        match error {
            HttpError::Plain(_) => failure.then("use https://, or allow it with --allow-plain-http"),
            _ => failure,
        }
    })
}

/// The server of the options.
pub(crate) fn server(http: &Http, options: &ServerOptions) -> Result<Arc<SecretsManager>, Failure> {
    let configured = || variable("AWS_ENDPOINT_URL_SECRETS_MANAGER").or_else(|| variable("AWS_ENDPOINT_URL"));
    let endpoint = options.endpoint.clone().or_else(configured).unwrap_or_else(|| ENDPOINT.to_owned());
    let base = url(&endpoint, options)?;
    let configured = || variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let region = options.region.clone().or_else(configured).unwrap_or_else(|| "us-east-1".to_owned());
    let credentials = from_environment("AWS_", &base)?;
    Ok(Arc::new(SecretsManager::new(http.clone(), base, &region, credentials, Arc::new(SystemClock))))
}

/// The source of `claviger import aws`.
pub(crate) fn source(
    http: &Http,
    options: &AwsOptions,
    server: &ServerOptions,
) -> Result<Arc<SecretsManager>, Failure> {
    let region = options.from_region.clone().or_else(|| variable("FROM_AWS_REGION")).ok_or_else(|| {
        Failure::usage("the source is not known", "its region is lacking").then("give --from-region NAME")
    })?;
    let china = if region.starts_with("cn-") { ".cn" } else { "" };
    let default = || format!("https://secretsmanager.{region}.amazonaws.com{china}");
    let base = url(&options.from_endpoint.clone().unwrap_or_else(default), server)?;
    let credentials = match &options.from_profile {
        Some(name) => from_profile(name)?,
        None => from_environment("FROM_AWS_", &base)?,
    };
    Ok(Arc::new(SecretsManager::new(http.clone(), base, &region, credentials, Arc::new(SystemClock))))
}

fn from_environment(prefix: &str, base: &BaseUrl) -> Result<ApiCredentials, Failure> {
    let get = |name: &str| variable(&format!("{prefix}{name}")).filter(|value| !value.is_empty());
    let secret = |name: &str| get(name).map(Sensitive::new);
    match (get("ACCESS_KEY_ID"), secret("SECRET_ACCESS_KEY")) {
        (Some(id), Some(secret_key)) => Ok(ApiCredentials { id, secret: secret_key, token: secret("SESSION_TOKEN") }),
        (None, None) if base.is_loopback() => {
            let secret = Sensitive::new("test".to_owned());
            Ok(ApiCredentials { id: "test".to_owned(), secret, token: None })
        }
        _ => Err(Failure::usage(
            format!("there are no credentials for {}", base.authority),
            format!("{prefix}ACCESS_KEY_ID or {prefix}SECRET_ACCESS_KEY is not set"),
        )
        .then("set both in the environment")),
    }
}

fn from_profile(name: &str) -> Result<ApiCredentials, Failure> {
    let home = || variable("HOME").map(|home| format!("{home}/.aws/credentials"));
    let path = variable("AWS_SHARED_CREDENTIALS_FILE").or_else(home).unwrap_or_default();
    let text = read::text(Path::new(&path))?;
    profile::credentials(text.expose(), name).ok_or_else(|| {
        Failure::usage(
            format!("the profile {name} cannot be used"),
            format!("{path} has no such profile with aws_access_key_id and aws_secret_access_key"),
        )
    })
}
