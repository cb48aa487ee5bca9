//! Declared and observed trust, the planner, plan checks and drawings.
