//! Gate, explainer, batch and chains, from outside. One binary, so that it is linked once.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod chain;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod status;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worst;
