//! The transport of the SDKs: hyper, in place of the SDKs' own TLS stack.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::TokioExecutor;

/// Sends over plain HTTP, with connections that are kept.
#[derive(Debug, Clone)]
pub(crate) struct Connector(Client<TcpConnector, Full<Bytes>>);

impl Connector {
    pub(crate) fn new() -> Connector {
        Connector(Client::builder(TokioExecutor::new()).build_http())
    }

    /// Sends a request and takes the whole answer in.
    pub(crate) async fn send(
        &self,
        request: hyper::Request<Full<Bytes>>,
    ) -> Result<hyper::Response<Bytes>, ConnectorError> {
        let answer = self.0.request(request).await.map_err(|error| ConnectorError::io(error.into()))?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(|error| ConnectorError::io(error.into()))?;
        Ok(hyper::Response::from_parts(parts, body.to_bytes()))
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = connector.send(to_hyper(&request)?).await?;
            to_sdk(answer)
        })
    }
}

fn to_hyper(request: &HttpRequest) -> Result<hyper::Request<Full<Bytes>>, ConnectorError> {
    // The operations of these services have no bodies that are streamed.
    let body = Bytes::copy_from_slice(request.body().bytes().unwrap_or_default());
    let mut built = hyper::Request::builder().method(request.method()).uri(request.uri());
    for (name, value) in request.headers() {
        built = built.header(name, value);
    }
    built.body(Full::new(body)).map_err(|error| ConnectorError::user(error.into()))
}

fn to_sdk(answer: hyper::Response<Bytes>) -> Result<HttpResponse, ConnectorError> {
    let (parts, body) = answer.into_parts();
    let status =
        StatusCode::try_from(parts.status.as_u16()).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut sdk = HttpResponse::new(status, SdkBody::from(body.to_vec()));
    for (name, value) in &parts.headers {
        let value = value.to_str().map_err(|error| ConnectorError::other(error.into(), None))?;
        sdk.headers_mut().append(name.as_str().to_owned(), value.to_owned());
    }
    Ok(sdk)
}
