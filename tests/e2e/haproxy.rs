//! haproxy.
