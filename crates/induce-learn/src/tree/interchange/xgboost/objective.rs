//! XGBoost's objectives: their links, and what they are called here.

use induce_prob::{Link, Objective};

use super::super::super::boost::Spec;
use super::super::value::{Read, Value};

/// What an objective is: XGBoost's name, ours if there is one, and the link.
struct Known(&'static str, Option<Objective>, Link);

/// The first of several rows for one of ours is the one to write.
const KNOWN: [Known; 19] = [
    Known("reg:squarederror", Some(Objective::Squared), Link::Identity),
    Known("reg:linear", Some(Objective::Squared), Link::Identity),
    Known("reg:squaredlogerror", None, Link::Identity),
    Known("reg:pseudohubererror", Some(Objective::Huber), Link::Identity),
    Known("reg:absoluteerror", Some(Objective::Absolute), Link::Identity),
    Known("reg:quantileerror", Some(Objective::Quantile), Link::Identity),
    Known("binary:logistic", Some(Objective::Logistic), Link::Logit),
    Known("reg:logistic", None, Link::Logit),
    Known("binary:logitraw", None, Link::Identity),
    Known("multi:softprob", Some(Objective::Softmax), Link::Softmax),
    Known("multi:softmax", Some(Objective::Softmax), Link::Softmax),
    Known("count:poisson", Some(Objective::Poisson), Link::Log),
    Known("reg:gamma", Some(Objective::Gamma), Link::Log),
    Known("reg:tweedie", Some(Objective::Tweedie), Link::Log),
    Known("survival:cox", None, Link::Log),
    Known("survival:aft", None, Link::Log),
    Known("rank:ndcg", Some(Objective::Lambdarank), Link::Identity),
    Known("rank:pairwise", Some(Objective::Lambdarank), Link::Identity),
    Known("rank:map", Some(Objective::Lambdarank), Link::Identity),
];

/// An objective as a model of ours keeps it.
pub struct Target {
    /// Our name, or XGBoost's where we have no such loss.
    pub name: String,
    /// From scores to means.
    pub link: Link,
    /// How many classes are predicted.
    pub classes: usize,
    /// Defaults, with the objective and its parameters.
    pub spec: Spec,
}

/// The objective of a learner of so many outputs.
pub fn read(objective: &Value, outputs: usize) -> Read<Target> {
    let name = objective.str_of("name")?;
    if name == "binary:hinge" {
        return Err("its objective `binary:hinge` predicts hard classes from no likelihood, which induce has no link for".into());
    }
    let known = KNOWN.iter().find(|known| known.0 == name);
    let &Known(_, ours, link) = known.ok_or_else(|| format!("its objective `{name}` is not known"))?;
    let mut spec = Spec {
        objective: ours.unwrap_or_default(),
        ..Spec::default()
    };
    parameters(objective, &mut spec);
    let classes = match name {
        "multi:softprob" | "multi:softmax" => outputs,
        "binary:logistic" if outputs == 1 => 2,
        _ => 0,
    };
    Ok(Target {
        name: ours.map_or_else(|| name.to_string(), our_name),
        link,
        classes,
        spec,
    })
}

/// Parameters of losses, where the file has them.
fn parameters(objective: &Value, spec: &mut Spec) {
    let number = |group: &str, key: &str| {
        let text = objective.find(group)?.str_of(key).ok()?;
        text.trim_matches(['[', ']'])
            .parse::<f64>()
            .ok()
            .filter(|x| x.is_finite())
    };
    let set = |slot: &mut f64, value: Option<f64>| *slot = value.unwrap_or(*slot);
    set(
        &mut spec.quantile,
        number("quantile_loss_param", "quantile_alpha"),
    );
    set(&mut spec.huber_delta, number("pseudo_huber_param", "huber_slope"));
    set(
        &mut spec.tweedie_power,
        number("tweedie_regression_param", "tweedie_variance_power"),
    );
}

/// The name of a loss in settings and models.
fn our_name(objective: Objective) -> String {
    format!("{objective:?}").to_lowercase()
}

/// The objective section of a model with this objective (by our name, or XGBoost's own).
pub fn write(name: &str, link: Link, outputs: usize, spec: &Spec) -> Value {
    let own = |known: &&Known| {
        known.2 == link && (known.0 == name || known.1.map(our_name).as_deref() == Some(name))
    };
    let stand_in = match link {
        // No loss of boosting has a link beyond these four.
        Link::Identity | Link::Probit | Link::Cloglog | Link::Cauchit | Link::Power(_) => "reg:squarederror",
        Link::Log => "count:poisson",
        Link::Logit => "binary:logistic",
        Link::Softmax => "multi:softprob",
    };
    let name = KNOWN.iter().find(own).map_or(stand_in, |known| known.0);
    // One output per quantile is expected, and XGBoost would not load another number.
    let name = if name == "reg:quantileerror" && outputs > 1 {
        "reg:squarederror"
    } else {
        name
    };
    let mut entries = vec![("name".to_string(), Value::text(&name))];
    let group = |key: &str, value: String| Value::map([(key, Value::Text(value))]);
    let parameters = match name {
        "multi:softprob" | "multi:softmax" => Some((
            "softmax_multiclass_param",
            group("num_class", outputs.to_string()),
        )),
        "reg:quantileerror" => Some((
            "quantile_loss_param",
            group("quantile_alpha", format!("[{:E}]", spec.quantile)),
        )),
        "reg:pseudohubererror" => Some((
            "pseudo_huber_param",
            group("huber_slope", spec.huber_delta.to_string()),
        )),
        "reg:tweedie" => Some((
            "tweedie_regression_param",
            group("tweedie_variance_power", spec.tweedie_power.to_string()),
        )),
        "count:poisson" => Some(("poisson_regression_param", group("max_delta_step", "0.7".into()))),
        "survival:aft" => {
            let distribution = ("aft_loss_distribution", Value::text("normal"));
            Some((
                "aft_loss_param",
                Value::map([distribution, ("aft_loss_distribution_scale", Value::text("1"))]),
            ))
        }
        _ if name.starts_with("rank:") => Some(("lambdarank_param", Value::map([]))),
        _ if name.starts_with("reg:") || name.starts_with("binary:") => {
            Some(("reg_loss_param", group("scale_pos_weight", "1".into())))
        }
        _ => None,
    };
    entries.extend(parameters.map(|(key, value)| (key.to_string(), value)));
    Value::Map(entries)
}
