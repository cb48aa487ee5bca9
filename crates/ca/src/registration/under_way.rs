//! Orders that this process works on: whoever brings to an end what others left keeps away from them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The orders that are worked on, each with by how many.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnderWay(Arc<Mutex<HashMap<String, usize>>>);

/// That somebody works on an order, until it is dropped.
#[derive(Debug)]
pub(crate) struct AtWork {
    under_way: UnderWay,
    order: String,
}

impl UnderWay {
    /// Work on an order, whoever else does.
    pub(crate) fn enter(&self, order: &str) -> AtWork {
        self.at_work(&mut self.lock(), order)
    }

    /// Work on an order that nobody works on.
    pub(crate) fn enter_alone(&self, order: &str) -> Option<AtWork> {
        let mut orders = self.lock();
        (!orders.contains_key(order)).then(|| self.at_work(&mut orders, order))
    }

    fn at_work(&self, orders: &mut HashMap<String, usize>, order: &str) -> AtWork {
        let many = orders.entry(order.to_owned()).or_default();
        *many = many.saturating_add(1);
        AtWork { under_way: self.clone(), order: order.to_owned() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut orders = self.under_way.lock();
        if let Some(many) = orders.get_mut(&self.order) {
            *many = many.saturating_sub(1);
            if *many == 0 {
                orders.remove(&self.order);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_free_when_the_last_one_has_left_it() {
        let under_way = UnderWay::default();
        let (one, other) = (under_way.enter("a"), under_way.enter("a"));
        assert!(under_way.enter_alone("b").is_some());
        drop(one);
        assert!(under_way.enter_alone("a").is_none());
        drop(other);
        let alone = under_way.enter_alone("a");
        assert!(alone.is_some() && under_way.enter_alone("a").is_none());
        drop(alone);
        assert!(under_way.lock().is_empty());
    }
}
