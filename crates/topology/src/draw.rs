//! Drawings of a topology: text for a terminal, SVG, Mermaid.
