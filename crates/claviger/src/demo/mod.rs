//! `claviger demo`: shows the use of several regions on this machine in a few seconds, with the API calls of any client.

mod client;
mod steps;

pub(crate) use steps::run;
