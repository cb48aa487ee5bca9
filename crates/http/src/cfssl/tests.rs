//! The door as its callers meet it: honest ones, thieves of messages, and those who send nonsense.

mod gates;
mod hostile;
mod house;
mod labels;
mod record;
mod tokens;
