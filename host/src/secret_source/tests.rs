//! Where values are looked up, and what is said where there is none.

use super::*;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

async fn resolved(toml: &str, folder: &Path) -> Result<String, String> {
    let mut table: toml::Table = toml::from_str(&format!("value = {toml}")).unwrap();
    let reference = Reference::of(&mut table["value"]).unwrap();
    assert!(!format!("{reference:?}").contains("hush"), "{reference:?}");
    let resolved = reference.resolve(folder).await;
    resolved
        .map(|secret| secret.expose().to_owned())
        .inspect_err(|problem| assert!(!problem.contains("hush"), "{problem}"))
}

#[tokio::test]
async fn a_file_is_read_if_it_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let file = |content: &[u8], mode: u32| {
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for (content, value) in [("hush", "hush"), ("hush\n", "hush"), ("hush\r\n", "hush"), ("hush\n\n", "hush")] {
        file(content.as_bytes(), 0o600);
        assert_eq!(resolved("{ file = \"token\" }", folder.path()).await.as_deref(), Ok(value));
        let absolute = format!("{{ file = {path:?} }}");
        assert_eq!(resolved(&absolute, Path::new("/nowhere")).await.as_deref(), Ok(value));
    }
    for mode in [0o640, 0o604, 0o660, 0o620, 0o602] {
        file(b"hush", mode);
        let problem = resolved("{ file = \"token\" }", folder.path()).await.unwrap_err();
        assert!(problem.contains("token: others can read it") && problem.contains("chmod 600"), "{problem}");
    }
    for (content, expected) in [
        (&b""[..], "empty"),
        (b" \n", "empty"),
        (b"hush\xff", "holds no text"),
        (&[b'x'; LARGEST + 1], "longer than 65536 bytes"),
    ] {
        file(content, 0o600);
        let problem = resolved("{ file = \"token\" }", folder.path()).await.unwrap_err();
        assert!(problem.contains(expected), "{problem}");
    }
    for (path, expected) in [("none", "No such file"), (".", "is no file")] {
        let problem = resolved(&format!("{{ file = {path:?} }}"), folder.path()).await.unwrap_err();
        assert!(problem.contains(expected), "{problem}");
    }
}

/// `pass` documents that the first line of an entry is the password; Windows PowerShell 5.1 writes UTF-16 with `>`, and editors
/// of Windows put a byte order mark in front.
#[tokio::test]
async fn a_secret_is_read_as_password_stores_and_editors_write_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        [mark, &"hush\r\n".encode_utf16().flat_map(unit).collect::<Vec<u8>>()].concat()
    };
    for content in [
        b"hush\nlogin: me\nurl: example.com\n".to_vec(),
        b"\xef\xbb\xbfhush\r\n".to_vec(),
        utf16(b"\xff\xfe", u16::to_le_bytes),
        utf16(b"\xfe\xff", u16::to_be_bytes),
    ] {
        std::fs::write(&path, &content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(resolved("{ file = \"token\" }", folder.path()).await.as_deref(), Ok("hush"), "{content:?}");
        let command = format!("{{ command = [\"cat\", {path:?}] }}");
        assert_eq!(resolved(&command, folder.path()).await.as_deref(), Ok("hush"), "{content:?}");
    }
    std::fs::write(&path, b"\xff\xfe\x00\xd8").unwrap();
    assert!(resolved("{ file = \"token\" }", folder.path()).await.unwrap_err().ends_with("holds no text"));
}

#[tokio::test]
async fn a_variable_is_looked_up_by_its_name() {
    let path = std::env::var("PATH").unwrap();
    assert_eq!(resolved("{ env = \"PATH\" }", Path::new("")).await, Ok(path));
    let missing = resolved("{ env = \"OUTWIT_NO_SUCH_VARIABLE\" }", Path::new("")).await.unwrap_err();
    assert_eq!(missing, "the variable OUTWIT_NO_SUCH_VARIABLE is not set");
}

#[tokio::test]
async fn a_command_gives_what_it_prints() {
    for (command, value) in [
        (r#"["printf", "hush"]"#, "hush"),
        (r#"["printf", "hush\n"]"#, "hush"),
        // No shell reads the arguments.
        (r#"["echo", "$HOME; hush"]"#, "$HOME; hush"),
        (r#"["sh", "-c", "echo hush; exec >&-; sleep 0.05"]"#, "hush"),
    ] {
        assert_eq!(resolved(&format!("{{ command = {command} }}"), Path::new("")).await.as_deref(), Ok(value));
    }
}

#[tokio::test]
async fn a_failed_command_is_reported_by_its_name_and_exit_code_alone() {
    for (command, expected) in [
        (r#"["sh", "-c", "echo hush; exit 3"]"#, "the command sh failed with exit code 3"),
        (r#"["sh", "-c", "echo hush; kill -9 $$"]"#, "the command sh was ended from outside"),
        (r#"["printf", "hush\\377"]"#, "the command printf prints what holds no text"),
        (r#"["true"]"#, "its value is empty where it is looked up"),
        (r#"["yes", "hush"]"#, "the command yes prints what is longer than 65536 bytes"),
    ] {
        assert_eq!(resolved(&format!("{{ command = {command} }}"), Path::new("")).await.unwrap_err(), expected);
    }
    let none = resolved(r#"{ command = ["/no/such/program", "hush"] }"#, Path::new("")).await.unwrap_err();
    assert!(none.starts_with("the command /no/such/program does not start: "), "{none}");
}

#[tokio::test]
async fn a_command_does_not_outlive_the_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("echo $$ > {}/pid; exec sleep 600", folder.path().display());
    let command = format!("{{ command = [\"sh\", \"-c\", {script:?}] }}");
    let begun = Instant::now();
    let pid = || std::fs::read_to_string(folder.path().join("pid")).ok().filter(|pid| pid.ends_with('\n'));
    tokio::select! {
        _ = resolved(&command, folder.path()) => panic!("it ended"),
        () = async { while pid().is_none() { sleep(MOMENT).await } } => {}
    }
    assert!(begun.elapsed() < PATIENCE);
    let gone = !Path::new("/proc").exists() || !Path::new(&format!("/proc/{}", pid().unwrap().trim())).exists();
    assert!(gone, "it still runs");
}
