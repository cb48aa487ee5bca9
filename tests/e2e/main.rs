//! Whole-application tests, in one binary.

#[cfg(test)]
mod acme;
#[cfg(test)]
mod api;
#[cfg(test)]
mod cfssl;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod domain;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod fault_page;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod haproxy;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod impostor;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod lock;
#[cfg(test)]
mod nginx;
#[cfg(test)]
mod openssl;
#[cfg(test)]
mod port;
#[cfg(test)]
mod postgresql;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod program;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod snippets;
