//! The authority over a real store: what it does, and what remains when keys and stores fail.

#[cfg(test)]
mod common;
#[cfg(test)]
mod former;
#[cfg(test)]
mod keys_fail;
#[cfg(test)]
mod ocsp;
#[cfg(test)]
mod remembering_key;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod shards;
#[cfg(test)]
mod shared_store;
#[cfg(test)]
mod spine;
#[cfg(test)]
mod store_fails;
#[cfg(test)]
mod transparency;
#[cfg(test)]
mod wanted;
