//! What an ACME server keeps.

mod accounts;
mod authorizations;
mod bindings;
mod orders;
mod races;

use super::{Case, cases};

/// The cases.
pub(super) fn cases() -> [(&'static str, Case); 23] {
    cases![
        accounts::accounts_are_made_and_found,
        accounts::accounts_are_swapped,
        accounts::accounts_are_listed,
        accounts::a_binding_is_used_once,
        accounts::bad_accounts_are_refused,
        bindings::bindings_are_added_and_revoked,
        bindings::bad_bindings_are_refused,
        bindings::windows_are_set_and_cleared,
        bindings::windows_are_few,
        orders::orders_are_stored_and_found,
        orders::orders_are_swapped,
        orders::orders_are_listed,
        orders::orders_under_way_are_paged,
        orders::a_certificate_is_replaced_once,
        authorizations::authorizations_are_swapped,
        authorizations::work_is_leased,
        authorizations::valid_authorizations_are_used_again,
        authorizations::a_sweep_removes_what_expired,
        races::one_account_uses_a_binding,
        races::one_account_has_a_key,
        races::one_writer_swaps,
        races::one_order_replaces,
        races::one_worker_holds_a_lease,
    ]
}
