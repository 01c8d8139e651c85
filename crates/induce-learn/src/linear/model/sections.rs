//! What a linear model tells of itself: coefficients with their intervals, tests, the certificate of the optimum.

use induce_core::ColumnType;
use induce_core::model::{Block, Fact, Grid, IntervalRows, Section};
use induce_core::words::{number, p_value};
use induce_prob::Link;
use serde_json::json;

use super::{Coefficient, Model, Statistics};
use crate::linear::PriorChoice;
use crate::linear::encode::Term;

impl Model {
    /// Likelihood, prior, coefficients with their tests and intervals, and how well the model fits.
    pub fn sections(&self) -> Vec<Section> {
        let coefficients = self.identified_table();
        let plot = self.forest_plot(&coefficients, "coefficient", |_| 1.0);
        self.told(self.grid(&coefficients), plot)
    }

    /// As [`sections`](Self::sections), where there is room: with ratios where the link makes some of the coefficients, and
    /// effects in standard deviations of their columns, so that columns of all scales have one axis.
    pub fn report(&self) -> Vec<Section> {
        let coefficients = self.identified_table();
        let mut grid = self.grid(&coefficients);
        if let Some(ratio) = self.ratio() {
            grid.head.push(ratio.into());
            for (row, c) in grid.rows.iter_mut().zip(&coefficients) {
                row.push(number(c.estimate.exp()));
            }
        }
        let axis = "effect of a standard deviation, of yes or of the category";
        let plot = self.forest_plot(&coefficients, axis, |c| self.deviation(&c.name));
        self.told(grid, plot)
    }

    fn told(&self, grid: Grid, plot: IntervalRows) -> Vec<Section> {
        let mut blocks = vec![Block::Text(self.idea()), Block::Grid(grid)];
        blocks.extend(self.contrast_note().map(Block::Text));
        if !plot.rows.is_empty() {
            blocks.push(Block::Intervals(plot));
        }
        blocks.extend(fit_of(&self.statistics).into_iter().map(Block::Text));
        vec![Section::new("Coefficients", blocks)]
    }

    /// What the exponential of a coefficient is, where it is something.
    fn ratio(&self) -> Option<&'static str> {
        match self.link {
            Link::Logit | Link::Softmax => Some("odds ratio"),
            Link::Log => Some("ratio of means"),
            _ => None,
        }
    }

    /// The standard deviation of a column of numbers; 1 for a term that is or is not.
    fn deviation(&self, name: &str) -> f64 {
        let term = self
            .terms
            .iter()
            .find(|term| term.name == name && term.level.is_none());
        let numeric = |term: &&Term| {
            let feature = self.schema.features.get(term.feature);
            feature.is_some_and(|own| own.read_as != Some(ColumnType::Boolean))
        };
        term.filter(numeric).map_or(1.0, |term| term.scale)
    }

    /// The same as data.
    pub fn facts(&self) -> Vec<Fact> {
        vec![
            ("coefficients", json!(self.coefficient_table())),
            ("differences", json!(self.difference_table(0))),
            ("statistics", json!(self.statistics)),
        ]
    }

    fn idea(&self) -> String {
        let family = self.family.map_or("multinomial", |f| f.name());
        let prior = match self.spec.prior {
            PriorChoice::None => "no",
            other => other.name(),
        };
        format!("{family} family, {} link, {prior} prior", self.link.name())
    }

    fn grid(&self, coefficients: &[Coefficient]) -> Grid {
        let several = self.intercepts.len() > 1;
        let t = self.family.is_some_and(induce_prob::Family::has_dispersion);
        let coverage = format!("{} % interval", 100.0 * self.spec.confidence);
        let statistic = if t { "t" } else { "z" };
        let mut head = vec!["term", "estimate", "std. error", statistic, "p", &coverage];
        if several {
            head.insert(0, "class");
        }
        Grid::new(&head, coefficients.iter().map(|c| row(c, several)).collect())
    }

    /// Estimates beside their intervals. The intercept is left out: it has another scale, and nobody asks whether it is 0.
    fn forest_plot(
        &self,
        coefficients: &[Coefficient],
        axis: &str,
        unit: impl Fn(&Coefficient) -> f64,
    ) -> IntervalRows {
        let several = self.intercepts.len() > 1;
        let label = |c: &Coefficient| match &c.class {
            Some(class) if several => format!("{class}: {}", c.name),
            _ => c.name.clone(),
        };
        let shown = coefficients.iter().filter(|c| c.name != "(intercept)");
        IntervalRows {
            axis: format!("{axis}, with its {} % interval", 100.0 * self.spec.confidence),
            zero: 0.0,
            rows: shown
                .map(|c| {
                    let times = |end: f64| end * unit(c);
                    (label(c), times(c.estimate), c.low.map(times), c.high.map(times))
                })
                .collect(),
        }
    }
}

fn row(c: &Coefficient, several: bool) -> Vec<String> {
    let text = |v: Option<f64>| v.map_or_else(|| "-".into(), number);
    let interval = c
        .low
        .zip(c.high)
        .map(|(low, high)| format!("{} – {}", number(low), number(high)));
    let mut cells = vec![
        c.name.clone(),
        number(c.estimate),
        text(c.error),
        text(c.statistic),
        c.p.map_or_else(|| "-".into(), p_value),
        interval.unwrap_or_else(|| "-".into()),
    ];
    if several {
        cells.insert(0, c.class.clone().unwrap_or_default());
    }
    cells
}

fn fit_of(s: &Statistics) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(kind) = &s.covariance {
        lines.push(format!("standard errors: {kind}"));
    }
    lines.push(format!(
        "deviance {} of {} for the intercept alone, dispersion {}, {} residual {} of freedom",
        number(s.deviance),
        number(s.null_deviance),
        number(s.dispersion),
        number(s.residual_df),
        if s.residual_df == 1.0 { "degree" } else { "degrees" }
    ));
    lines.push(format!(
        "log-likelihood {}, AIC {}, BIC {}",
        number(s.log_likelihood),
        number(s.aic),
        number(s.bic)
    ));
    if let Some(test) = &s.test {
        let df = test
            .denominator_df
            .map_or_else(String::new, |d| format!(" and {}", number(d)));
        lines.push(format!(
            "{} test of all coefficients: {} on {}{df}, p {}",
            test.name,
            number(test.statistic),
            number(test.df),
            p_value(test.p)
        ));
    }
    let gap = s
        .gap
        .map_or_else(String::new, |gap| format!(", duality gap {gap:.1e}"));
    lines.push(format!(
        "certificate: gradients of at most {:.1e}{gap}, by {}",
        s.gradient, s.solver
    ));
    lines
}
