//! The policy simulator: SimulateCustomPolicy, SimulatePrincipalPolicy, and the condition keys that documents name.
//!
//! It decides with the same evaluator as requests do (`claviger-policy`), and acts on nothing.

mod caller;
pub(crate) mod context_keys;
pub(crate) mod custom;
mod evaluate;
mod names;
mod positions;
pub(crate) mod principal;
mod sources;
