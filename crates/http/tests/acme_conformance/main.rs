//! The ACME server, whole: a real authority over a real store behind the router, a clock turned by hand, and somebody who
//! looks at challenges and finds what the test says.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod binding;
#[cfg(test)]
mod caa;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod challenges;
#[cfg(test)]
mod client;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod finalize;
#[cfg(test)]
#[path = "../shared/founding.rs"]
mod founding;
#[cfg(test)]
mod habits;
#[cfg(test)]
mod house;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod key_change;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod log;
#[cfg(test)]
mod nonces;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod renewal;
#[cfg(test)]
mod revocation;
