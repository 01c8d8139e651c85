//! The charts of the page and the words under them.

use minijinja::Value;
use serde::Serialize;

use super::known::label;
use super::{Importance, LanguageReport, Metric, Report};
use crate::chart::{
    self, Bar, Bars, Calibration, Confusion, Dependence, LearningCurve, Residuals, Sparkline,
};
use crate::scene::{Domain, Svg};
use crate::text;

/// Widths of a chart that takes the whole column, half of it, and of one on a phone.
const FULL: f64 = 856.0;
const HALF: f64 = 400.0;
const NARROW: f64 = 326.0;

/// The most bars of an importance chart.
const MOST_BARS: usize = 20;

/// A chart with its title and how to read it, drawn for wide and for narrow screens.
#[derive(Serialize)]
pub(super) struct Figure {
    title: String,
    caption: String,
    wide: Value,
    narrow: Value,
    /// The largest width at which the wide drawing still looks right.
    limit: u32,
    full: bool,
    /// Whether it takes half of a row that has no other half: its caption stands beside it.
    alone: bool,
}

/// The chart of these words, drawn at both widths.
pub(super) fn figure(
    title: &str,
    caption: impl Into<String>,
    full: bool,
    draw: impl Fn(f64) -> Svg,
) -> Figure {
    let wide = draw(if full { FULL } else { HALF });
    Figure {
        title: title.to_owned(),
        caption: caption.into(),
        limit: (wide.width() * 1.12) as u32,
        wide: Value::from_safe_string(wide.inline()),
        narrow: Value::from_safe_string(draw(NARROW).inline()),
        full,
        alone: false,
    }
}

/// Mark the figures that would leave half of their row empty.
fn paired(mut figures: Vec<Figure>) -> Vec<Figure> {
    let mut open: Option<usize> = None;
    for place in 0..figures.len() {
        match (figures[place].full, open.take()) {
            (true, Some(before)) => figures[before].alone = true,
            (false, None) => open = Some(place),
            _ => {}
        }
    }
    if let Some(last) = open {
        figures[last].alone = true;
    }
    figures
}

/// The learning curve.
pub(super) fn learning(report: &Report) -> Vec<Figure> {
    if let Some(language) = &report.language {
        return steps(report, language);
    }
    let curve = report.learning_curve.iter();
    let figures = curve.map(|data| {
        let unit = if data.unit.is_empty() { "round" } else { &data.unit };
        let caption = course(data, unit);
        let data = &LearningCurve {
            metric: label(&data.metric),
            ..data.clone()
        };
        figure(&format!("{} by {unit}", data.metric), caption, true, |width| {
            chart::learning_curve(data, width)
        })
    });
    figures.collect()
}

/// How to read a learning curve.
fn course(data: &LearningCurve, unit: &str) -> String {
    let read = match data.series.as_slice() {
        [only] if only.name == "out of bag" => format!(
            "Every row is predicted by those that have not seen it. Where the line is level, one {unit} more helps no more."
        ),
        [_] => "How the fit went on its training rows.".to_owned(),
        _ => "Each line follows one split while the model learns. While both improve, there is more to learn; where the \
              training line goes on and the other turns, the model begins to learn its training rows by heart."
            .to_owned(),
    };
    let kept = data.best.map_or(String::new(), |_| {
        format!(" The dashed line marks the {unit} that was kept.")
    });
    format!("{read}{kept}")
}

/// How steps went: the loss, and how long they were.
fn steps(report: &Report, language: &LanguageReport) -> Vec<Figure> {
    let loss = report.learning_curve.as_ref().map(|data| {
        let dots = if data.raw.is_some() {
            " Dots are the losses of single steps."
        } else {
            ""
        };
        let kept = if data.best.is_some() {
            " The dashed line marks the step that was kept."
        } else {
            ""
        };
        let caption = format!(
            "Nats per token. The training line is the mean over stretches of steps.{dots} The band around the other is a \
             95\u{a0}% interval. Where the training line goes on and the other turns, the model begins to learn its \
             text by heart.{kept}"
        );
        figure("Loss by step", caption, true, |width| chart::learning_curve(data, width))
    });
    let rate = language.rate.as_ref().map(|data| {
        let caption = "The learning rate, by which gradients are scaled: it rises during the warm-up and decays so that the \
                       loss settles at the end.";
        figure("Learning rate by step", caption, true, |width| chart::learning_curve(data, width))
    });
    loss.into_iter().chain(rate).collect()
}

