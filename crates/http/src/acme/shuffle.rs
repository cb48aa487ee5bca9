//! Lists in any order, as Pebble gives them, to test that clients find what they need by name and not by place.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

/// The lists of an order and of an authorization, of which RFC 8555 says no order.
const LISTS: [&str; 3] = ["identifiers", "authorizations", "challenges"];

/// Another order for each answer.
#[derive(Debug)]
pub(super) struct Shuffle(AtomicU64);

impl Shuffle {
    /// The same seed gives the same orders.
    pub(super) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The resource with its lists in some order. What is no JSON stays as it is.
    pub(super) fn resource(&self, body: Vec<u8>) -> Vec<u8> {
        let Ok(mut resource) = serde_json::from_slice::<Value>(&body) else { return body };
        let turn = self.0.fetch_add(1, Ordering::Relaxed);
        for name in LISTS {
            if let Some(Value::Array(list)) = resource.get_mut(name) {
                shuffle(list, turn);
            }
        }
        serde_json::to_vec(&resource).unwrap_or(body)
    }
}

fn shuffle(list: &mut Vec<Value>, turn: u64) {
    let mut keyed: Vec<(u64, Value)> = std::mem::take(list)
        .into_iter()
        .enumerate()
        .map(|(place, value)| {
            let mut hasher = DefaultHasher::new();
            (turn, place).hash(&mut hasher);
            (hasher.finish(), value)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    list.extend(keyed.into_iter().map(|(_, value)| value));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn lists_keep_what_they_hold_and_nothing_else_moves() {
        let order =
            json!({"identifiers":[1,2,3],"authorizations":["a","b","c"],"profiles":[1,2,3],"status":"ready"});
        let (shuffle, body) = (Shuffle::new(1), serde_json::to_vec(&order).unwrap());
        let mut seen = BTreeSet::new();
        for _ in 0..100 {
            let mut shuffled: Value = serde_json::from_slice(&shuffle.resource(body.clone())).unwrap();
            seen.insert(shuffled["identifiers"].to_string());
            for list in ["identifiers", "authorizations"] {
                shuffled[list].as_array_mut().unwrap().sort_by_key(ToString::to_string);
            }
            assert_eq!(shuffled, order);
        }
        assert_eq!(seen.len(), 6, "every order comes");
        assert_eq!(shuffle.resource(b"-----BEGIN".to_vec()), b"-----BEGIN");
    }
}
