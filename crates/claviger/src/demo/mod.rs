//! `claviger demo`: what several regions are for, shown on this machine in a few seconds, with nothing but the calls that any
//! client makes.

mod client;
mod steps;

pub(crate) use steps::run;
