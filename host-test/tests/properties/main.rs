//! What holds for every value and every answer, tried with many that nobody thought of, on the real components in the real
//! host: no value changes a statement, and no answer makes a component say anything but what is documented.
//!
//! The values are the same in every run. `PROPTEST_CASES` sets how many each property is tried with, `PROPTEST_RNG_SEED`
//! which.

mod documents;
mod filters;
mod mutations;
mod raw;
mod replies;
mod requests;
mod selected;
mod sql;
mod tree;
mod verdict;
mod world;

use outwit_host_test::vendors;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Runs a test for each vendor, all at the same time.
fn for_each_vendor(test: impl Fn(&str) + Sync) {
    let vendors = vendors().expect("the folders of the vendors");
    std::thread::scope(|scope| {
        for vendor in &vendors {
            scope.spawn(|| test(vendor));
        }
    });
}

/// Tries a property with this many values, and shows the smallest that is found to break it.
fn holds<S: Strategy>(cases: u32, values: &S, property: impl Fn(S::Value) -> Result<(), String>) {
    let mut config = Config { failure_persistence: None, max_shrink_time: 20_000, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(0x0417);
    }
    let tried = TestRunner::new(config).run(values, |value| property(value).map_err(TestCaseError::fail));
    if let Err(problem) = tried {
        panic!("{problem}");
    }
}
