//! `induce stitch`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use induce::core::parallel;
use induce::core::picture::{self, Limits, Picture, read_picture, write_covered};
use induce::core::words::counted;
use induce::learn::robust::plane;
use induce::learn::vision::{self, Blend, Grey, Registration};
use serde_json::json;

use crate::args::{Blending, Stitch};
use crate::output;
use crate::session::Session;
use crate::writing;

/// Seconds of each part of the work.
struct Times {
    read: f64,
    register: f64,
    blend: f64,
}

pub fn run(session: &Session, args: &Stitch) -> Result<ExitCode> {
    if let Some(out) = &args.out {
        writing::check(out, ("a picture", picture::endings()))?;
    }
    writing::distinct(&[Some(&args.a), Some(&args.b)], &[args.out.as_deref()])?;
    let clock = Instant::now();
    let [a, b] = pictures(session, args)?;
    let read = clock.elapsed().as_secs_f64();
    let clock = Instant::now();
    let found = register(session, args, &a, &b)?;
    let register = clock.elapsed().as_secs_f64();
    let clock = Instant::now();
    let mosaic = mosaic(session, args, &a, &b, &found)?;
    let times = Times {
        read,
        register,
        blend: clock.elapsed().as_secs_f64(),
    };
    show(session, args, &found, mosaic.as_ref(), &times)?;
    Ok(ExitCode::SUCCESS)
}

/// Both pictures, decoded side by side.
fn pictures(session: &Session, args: &Stitch) -> Result<[Picture; 2]> {
    let limits = Limits {
        pixels: args.pixels,
        ..Limits::default()
    };
    let paths = [&args.a, &args.b];
    let mut read = parallel::map(session.run().threads(), 2, |i| read_picture(paths[i], &limits)).into_iter();
    let mut next = || read.next().expect("two pictures are read");
    Ok([next()?, next()?])
}

fn register(session: &Session, args: &Stitch, a: &Picture, b: &Picture) -> Result<Registration> {
    let spec = plane::Spec {
        threshold: args.threshold,
        ..plane::Spec::default()
    };
    let (a, b) = (Grey::of(a), Grey::of(b));
    let fitted = vision::register(&a, &b, &vision::Spec::default(), &spec, &session.run())?;
    if session.global.verbose {
        session.say(format!("search: {}", fitted.outcome.reason()));
    }
    Ok(fitted.model)
}

fn mosaic(
    session: &Session,
    args: &Stitch,
    a: &Picture,
    b: &Picture,
    found: &Registration,
) -> Result<Option<Picture>> {
    let Some(out) = &args.out else { return Ok(None) };
    let blend = match args.blend {
        Blending::Bands => Blend::Bands,
        Blending::Feather => Blend::Feather,
    };
    let run = session.run();
    run.watched().begin("pictures blended", 1);
    let whole = vision::mosaic(a, b, &found.fit.matrix, blend, run.threads());
    run.watched().end();
    let whole = whole?;
    let mosaic = if args.crop { whole.cropped()? } else { whole };
    session.keep(true);
    write_covered(out, &mosaic.picture, &mosaic.opacity)?;
    session.keep(false);
    Ok(Some(mosaic.picture))
}

/// The homography with its last number 1, as others print it; of length 1 if that number is 0.
fn homography(h: &plane::Matrix) -> Vec<f64> {
    let corner = if h[8].abs() > 1e-12 { h[8] } else { 1.0 };
    h.iter().map(|v| v / corner).collect()
}

fn show(
    session: &Session,
    args: &Stitch,
    found: &Registration,
    mosaic: Option<&Picture>,
    times: &Times,
) -> Result<()> {
    let (fit, h) = (&found.fit, homography(&found.fit.matrix));
    if session.json() {
        return output::print_json(&json!({
            "homography": h,
            "matches": found.matches,
            "inliers": fit.inliers.len(),
            "key_points": found.points,
            "sigma": fit.sigma,
            "mosaic": mosaic.map(|m| [m.width, m.height]),
            "seed": session.global.seed,
            "threads": session.run().threads(),
            "read_seconds": times.read,
            "register_seconds": times.register,
            "blend_seconds": times.blend,
        }));
    }
    let rows: Vec<Vec<String>> = h
        .chunks(3)
        .map(|r| r.iter().map(|v| format!("{v:.6e}")).collect())
        .collect();
    output::print(&format!(
        "{} of {} agree to {} pixels\n\n{}",
        fit.inliers.len(),
        counted(found.matches, "pair"),
        output::number(fit.sigma),
        output::table(&["homography", "A to B", ""], &rows)
    ))?;
    if let (Some(out), Some(mosaic)) = (&args.out, mosaic) {
        session.say(format!(
            "wrote `{}`, {} x {} pixels",
            out.display(),
            mosaic.width,
            mosaic.height
        ));
    }
    Ok(())
}
