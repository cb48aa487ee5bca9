//! The gate that accepts or rejects a certification path, and the explainer that says why.
