//! Every operation of every vendor against every way in which a vendor or a network fails: the exchanges of the cases that
//! succeed, and the faults in `faults.toml`, through the real host over sockets.
//!
//! A cell is one exchange of an operation and one fault: the exchanges before it are answered as the case says, then the
//! fault comes. Work of several requests is hit at each of them.

mod alone;
mod cell;
mod table;
mod targets;

use cell::Ground;
use outwit_host_test::net;
use std::collections::BTreeSet;
use std::sync::Arc;
use table::Row;
use targets::Target;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

/// What takes a processor's time would change how long other calls take.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Tries cells, several at a time, and says what is wrong with them.
async fn problems(
    ground: &Arc<Ground>,
    cells: impl IntoIterator<Item = (&Arc<Target>, &Arc<Row>)>,
) -> (usize, Vec<String>) {
    // Who waits for a time-out needs no processor.
    let (working, waiting) = (Arc::new(Semaphore::new(16)), Arc::new(Semaphore::new(200)));
    let mut running = JoinSet::new();
    for (target, row) in cells {
        let (ground, target, row) = (ground.clone(), target.clone(), row.clone());
        let places = if cell::waits(&target, &row) { waiting.clone() } else { working.clone() };
        running.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let judged = cell::judge(&ground, &target, &row).await;
            judged.err().map(|problem| format!("{target} × {}: {problem}", row.name))
        });
    }
    let size = running.len();
    let problems = running.join_all().await.into_iter().flatten().collect();
    (size, problems)
}

/// Components live on a clock that runs a hundred times faster, so that time-outs and waits take moments.
#[test]
fn every_operation_stands_every_fault() {
    net::run(async {
        let _alone = ALONE.lock().await;
        let ground = Arc::new(Ground::new(100).await);
        let (targets, rows) = (targets::all(&ground).await, table::rows());
        let cells = targets.iter().flat_map(|target| rows.iter().map(move |row| (target, row)));
        let (size, wrong) = problems(&ground, cells.filter(|(target, row)| row.fits(target))).await;
        let operations: BTreeSet<&str> = targets.iter().map(|target| &*target.operation).collect();
        println!(
            "{} operations ({} exchanges) × {} faults = {size} cells: {} wrong",
            operations.len(),
            targets.len(),
            rows.len(),
            wrong.len()
        );
        assert_eq!(ground.elsewhere.hits(), 0, "a redirect was followed");
        // What failed does not matter to the next call with the same host.
        let again = targets.iter().filter(|target| target.at == 0).map(|target| (target, &rows[0]));
        let (_, afterwards) = problems(&ground, again).await;
        assert!(afterwards.is_empty(), "afterwards:\n{}", afterwards.join("\n"));
        assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong[..wrong.len().min(200)].join("\n"));
    });
}

#[test]
fn waits_and_deadlines_last_as_long_as_they_say() {
    net::run(async {
        let _alone = ALONE.lock().await;
        let ground = Arc::new(Ground::new(1).await);
        let (mut targets, rows) = (targets::all(&ground).await, table::rows());
        targets.retain(|target| {
            ["accelo.get-activity", "accelo.create-activity"].contains(&&*target.operation) && target.own.is_empty()
        });
        assert_eq!(targets.len(), 2);
        let cells = targets.iter().flat_map(|target| rows.iter().map(move |row| (target, row)));
        let timed = cells.filter(|(target, row)| row.fits(target) && row.cell(target).takes_ms.is_some());
        let (size, wrong) = problems(&ground, timed).await;
        assert!(wrong.is_empty(), "of {size}:\n{}", wrong.join("\n"));
    });
}
