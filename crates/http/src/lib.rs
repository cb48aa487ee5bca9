//! The doors of a running authority: listeners, who may ask, limits, endpoints, telemetry.
