//! The picture: two panels with logarithmic axes.

use super::Course;
use plotters::coord::Shift;
use plotters::prelude::*;
use plume_nav_sim::stats::DensityBin;
use std::error::Error;
use std::path::Path;

/// Colours that the common forms of colour blindness leave apart (Okabe & Ito 2008).
const COLOURS: [RGBColor; 4] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
];
const TIMES_S: std::ops::Range<f64> = 0.008..200.0;
const DENSITIES_PER_S: std::ops::Range<f64> = 1e-6..1e2;

/// Draws both panels to the SVG file `path`.
pub fn draw(path: &Path, courses: &[Course]) -> Result<(), Box<dyn Error>> {
    let page = SVGBackend::new(path, (1080, 500)).into_drawing_area();
    page.fill(&WHITE)?;
    let (left, right) = page.split_horizontally(540);
    panel(&left, "Whiffs", courses, |course| &course.whiffs, true)?;
    panel(&right, "Blanks", courses, |course| &course.blanks, false)?;
    page.present()?;
    Ok(())
}

fn panel<'b>(
    area: &DrawingArea<SVGBackend<'b>, Shift>,
    title: &str,
    courses: &[Course],
    bins: fn(&Course) -> &[DensityBin],
    with_legend: bool,
) -> Result<(), Box<dyn Error>> {
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(42)
        .y_label_area_size(64)
        .build_cartesian_2d(TIMES_S.log_scale(), DENSITIES_PER_S.log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_desc("duration (s)")
        .y_desc("density (1/s)")
        .x_label_formatter(&|x| decimal(*x))
        .y_label_formatter(&|y| format!("{y:.0e}"))
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 16))
        .draw()?;
    let guide = [0.05, 50.0].map(|t: f64| (t, 0.4 * t.powf(-1.5)));
    chart
        .draw_series(DashedLineSeries::new(guide, 8, 6, BLACK.stroke_width(2)))?
        .label("slope −3/2")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], BLACK.stroke_width(2)));
    for (index, (course, colour)) in courses.iter().zip(COLOURS).enumerate() {
        let points = bins(course)
            .iter()
            .map(|bin| ((bin.low * bin.high).sqrt(), bin.density));
        let points: Vec<(f64, f64)> = points
            .filter(|(_, density)| DENSITIES_PER_S.contains(density))
            .collect();
        chart.draw_series(LineSeries::new(points.clone(), colour.stroke_width(1)))?;
        chart
            .draw_series(points.into_iter().map(|point| marker(index, point, colour)))?
            .label(course.name)
            .legend(move |(x, y)| marker(index, (x + 9, y), colour));
    }
    if with_legend {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerLeft)
            .background_style(WHITE)
            .border_style(RGBColor(180, 180, 180))
            .label_font(("sans-serif", 15))
            .draw()?;
    }
    Ok(())
}

/// Another shape for each course, so that colour isn't all that tells them apart.
fn marker<'b, C: Clone + 'static>(index: usize, point: C, colour: RGBColor) -> DynElement<'static, SVGBackend<'b>, C>
where
    Circle<C, i32>: IntoDynElement<'static, SVGBackend<'b>, C>,
    TriangleMarker<C, i32>: IntoDynElement<'static, SVGBackend<'b>, C>,
    Cross<C, i32>: IntoDynElement<'static, SVGBackend<'b>, C>,
{
    match index {
        0 => Circle::new(point, 4, colour.filled()).into_dyn(),
        1 => TriangleMarker::new(point, 5, colour.filled()).into_dyn(),
        2 => Cross::new(point, 4, colour.stroke_width(2)).into_dyn(),
        _ => Circle::new(point, 4, colour.stroke_width(2)).into_dyn(),
    }
}

/// 0.01, 1, 100.
fn decimal(value: f64) -> String {
    if value < 1.0 {
        let digits = -value.log10().floor() as usize;
        format!("{value:.digits$}")
    } else {
        format!("{value:.0}")
    }
}
