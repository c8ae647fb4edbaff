//! A plot of bars as SVG: how much of its goal each row takes.

use std::fmt::Write as _;

const ROW: usize = 26;
const LEFT: usize = 130;
/// Pixels for the whole of a goal, and per cent at which bars end.
const WHOLE: f64 = 300.0;
const MOST: f64 = 200.0;

/// Draws names and per cent. Text and lines have colours that can be read on light and dark pages.
pub(crate) fn draw(shares: &[(String, f64)]) -> String {
    let (width, height) = (LEFT + 680, (shares.len() + 2) * ROW);
    let goal = x(100.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\" fill=\"#808080\">\n\
         <title>Costs of builds in per cent of what they may be at most</title>\n"
    );
    for (place, (name, share)) in shares.iter().enumerate() {
        let (top, end) = ((place + 1) * ROW, x(share.min(MOST)));
        let (colour, length, base) = (if *share <= 100.0 { "#2e8b57" } else { "#d2691e" }, end - x(0.0), top + 14);
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{name}</text>", LEFT - 8);
        let _ = writeln!(svg, "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{length:.0}\" height=\"18\" fill=\"{colour}\"/>");
        let _ = writeln!(svg, "<text x=\"{:.0}\" y=\"{base}\">{share:.0} %</text>", end + 6.0);
    }
    let bottom = height - ROW;
    let _ = writeln!(svg, "<path d=\"M{goal:.0} {}V{bottom}\" stroke=\"#808080\" stroke-dasharray=\"4 3\"/>", ROW - 6);
    let _ = writeln!(svg, "<text x=\"{goal:.0}\" y=\"{}\" text-anchor=\"middle\">at most</text>", bottom + 16);
    svg + "</svg>\n"
}

#[allow(clippy::cast_precision_loss, reason = "pixels")]
fn x(share: f64) -> f64 {
    LEFT as f64 + share / 100.0 * WHOLE
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn bars_are_as_long_as_their_share_and_end_somewhere() {
        let shares =
            [("full", 50.0), ("slim", 150.0), ("xtask", 1_000.0)].map(|(name, share)| (name.to_owned(), share));
        let svg = draw(&shares);
        let widths: Vec<&str> = svg
            .lines()
            .filter_map(|line| line.strip_prefix("<rect")?.split("width=\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(widths, ["150", "450", "600"]);
        assert!(svg.contains(">1000 %<") && svg.matches("#2e8b57").count() == 1, "{svg}");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }
}
