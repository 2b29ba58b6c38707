//! Ending a server while requests are under way.

use super::*;

const SOON: Duration = Duration::from_millis(20);
const LATE: Duration = Duration::from_secs(5);

#[test]
fn a_server_that_ends_cancels_what_is_under_way_and_what_comes_after() {
    let running = Arc::<Running>::default();
    let [before, left, after] = [CallHandle::new(), CallHandle::new(), CallHandle::new()];
    let (_before, gone) = (running.enter(&before), running.enter(&left));
    drop(gone);
    assert!(!before.is_cancelled());
    running.stop();
    let _after = running.enter(&after);
    assert!(before.is_cancelled() && after.is_cancelled());
    assert!(!left.is_cancelled(), "it was answered");
}

#[tokio::test]
async fn a_server_is_idle_when_the_last_request_has_left() {
    let running = Arc::<Running>::default();
    assert!(timeout(LATE, running.idle()).await.is_ok());
    let (one, two) = (running.enter(&CallHandle::new()), running.enter(&CallHandle::new()));
    let idle = {
        let running = running.clone();
        tokio::spawn(async move { running.idle().await })
    };
    drop(one);
    tokio::time::sleep(SOON).await;
    assert!(!idle.is_finished(), "one is under way");
    drop(two);
    assert!(timeout(LATE, idle).await.is_ok());
}

#[test]
fn a_request_is_cancelled_by_a_hang_up_before_its_answer_and_not_after() {
    let [hung_up, answered] = [CallHandle::new(), CallHandle::new()];
    drop(GaveUp(Some(hung_up.clone())));
    GaveUp(Some(answered.clone())).not();
    assert!(hung_up.is_cancelled() && !answered.is_cancelled());
}
