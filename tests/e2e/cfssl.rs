//! CFSSL's programs and ours, in each other's place.

mod programs;
mod walk;