/// The charts of how well a text was foretold.
fn foretold(language: &LanguageReport) -> Vec<Figure> {
    let bars = beside(language);
    let baselines = (!bars.bars.is_empty()).then(|| {
        let caption = "What the model is worth: its loss beside that of knowing only which token stood before (bigram), how \
                       frequent each is (unigram), or how many there are (uniform). Shorter is better; whiskers are \
                       95\u{a0}% intervals.";
        figure(&bars.title, caption, true, |width| chart::bars(&bars, width))
    });
    let positions = language.positions.as_ref().map(|data| {
        let caption = "The mean loss by how many tokens could be looked back on; the band is a 95\u{a0}% interval. Where the \
                       line is level, more context tells the model no more.";
        figure(&data.title, caption, false, |width| chart::learning_curve(data, width))
    });
    baselines.into_iter().chain(positions).collect()
}

/// The losses of the model and of those that know less.
fn beside(language: &LanguageReport) -> Bars {
    let losses = language.baselines.iter().filter(|metric| metric.name == "loss");
    let bar = |metric: &Metric| Bar {
        name: metric.split.clone(),
        value: metric.value,
        low: metric.low,
        high: metric.high,
    };
    Bars {
        title: "Loss beside models that know less".into(),
        unit: "nats per token".into(),
        bars: losses.map(bar).collect(),
        ..Bars::default()
    }
}

/// The charts that evaluate the predictions.
pub(super) fn performance(report: &Report) -> Vec<Figure> {
    let mut figures = report.language.as_ref().map_or_else(Vec::new, foretold);
    figures.extend(report.confusion.as_ref().map(confusion));
    figures.extend(report.roc.as_ref().map(|data| {
        let caption = "Going up the line, the model flags more rows: how many of the true ones it finds (up) for how \
                       many of the others it flags, too (right). The corner at the upper left is perfect, the dashed \
                       diagonal is chance.";
        figure("ROC curve", caption, false, |width| chart::roc(data, width))
    }));
    figures.extend(report.precision_recall.as_ref().map(|data| {
        let caption = "Of the rows flagged, how many are true (up), against how many of the true ones are found \
                       (right). Read this one rather than the ROC curve when the true ones are rare.";
        figure("Precision and recall", caption, false, |width| chart::precision_recall(data, width))
    }));
    figures.extend(report.calibration.as_ref().map(calibration));
    if let Some(data) = &report.residuals {
        figures.extend(residuals(data));
    }
    paired(figures)
}

fn confusion(data: &Confusion) -> Figure {
    let many = data.classes.len() > 30;
    let which = if many {
        " Only the most confused classes are shown."
    } else {
        ""
    };
    let caption = format!(
        "A row holds the rows of one true class, a column what they were taken for. Blue is right, orange is wrong; the \
         shade is the fraction of the row.{which}"
    );
    figure("Confusion matrix", caption, data.classes.len() > 5, |width| {
        chart::confusion(data, width)
    })
}

fn calibration(data: &Calibration) -> Figure {
    let counted = data.counted();
    let caption = format!(
        "Of the {counted} given about this probability (right), how many came true (up). On the diagonal the \
         probabilities can be taken at their word; below it the model is too sure. Whiskers are 95\u{a0}% \
         intervals, grey bars count the {counted}."
    );
    let title = if data.name.is_empty() {
        "Calibration".to_owned()
    } else {
        format!("Calibration: {}", data.name)
    };
    figure(&title, caption, false, |width| chart::calibration(data, width))
}

fn residuals(data: &Residuals) -> Vec<Figure> {
    vec![
        figure(
            "Predicted and actual",
            "Every row by what was predicted and what was true; a stronger colour is more rows. The dashed diagonal is perfect.",
            false,
            |width| chart::predicted_actual(data, width),
        ),
        figure(
            "Residuals",
            "What is left over after the prediction. A level, shapeless band is good; a slope or a bow in the orange \
             line of means is something the model has not learnt, and a funnel means that errors grow with the value.",
            false,
            |width| chart::residuals(data, width),
        ),
        figure(
            "Spread of the errors",
            "How often errors of each size occur. The solid line is their median, the dashed lines hold the middle \
             nine in ten. A few far errors may lie outside.",
            false,
            |width| chart::residual_histogram(data, width),
        ),
        figure(
            "Are the errors normal?",
            "On the diagonal, errors follow the normal curve. Ends that bend away from it mean more large errors than a \
             normal distribution would have.",
            false,
            |width| chart::residual_quantiles(data, width),
        ),
    ]
}

