//! Carries secrets into and out of a running server, over the API that any client uses.
//!
//! A source is read whole into a [`Found`], compared with the destination by [`plan`], shown, and written by [`apply`]. What lies in memory
//! meanwhile is wiped: the crate's own copies are; those in the buffers of sockets and of TLS are not within its reach.

mod api;
mod apply;
pub mod aws;
mod concurrent;
pub mod document;
pub mod dotenv;
pub mod file;
mod http;
mod json_text;
mod plan;
mod progress;
pub mod seal;
mod secret;
mod state;
pub mod vault;
mod wiping;

pub use api::{ApiCredentials, ApiError, SecretsManager};
pub use apply::apply;
pub use http::{BaseUrl, Http, HttpAnswer, HttpError};
pub use plan::{Action, Changes, Item, Plan, plan};
pub use progress::{Progress, Step, TransferPhase};
pub use secret::{CURRENT, Extent, Found, PENDING, PREVIOUS, Remark, Replica, Secret, Value, Version, name_fault};
pub use state::{State, StateError};
pub use wiping::WipingBuffer;
