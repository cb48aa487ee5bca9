//! Drawings of the examples, as they are.

#[cfg(test)]
mod common;

use common::{example, parse};
use hf_topology::draw::{mermaid, svg, text};

const EXAMPLES: [&str; 4] =
    ["shop/handfast.toml", "shop/db-under-root.toml", "regions/handfast.toml", "api-db/handfast.toml"];

fn name(example: &str) -> String {
    example.trim_end_matches(".toml").replace('/', "-")
}

#[test]
fn examples_as_text() {
    for file in EXAMPLES {
        insta::assert_snapshot!(format!("text-{}", name(file)), text(&example(file)));
    }
}

#[test]
fn examples_as_svg() {
    for file in EXAMPLES {
        insta::assert_snapshot!(format!("svg-{}", name(file)), svg(&example(file)));
    }
}

#[test]
fn examples_as_mermaid() {
    for file in EXAMPLES {
        insta::assert_snapshot!(format!("mermaid-{}", name(file)), mermaid(&example(file)));
    }
}

/// Only subjects of authorities are free text.
#[test]
fn names_cannot_leave_their_place() {
    let hostile = r#"</text><script>alert(1)</script> & "quoted""#;
    let topology = parse(&format!(
        "[trust]\ndomain = \"x.internal\"\n[authority.r]\ncommon_name = '{hostile}'\n[service.a]\ninstances = [\"a.x\"]\n"
    ));
    assert!(!svg(&topology).contains("<script"));
    assert!(svg(&topology).contains("&lt;script&gt;"));
    assert!(!mermaid(&topology).contains("<script"));
    assert!(!mermaid(&topology).contains("\"quoted\""));
}
