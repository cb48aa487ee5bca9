//! Requests as parts of the traces of their callers, W3C Trace Context.

use axum::http::HeaderMap;

/// Knows how callers say which trace a request belongs to. Without one, no trace is collected.
pub trait TraceContext: Send + Sync {
    /// Join the span of a request that came with these headers to the trace of its caller, when they name one.
    fn join(&self, span: &tracing::Span, headers: &HeaderMap);
}
