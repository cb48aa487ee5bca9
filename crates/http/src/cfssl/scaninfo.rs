//! `GET scaninfo`: what `scan` can examine.

use hf_cfssl::scan;

use super::reply::Reply;

pub(super) fn answer() -> Reply {
    Reply::of(scan::info())
}
