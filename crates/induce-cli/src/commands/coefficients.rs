//! The coefficient table of a linear model.

use std::fmt::Write;

use anyhow::Result;
use induce::learn::linear::{Coefficient, Model};

use crate::output;

/// What `induce show` prints of a linear model.
pub fn text(model: &Model) -> Result<String> {
    let mut out = String::new();
    let s = &model.statistics;
    let family = model.family.map_or("multinomial", |f| f.name());
    let prior = if model.spec.prior == "none" {
        "no"
    } else {
        &model.spec.prior
    };
    writeln!(out, "{family} family, {} link, {prior} prior", model.link.name())?;
    let several = model.intercepts.len() > 1;
    let rows: Vec<_> = model
        .coefficient_table()
        .iter()
        .map(|c| row(c, several))
        .collect();
    let t = model.family.is_some_and(induce::prob::Family::has_dispersion);
    let share = format!("{} % interval", 100.0 * model.spec.confidence);
    let mut header = vec![
        "term",
        "estimate",
        "std. error",
        if t { "t" } else { "z" },
        "p",
        &share,
    ];
    if several {
        header.insert(0, "class");
    }
    write!(out, "\n{}", output::table(&header, &rows))?;
    if let Some(kind) = &s.covariance {
        writeln!(out, "standard errors: {kind}")?;
    }
    let number = output::number;
    writeln!(
        out,
        "deviance {} of {} for the intercept alone, dispersion {}, {} residual degrees of freedom",
        number(s.deviance),
        number(s.null_deviance),
        number(s.dispersion),
        number(s.residual_df)
    )?;
    writeln!(
        out,
        "log-likelihood {}, AIC {}, BIC {}",
        number(s.log_likelihood),
        number(s.aic),
        number(s.bic)
    )?;
    if let Some(test) = &s.test {
        let df = test
            .denominator_df
            .map_or_else(String::new, |d| format!(" and {}", number(d)));
        let (statistic, p) = (number(test.statistic), chance(test.p));
        writeln!(
            out,
            "{} test of all coefficients: {statistic} on {}{df}, p {p}",
            test.name,
            number(test.df)
        )?;
    }
    let gap = s
        .gap
        .map_or_else(String::new, |gap| format!(", duality gap {gap:.1e}"));
    writeln!(
        out,
        "certificate: slopes of at most {:.1e}{gap}, by {}",
        s.gradient, s.solver
    )?;
    writeln!(out)?;
    Ok(out)
}

fn row(c: &Coefficient, several: bool) -> Vec<String> {
    let text = |v: Option<f64>| v.map_or_else(|| "-".into(), output::number);
    let interval = c
        .low
        .zip(c.high)
        .map(|(low, high)| format!("{} – {}", output::number(low), output::number(high)));
    let mut cells = vec![
        c.name.clone(),
        output::number(c.estimate),
        text(c.error),
        text(c.statistic),
        c.p.map_or_else(|| "-".into(), chance),
        interval.unwrap_or_else(|| "-".into()),
    ];
    if several {
        cells.insert(0, c.class.clone().unwrap_or_default());
    }
    cells
}

/// A p value; the smallest as a bound, since their digits say nothing.
fn chance(p: f64) -> String {
    if p < 1e-16 {
        "< 1e-16".into()
    } else if p < 1e-4 {
        format!("{p:.1e}")
    } else {
        format!("{p:.4}")
    }
}
