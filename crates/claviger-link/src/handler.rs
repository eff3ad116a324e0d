//! The callbacks of the link into its host.

use std::future::Future;
use std::pin::Pin;

use claviger_crypto::{EnrolmentSecret, InvitationId};
use claviger_types::Region;
use claviger_types::wire::{RawRequest, RawResponse};

use crate::enrolment::{EnrolRefusal, Joiner};

/// An answer that may take a while.
pub type Answering<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Takes what arrives. The link has checked that `from` is a peer of `to`, and that it sent the bytes.
pub trait LinkHandler: Send + Sync {
    /// A frame arrived. The call must not wait: while it runs, nothing else of this connection is read. A frame for which there is no
    /// room is dropped, and its sender repeats it.
    fn frame(&self, from: &Region, to: &Region, frame: Vec<u8>);

    /// Answers a request that `from` forwarded to the local region `to`. The future runs to its end, also when the connection ends before. It is
    /// the host's part not to forward the request again.
    fn request(&self, from: &Region, to: &Region, request: RawRequest) -> Answering<RawResponse>;

    /// The first connection between the two is there. What was sent before may be lost, so this is the moment to repeat it.
    /// The call must not wait.
    fn connected(&self, local: &Region, peer: &Region);

    /// The last connection between the two is gone. The call must not wait.
    fn disconnected(&self, local: &Region, peer: &Region);

    /// The secret of an invitation of the local region, as long as it is remembered: also if it was used or has expired, since
    /// [`LinkHandler::admit`] says that to a joiner that proved to know it. None for an unknown one.
    fn invitation(&self, local: &Region, id: &InvitationId) -> Option<EnrolmentSecret>;

    /// Admits a region that proved to know the invitation's secret. In one durable step this call checks that the invitation has not expired,
    /// marks it used, and notes the new peer. The answer is the description of the fleet, which the joiner gets as it is.
    fn admit(&self, local: &Region, id: InvitationId, joiner: Joiner) -> Answering<Result<Vec<u8>, EnrolRefusal>>;
}
