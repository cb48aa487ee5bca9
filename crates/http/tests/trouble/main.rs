//! What holds the keys or the record fails or hangs: clear answers through every door, nothing signed off the record.

#[cfg(test)]
mod authorities;
#[cfg(test)]
#[path = "../shared/founding.rs"]
mod founding;
#[cfg(test)]
mod house;
#[cfg(test)]
mod signer;
#[cfg(test)]
mod status;
#[cfg(test)]
mod store;
