//! Our own API, whole: a real authority over a real store behind the router, a clock turned by hand.

#[cfg(test)]
#[path = "../shared/founding.rs"]
mod founding;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod house;
#[cfg(test)]
mod issuing;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod published;
#[cfg(test)]
mod renewal;
#[cfg(test)]
mod revoking;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tokens;
