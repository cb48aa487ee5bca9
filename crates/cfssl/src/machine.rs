//! What the commands have from the machine that they run on.

use std::path::PathBuf;
use std::sync::Arc;

use hf_ca::transparency::LogClient;
use hf_core::principal::Principal;
use hf_core::random::Random;
use hf_core::time::Clock;

/// Clock, randomness, who runs the command, where records go, and how logs are asked.
#[derive(Clone)]
pub struct Machine {
    /// The system's clock.
    pub clock: Arc<dyn Clock>,
    /// The system's random generator.
    pub random: Arc<dyn Random>,
    /// Who runs the command.
    pub operator: Principal,
    /// Where the record of what is issued goes.
    pub state: State,
    /// How logs of certificate transparency are asked.
    pub logs: Arc<dyn LogClient>,
}

/// Where a command keeps the record of what it issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In this directory, which is made when it is missing: `-state DIR`. Every certificate of the CA stays on record.
    Kept(PathBuf),
    /// In a directory below this one that ends with the command, as stock `cfssl` keeps nothing.
    Temporary(PathBuf),
}
