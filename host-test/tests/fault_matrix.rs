//! Every operation of every vendor against every way in which a vendor fails: generated from the catalogues, the cases that
//! succeed and the rows in `fault_matrix/rows.rs`, through the real host over sockets.
//!
//! A cell is one exchange of an operation and one fault: the exchanges before it are answered as the case says, then the
//! fault comes. Work of several requests is hit at each of them. Components live on a clock that runs a hundred times faster,
//! so that time-outs and waits take moments. (Addresses where nobody is concern the first exchange only.)

#[path = "faults/answers.rs"]
#[allow(dead_code, reason = "the tables of `faults` use all of it")]
mod answers;
#[path = "fault_matrix/cell.rs"]
mod cell;
#[path = "patterns/clock.rs"]
mod clock;
#[path = "fault_matrix/expected.rs"]
mod expected;
#[path = "fault_matrix/rows.rs"]
mod rows;
#[path = "fault_matrix/targets.rs"]
mod targets;

use cell::{Ground, Verdict};
use outwit_host_test::net;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[test]
fn every_operation_stands_every_fault() {
    net::run(async {
        let ground = Arc::new(Ground::new().await);
        let (targets, rows) = (targets::all(&ground).await, rows::all(&ground));
        // Who waits for a time-out needs no processor.
        let (working, waiting) = (Arc::new(Semaphore::new(16)), Arc::new(Semaphore::new(200)));
        let mut cells = JoinSet::new();
        for target in &targets {
            for row in rows.iter().filter(|row| row.fits(target)) {
                let (ground, target, row) = (ground.clone(), target.clone(), row.clone());
                let places = if row.means.takes_time(&target) { waiting.clone() } else { working.clone() };
                cells.spawn(async move {
                    let _place = places.acquire_owned().await.unwrap();
                    let verdict = cell::judge(&ground, &target, &row).await;
                    (format!("{target} × {}", row.name), verdict)
                });
            }
        }
        let mut all: BTreeMap<Verdict, Vec<String>> = BTreeMap::new();
        let size = cells.len();
        while let Some(cell) = cells.join_next().await {
            let (name, problems) = cell.unwrap();
            for (verdict, what) in problems {
                all.entry(verdict).or_default().push(format!("{name}: {what}"));
            }
        }
        let operations: BTreeSet<&str> = targets.iter().map(|target| &*target.operation).collect();
        let count = |verdict| all.get(&verdict).map_or(0, Vec::len);
        println!(
            "fault matrix: {} operations ({} exchanges) × {} faults = {size} cells: {} traps, {} hangs, {} wrong kinds, {} \
             duplicate writes",
            operations.len(),
            targets.len(),
            rows.len(),
            count(Verdict::Trap),
            count(Verdict::Hang),
            count(Verdict::Wrong),
            count(Verdict::Twice),
        );
        assert_eq!(ground.elsewhere.hits(), 0, "a redirect was followed");
        // What failed does not matter to the next call with the same host.
        for target in targets.iter().filter(|target| target.at == 0) {
            let problems = cell::judge(&ground, target, &rows::none()).await;
            assert!(problems.is_empty(), "{target} afterwards: {problems:?}");
        }
        let shown: Vec<String> = all.into_values().flat_map(|problems| problems.into_iter().take(60)).collect();
        assert!(shown.is_empty(), "{} cells:\n{}", shown.len(), shown.join("\n"));
    });
}
