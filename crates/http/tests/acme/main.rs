//! The ACME server, whole: a real authority over a real store behind the router, a clock turned by hand, challenges that
//! are looked at by a script, and instant-acme as the client.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod client;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod finalizing;
#[cfg(test)]
mod flow;
#[cfg(test)]
#[path = "../shared/founding.rs"]
mod founding;
#[cfg(test)]
mod house;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod wire;
#[cfg(test)]
mod working;
