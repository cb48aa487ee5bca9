//! Conversations with the command line, as a user has them: text in, text out, exit code.

#[cfg(test)]
mod acme;
#[cfg(test)]
mod acme_orders;
#[cfg(test)]
mod acme_recovery;
#[cfg(test)]
mod apply;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod authorities;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod cfssl;
#[cfg(test)]
mod cfssl_import;
#[cfg(test)]
mod check;
#[cfg(test)]
mod combinations;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod help;
#[cfg(test)]
mod hierarchy;
#[cfg(test)]
mod init;
#[cfg(test)]
mod looking;
#[cfg(test)]
mod material;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod single;
#[cfg(test)]
mod support;
#[cfg(test)]
mod unavailable;
#[cfg(test)]
mod up;
