//! CFSSL's programs and ours, in each other's place.

mod differential;
mod killed;
mod programs;
mod serve;
mod walk;
