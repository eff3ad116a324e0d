//! Carries secrets into and out of a running server, over the API that any client uses.
//!
//! A [source](Found) is read whole, compared with the destination, shown as a plan, and then written. What lies in memory meanwhile is
//! wiped. The crate's own copies are; those in the buffers of sockets and of TLS are not within its reach.

pub mod document;
pub mod dotenv;
mod http;
mod json_text;
pub mod seal;
mod secret;
mod wiping;

pub use http::{BaseUrl, Http, HttpError};
pub use secret::{CURRENT, Extent, Found, PENDING, PREVIOUS, Remark, Replica, Secret, Value, Version, name_fault};
pub use wiping::WipingBuffer;