/// The charts of what the model looks at.
pub(super) fn importance(report: &Report) -> Vec<Figure> {
    let metric = match report.importance_metric.as_str() {
        "" => "the metric".to_owned(),
        name => name.replace('_', " "),
    };
    let permutation = bars(
        report,
        "Permutation importance",
        &format!("change of {metric} when shuffled"),
        |row| row.permutation.map(|own| (own.value, own.low, own.high)),
    );
    let gain = bars(report, "Gain", "fraction of the total gain", |row| {
        row.gain.map(|gain| (gain, None, None))
    });
    let mut figures = Vec::new();
    let both = !permutation.bars.is_empty() && !gain.bars.is_empty();
    if !permutation.bars.is_empty() {
        let caption = "How much worse the model gets when this column is shuffled, so that it tells nothing any more. \
                       Whiskers are 95\u{a0}% intervals; one that crosses zero may be chance.";
        figures.push(figure("Permutation importance", caption, !both, |width| {
            chart::bars(&permutation, width)
        }));
    }
    if !gain.bars.is_empty() {
        let gain = shares(gain);
        let caption = "How much of the improvement in training came from splits on this column. It flatters columns \
                       with many distinct values, so trust the permutation where both are there.";
        figures.push(figure("Gain in training", caption, !both, |width| {
            chart::bars(&gain, width)
        }));
    }
    figures
}

/// What single columns do to the mean prediction, all on one vertical axis.
pub(super) fn dependence(report: &Report) -> Vec<Figure> {
    let reach = Domain::around(report.dependence.iter().flat_map(Dependence::reach));
    let figures = report.dependence.iter().map(|data| {
        figure(&data.feature, "", false, |width| {
            chart::dependence(data, (reach.low, reach.high), width)
        })
    });
    paired(figures.collect())
}

/// What moved the predictions of single rows.
pub(super) fn contributions(report: &Report) -> Vec<Figure> {
    let sizes = report.shap_sizes.iter().map(|data| {
        let caption = "How far this column moves the scores of the classes, on average over the rows and regardless of \
                       direction; each part is one class.";
        figure(&data.title, caption, true, |width| chart::stacked(data, width))
    });
    let mut figures: Vec<Figure> = sizes.collect();
    figures.extend(report.shap.iter().enumerate().map(|(place, data)| {
        let read = "Each point is one row of the table: how far this column moved its prediction, down (left) or up \
                       (right). Colour is the column's own value. Of categories the commonest have a colour each: point \
                       at it to read which. Grey are rarer ones and missing values.";
        // Said once: the others are read alike.
        let caption = if place == 0 { read } else { "" };
        let title = match data.class.as_str() {
            "" => "What moves the predictions".to_owned(),
            class => format!("What moves the score of {class}"),
        };
        figure(&title, caption, true, |width| chart::shap_summary(data, width))
    }));
    figures
}

type Measure = (f64, Option<f64>, Option<f64>);

fn bars(report: &Report, title: &str, unit: &str, measure: impl Fn(&Importance) -> Option<Measure>) -> Bars {
    let measured = report.importances.iter().filter_map(|row| {
        let (value, low, high) = measure(row).filter(|own| own.0.is_finite())?;
        Some(Bar {
            name: row.feature.clone(),
            value,
            low,
            high,
        })
    });
    let mut bars: Vec<Bar> = measured.collect();
    bars.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.name.cmp(&b.name)));
    Bars {
        title: title.to_owned(),
        unit: unit.to_owned(),
        bars,
        most: MOST_BARS,
        percent: false,
    }
}

/// The same bars as fractions of their sum.
fn shares(mut bars: Bars) -> Bars {
    let total: f64 = bars.bars.iter().map(|bar| bar.value.max(0.0)).sum();
    if total > 0.0 && total.is_finite() {
        for bar in &mut bars.bars {
            bar.value /= total;
        }
        bars.percent = true;
    }
    bars
}

/// A sparkline for a cell.
pub(super) fn spark(data: &Sparkline) -> Value {
    Value::from_safe_string(chart::sparkline(data).inline())
}

/// A number for a cell, a dash where there is none.
pub(super) fn cell(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), text::value)
}
