//! Latency against throughput, as a drawing.

use std::fmt::Write as _;
use std::time::Duration;

use crate::compare::{Figures, Slices};
use crate::error::Error;
use crate::rig::Rig;
use crate::workload::Workload;

/// The numbers of connections, one point for each.
const CONNECTIONS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// Measures Decrypt with a growing number of connections and draws the median and the 99th percentile as SVG.
///
/// # Errors
///
/// A load fails.
pub fn run(rig: &mut Rig, slices: Slices) -> Result<String, Error> {
    let mut series: Vec<Series> =
        ["floor", "Claviger in memory", "Claviger --data", "moto_server"].map(Series::new).into();
    for connections in CONNECTIONS {
        let compared = rig.compare(Workload::Decrypt, connections, slices)?;
        let all = [Some(compared.floor), Some(compared.memory), Some(compared.data), compared.moto];
        for (series, figures) in series.iter_mut().zip(all) {
            series.points.extend(figures.as_ref().map(Point::of));
        }
    }
    series.retain(|series| !series.points.is_empty());
    Ok(draw("Decrypt: 1 to 64 connections", &series))
}

struct Series {
    name: &'static str,
    points: Vec<Point>,
}

impl Series {
    fn new(name: &'static str) -> Series {
        Series { name, points: Vec::new() }
    }
}

struct Point {
    rate: f64,
    p50: Duration,
    p99: Duration,
}

impl Point {
    fn of(figures: &Figures) -> Point {
        Point { rate: figures.sample.rate(), p50: figures.quantile(0.5), p99: figures.quantile(0.99) }
    }
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 480.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 200.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 60.0;
const COLOURS: [&str; 4] = ["#555555", "#0060c0", "#c05000", "#008040"];

/// Both axes are logarithmic and span whole powers of ten.
struct Axes {
    rate: (f64, f64),
    micros: (f64, f64),
}

impl Axes {
    fn of(series: &[Series]) -> Axes {
        let points = || series.iter().flat_map(|series| &series.points);
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        Axes {
            rate: decades(points().map(|point| point.rate)),
            micros: decades(points().flat_map(|point| [micros(point.p50), micros(point.p99)])),
        }
    }

    fn x(&self, rate: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * place(rate, self.rate)
    }

    fn y(&self, micros: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * place(micros, self.micros)
    }
}

/// The powers of ten around some numbers, as exponents.
fn decades(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let logs = numbers.map(|number| number.max(1.0).log10());
    let (low, high) = logs.fold((f64::MAX, 0.0_f64), |(low, high), log| (low.min(log), high.max(log)));
    (low.floor().min(high), high.ceil().max(low.floor() + 1.0))
}

fn place(number: f64, (low, high): (f64, f64)) -> f64 {
    (number.max(1.0).log10() - low) / (high - low)
}

fn draw(title: &str, series: &[Series]) -> String {
    let axes = Axes::of(series);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let middle = (LEFT + WIDTH - RIGHT) / 2.0;
    text(&mut svg, middle, 22.0, "middle", title);
    text(&mut svg, middle, HEIGHT - 14.0, "middle", "requests per second");
    text(&mut svg, 8.0, TOP - 12.0, "start", "latency");
    grid(&mut svg, &axes);
    for (n, (series, colour)) in series.iter().zip(COLOURS).enumerate() {
        line(&mut svg, &axes, series, colour, "", |point| point.p50);
        line(&mut svg, &axes, series, colour, " stroke-dasharray=\"5 4\"", |point| point.p99);
        let y = TOP + 20.0 * (n as f64 + 1.0);
        let x = WIDTH - RIGHT + 16.0;
        let _ = writeln!(svg, "<rect x=\"{x}\" y=\"{:.1}\" width=\"12\" height=\"4\" fill=\"{colour}\"/>", y - 6.0);
        text(&mut svg, x + 18.0, y, "start", series.name);
    }
    text(&mut svg, WIDTH - RIGHT + 16.0, TOP + 120.0, "start", "solid: median");
    text(&mut svg, WIDTH - RIGHT + 16.0, TOP + 138.0, "start", "dashed: 99th percentile");
    svg + "</svg>\n"
}

fn grid(svg: &mut String, axes: &Axes) {
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    let powers = |(low, high): (f64, f64)| (low as i32..=high as i32).map(|power| 10_f64.powi(power));
    for rate in powers(axes.rate) {
        let x = axes.x(rate);
        let _ = writeln!(svg, "<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"#dddddd\"/>");
        text(svg, x, bottom + 18.0, "middle", &rate.to_string());
    }
    for micros in powers(axes.micros) {
        let y = axes.y(micros);
        let _ = writeln!(svg, "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#dddddd\"/>");
        let label = if micros < 1000.0 { format!("{micros} µs") } else { format!("{} ms", micros / 1000.0) };
        text(svg, LEFT - 6.0, y + 4.0, "end", &label);
    }
}

fn line(svg: &mut String, axes: &Axes, series: &Series, colour: &str, dash: &str, of: impl Fn(&Point) -> Duration) {
    let place = |point: &Point| (axes.x(point.rate), axes.y(of(point).as_secs_f64() * 1e6));
    let places: Vec<String> = series.points.iter().map(place).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let points = places.join(" ");
    let _ = writeln!(svg, "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>");
    for (x, y) in series.points.iter().map(place) {
        let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
    }
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_stays_within_its_frame() {
        let point =
            |rate, micros| Point { rate, p50: Duration::from_micros(micros), p99: Duration::from_micros(10 * micros) };
        let series = [Series { name: "one", points: vec![point(90.0, 40), point(110_000.0, 600)] }];
        let axes = Axes::of(&series);
        assert_eq!((axes.rate, axes.micros), ((1.0, 6.0), (1.0, 4.0)));
        assert_eq!((axes.x(10.0), axes.x(1e6)), (LEFT, WIDTH - RIGHT));
        assert_eq!((axes.y(10.0), axes.y(1e4)), (HEIGHT - BOTTOM, TOP));
        let svg = draw("title", &series);
        assert_eq!((svg.matches("<polyline").count(), svg.matches("<circle").count()), (2, 4));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }
}
