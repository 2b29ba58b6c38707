//! Everything that reads what others wrote holds for the committed inputs of `host-test/fuzz`, of which some are past findings,
//! and for some thousand inputs that are made of them.

#[cfg(unix)]
#[test]
fn every_target_holds_for_its_corpus_and_what_is_made_of_it() {
    let mut run = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    outwit_host_test::build::without_cargo(&mut run);
    run.env("CARGO_TARGET_DIR", outwit_host_test::net::build_folder().parent().expect("the target folder"));
    let output = run
        .args(["xtask", "fuzz", "--uncounted", "--seed", "7", "3000"])
        .current_dir(outwit_host_test::root())
        .output()
        .expect("the program runs");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
