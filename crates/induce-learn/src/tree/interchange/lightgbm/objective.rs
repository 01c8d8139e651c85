//! LightGBM's objectives: their links, and what they are called here.

use induce_prob::{Link, Objective};

use super::super::super::boost::Spec;
use super::super::value::Read;
use super::text::shown;

/// What an objective is: LightGBM's name, ours if there is one, and the link.
struct Known(&'static str, Option<Objective>, Link);

/// The first of several rows for one of ours is the one to write.
const KNOWN: [Known; 18] = [
    Known("regression", Some(Objective::Squared), Link::Identity),
    Known("regression_l2", Some(Objective::Squared), Link::Identity),
    Known("regression_l1", Some(Objective::Absolute), Link::Identity),
    Known("huber", Some(Objective::Huber), Link::Identity),
    Known("fair", None, Link::Identity),
    Known("mape", None, Link::Identity),
    Known("quantile", Some(Objective::Quantile), Link::Identity),
    Known("poisson", Some(Objective::Poisson), Link::Log),
    Known("gamma", Some(Objective::Gamma), Link::Log),
    Known("tweedie", Some(Objective::Tweedie), Link::Log),
    Known("binary", Some(Objective::Logistic), Link::Logit),
    Known("cross_entropy", None, Link::Logit),
    Known("xentropy", None, Link::Logit),
    Known("multiclass", Some(Objective::Softmax), Link::Softmax),
    Known("softmax", Some(Objective::Softmax), Link::Softmax),
    Known("multiclassova", None, Link::Logit),
    Known("lambdarank", Some(Objective::Lambdarank), Link::Identity),
    Known("rank_xendcg", None, Link::Identity),
];

/// An objective as a model of ours keeps it.
pub struct Target {
    /// Our name, or LightGBM's where we have no such loss.
    pub name: String,
    /// From scores to means.
    pub link: Link,
    /// How many classes are predicted.
    pub classes: usize,
    /// What scores are multiplied with before the link.
    pub sigmoid: f64,
    /// Defaults, with the objective and its parameters.
    pub spec: Spec,
}

/// The objective line, if there is one; a model without predicts its scores.
pub fn read(line: Option<&str>, outputs: usize) -> Read<Target> {
    let mut words = line.unwrap_or_default().split_ascii_whitespace();
    let Some(name) = words.next().filter(|&name| name != "custom" && name != "none") else {
        let spec = Spec::default();
        return Ok(Target {
            name: "custom".into(),
            link: Link::Identity,
            classes: 0,
            sigmoid: 1.0,
            spec,
        });
    };
    let known = KNOWN.iter().find(|known| known.0 == name);
    let &Known(_, ours, link) =
        known.ok_or_else(|| format!("its objective `{}` is not known", shown(line.unwrap_or_default())))?;
    let spec = Spec {
        objective: ours.unwrap_or_default(),
        ..Spec::default()
    };
    let classes = match name {
        "binary" => 2,
        "multiclass" | "softmax" | "multiclassova" => outputs,
        _ => 0,
    };
    let name = ours.map_or_else(|| name.to_string(), |o| format!("{o:?}").to_lowercase());
    let mut target = Target {
        name,
        link,
        classes,
        sigmoid: 1.0,
        spec,
    };
    for word in words {
        target.parameter(word)?;
    }
    Ok(target)
}

impl Target {
    /// One word behind the name: `sigmoid:1`, `alpha:0.9`, ...
    fn parameter(&mut self, word: &str) -> Read<()> {
        if word == "sqrt" {
            return Err("its objective `regression sqrt` squares what the trees predict, which induce has no link for".into());
        }
        let Some((key, value)) = word.split_once(':') else {
            return Ok(());
        };
        let number = || value.parse::<f64>().ok().filter(|x| x.is_finite());
        let number = || number().ok_or_else(|| format!("the objective's `{key}` is `{}`", shown(value)));
        match key {
            "sigmoid" => self.sigmoid = number()?,
            "alpha" if self.spec.objective == Objective::Quantile => self.spec.quantile = number()?,
            "alpha" => self.spec.huber_delta = number()?,
            "tweedie_variance_power" => self.spec.tweedie_power = number()?,
            _ => {}
        }
        Ok(())
    }
}

/// The objective line for a model with this objective (by our name, or LightGBM's own); empty for bare scores.
pub fn write(name: &str, link: Link, outputs: usize, spec: &Spec) -> Option<String> {
    let ours = |known: &Known| known.1.is_some_and(|o| format!("{o:?}").to_lowercase() == name);
    let own = KNOWN
        .iter()
        .find(|known| known.2 == link && (known.0 == name || ours(known)));
    let name = match (link, outputs) {
        (Link::Softmax, _) => "multiclass",
        (Link::Logit, 2..) => "multiclassova",
        (Link::Identity, 2..) => return Some(String::new()),
        (Link::Log, 2..) => return None,
        (Link::Identity, _) => own.map_or("", |known| known.0),
        (Link::Log, _) => own.map_or("poisson", |known| known.0),
        (Link::Logit, _) => own.map_or("binary", |known| known.0),
        // No loss of boosting has another link.
        _ => return None,
    };
    Some(match name {
        "multiclass" => format!("multiclass num_class:{outputs}"),
        "multiclassova" => format!("multiclassova num_class:{outputs} sigmoid:1"),
        "binary" => "binary sigmoid:1".into(),
        "tweedie" => format!("tweedie tweedie_variance_power:{}", spec.tweedie_power),
        "quantile" => format!("quantile alpha:{}", spec.quantile),
        "huber" => format!("huber alpha:{}", spec.huber_delta),
        other => other.to_string(),
    })
}
