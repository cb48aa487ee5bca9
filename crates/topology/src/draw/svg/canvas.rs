//! Shapes as SVG text.

use std::fmt::Write;

/// How a text looks.
#[derive(Clone, Copy)]
pub(super) enum Style {
    /// The name of the trust domain.
    Title,
    /// The line below it.
    Subtitle,
    /// Heading of a part.
    Section,
    /// Name of a service or an authority.
    Name,
    /// Name of an instance.
    Mono,
    /// Anything beside.
    Small,
}

impl Style {
    fn class(self) -> &'static str {
        match self {
            Self::Title => "t",
            Self::Subtitle => "u",
            Self::Section => "h",
            Self::Name => "n",
            Self::Mono => "m",
            Self::Small => "s",
        }
    }

    /// Width of a text in pixels, rounded up: fonts differ, so it is generous.
    pub(super) fn width(self, text: &str) -> i32 {
        let tenths = match self {
            Self::Title => 130,
            Self::Subtitle | Self::Name => 82,
            Self::Section => 75,
            Self::Mono => 74,
            Self::Small => 63,
        };
        i32::try_from(text.chars().count()).unwrap_or(i32::MAX / 1_000).saturating_mul(tenths) / 10 + 1
    }
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// The picture so far.
pub(super) struct Canvas {
    body: String,
    right: i32,
    bottom: i32,
}

impl Canvas {
    pub(super) fn new() -> Self {
        Self { body: String::new(), right: 640, bottom: 0 }
    }

    pub(super) fn text(&mut self, x: i32, y: i32, style: Style, text: &str) {
        self.reach(x + style.width(text), y + 6);
        self.line(&format!("<text class=\"{}\" x=\"{x}\" y=\"{y}\">{}</text>", style.class(), escape(text)));
    }

    /// A small text that ends at `right`.
    pub(super) fn note(&mut self, right: i32, y: i32, text: &str) {
        self.line(&format!("<text class=\"s e\" x=\"{right}\" y=\"{y}\">{}</text>", escape(text)));
    }

    /// A box with a band of a colour at its left; dashed for what is outside.
    pub(super) fn card(&mut self, area: Area, colour: &str, dashed: bool) {
        let Area { x, y, width, height } = area;
        self.reach(x + width, y + height);
        let dash = if dashed { " stroke-dasharray=\"5 4\"" } else { "" };
        self.line(&format!(
            "<rect class=\"c\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\" stroke=\"{colour}\"{dash}/>"
        ));
        let (top, bottom) = (y + 9, y + height - 9);
        self.line(&format!(
            "<path d=\"M{0} {top}V{bottom}\" stroke=\"{colour}\" stroke-width=\"4\" stroke-linecap=\"round\"/>",
            x + 8
        ));
    }

    /// A box filled with a colour: the certificate itself.
    pub(super) fn filled(&mut self, area: Area, colour: &str, dashed: bool) {
        let Area { x, y, width, height } = area;
        self.reach(x + width, y + height);
        let dash = if dashed { " stroke-dasharray=\"5 4\"" } else { "" };
        self.line(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{colour}\" fill-opacity=\".14\" stroke=\"{colour}\" stroke-width=\"1.6\"{dash}/>"
        ));
    }

    /// A small label of a colour.
    pub(super) fn chip(&mut self, x: i32, y: i32, width: i32, text: &str, colour: &str) {
        self.reach(x + width, y + CHIP_HEIGHT);
        self.line(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{CHIP_HEIGHT}\" rx=\"10\" fill=\"{colour}\" fill-opacity=\".14\" stroke=\"{colour}\"/>"
        ));
        self.line(&format!(
            "<text class=\"k\" x=\"{}\" y=\"{}\">{}</text>",
            x + width / 2,
            y + 14,
            escape(text)
        ));
    }

    /// A thin line of the tree, from the right of one box to the left of another.
    pub(super) fn branch(&mut self, from: (i32, i32), to: (i32, i32), colour: &str) {
        let middle = i32::midpoint(from.0, to.0);
        self.line(&format!(
            "<path class=\"b\" d=\"M{} {}H{middle}V{}H{}\" stroke=\"{colour}\"/>",
            from.0, from.1, to.1, to.0
        ));
    }

    /// A link through points: level at each, curved between an even one and the next odd one.
    pub(super) fn link(&mut self, points: &[(i32, i32)]) {
        let mut path = String::new();
        let mut last: Option<(i32, i32)> = None;
        for (index, (x, y)) in points.iter().copied().enumerate() {
            // Writing to a `String` does not fail.
            let _ = match last {
                None => write!(path, "M{x} {y}"),
                Some((from_x, from_y)) if index % 2 == 1 => {
                    let middle = i32::midpoint(from_x, x);
                    write!(path, "C{middle} {from_y} {middle} {y} {x} {y}")
                }
                Some(_) => write!(path, "L{x} {y}"),
            };
            last = Some((x, y));
        }
        self.line(&format!("<path class=\"l\" d=\"{path}\" marker-end=\"url(#to)\"/>"));
    }

    /// A level arrow.
    pub(super) fn arrow(&mut self, from: i32, y: i32, to: i32) {
        self.line(&format!("<path class=\"l\" d=\"M{from} {y}H{to}\" marker-end=\"url(#to)\"/>"));
    }

    /// An upright arrow with two heads.
    pub(super) fn peers(&mut self, x: i32, top: i32, bottom: i32) {
        self.line(&format!(
            "<path class=\"l\" d=\"M{x} {top}V{bottom}\" marker-start=\"url(#to)\" marker-end=\"url(#to)\"/>"
        ));
    }

    /// The whole document.
    pub(super) fn finish(self, title: &str, margin: i32) -> String {
        let (width, height) = (self.right + margin, self.bottom + margin);
        let mut document = String::new();
        // Writing to a `String` does not fail.
        let _ = writeln!(
            document,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">"
        );
        let _ = writeln!(document, "<title>{}</title>", escape(title));
        document.push_str(HEAD);
        let _ = writeln!(document, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        document.push_str(&self.body);
        document.push_str("</svg>\n");
        document
    }

    fn reach(&mut self, right: i32, bottom: i32) {
        self.right = self.right.max(right);
        self.bottom = self.bottom.max(bottom);
    }

    fn line(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }
}

/// Height of a chip.
pub(super) const CHIP_HEIGHT: i32 = 20;

/// Width of a chip with that text.
pub(super) fn chip_width(text: &str) -> i32 {
    // Bold letters are an eighth wider.
    Style::Small.width(text) * 9 / 8 + 18
}

const HEAD: &str = "<style>
text{font-family:ui-sans-serif,system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#1e293b}
.t{font-size:22px;font-weight:700}.u{font-size:14px;fill:#475569}.h{font-size:12px;font-weight:700;fill:#64748b;letter-spacing:.06em}
.n{font-size:14px;font-weight:700}.m{font-size:12px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.s{font-size:11px;fill:#64748b}.e{text-anchor:end}.k{font-size:11px;font-weight:600;text-anchor:middle}
.c{fill:#fff;stroke-width:1.4}.b{fill:none;stroke-width:1.4}.l{fill:none;stroke:#475569;stroke-width:1.5}
</style>
<defs><marker id=\"to\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 1L10 5L0 9Z\" fill=\"#475569\"/></marker></defs>
";

/// Names may hold any character.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
