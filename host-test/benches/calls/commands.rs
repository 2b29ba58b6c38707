//! The command line from its start to its end: `outwit call`, with compiled code in the cache and without.

use crate::programs::command;
use crate::sample::{Effort, Samples};
use crate::table::{Row, Target, Unit};
use crate::vendor::{INPUT, OPERATION, Vendor};
use anyhow::{Context, Result, ensure};
use std::path::Path;

pub fn rows(vendor: &Vendor, folder: &Path, effort: Effort) -> Result<Vec<Row>> {
    // Not the folder that other programs are measured with: what they compiled is not to be lost.
    let home = folder.join("cold");
    let (mut cold, mut warm) = (Samples::default(), Samples::default());
    for _ in 0..effort.of(5, 1) {
        _ = std::fs::remove_dir_all(&home);
        std::fs::create_dir_all(&home)?;
        call(vendor, &home, &mut cold)?;
    }
    for _ in 0..effort.of(100, 3) {
        call(vendor, &home, &mut warm)?;
    }
    ensure!(home.join("cache").is_dir(), "the program keeps its code elsewhere than where it was removed from");
    Ok(vec![
        Row::of("`outwit call`, code in the cache", Unit::Milliseconds, &warm).target(Target::Most(30.0)),
        Row::of("`outwit call`, empty cache", Unit::Milliseconds, &cold),
    ])
}

fn call(vendor: &Vendor, home: &Path, samples: &mut Samples) -> Result<()> {
    let mut command = command(home, vendor);
    command.args(["call", OPERATION, INPUT]);
    let output = samples.time(|| command.output().context("the program"))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
