//! x
mod random;
pub use random::SeededRandom;
