//! `outwit auth` against the mock of Accelo, with an HTTP client for a browser.

use outwit_host_test::build::outwit;
use outwit_host_test::net;
use outwit_mocks::Server;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

struct Scene {
    mock: Server,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Scene {
        let mock = net::run(outwit_mocks::start("accelo", ([127, 0, 0, 1], 0).into())).unwrap();
        Scene { mock, folder: tempfile::tempdir().unwrap() }
    }

    /// The command line with the mock's application and without its token.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(outwit());
        let settings = self.mock.settings().iter().filter(|(name, _)| name != "ACCELO_TOKEN").cloned();
        command.arg("auth").args(arguments).envs(settings).env("OUTWIT_STATE", self.folder.path());
        command.current_dir(self.folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The exit code, and what was said on the stream that counts.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let output = self.command(arguments).output().unwrap();
        let printed = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
        let printed =
            serde_json::from_slice(printed).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(printed)));
        (output.status.code(), printed)
    }

    fn grant(&self) -> PathBuf {
        self.folder.path().join("grants/accelo.default.json")
    }

    /// Requests for a token so far.
    fn exchanges(&self) -> usize {
        self.mock.seen().iter().filter(|seen| seen.path == "/oauth2/v0/token").count()
    }
}

/// `outwit auth login` that waits for a browser.
struct Login {
    process: Child,
    url: String,
}

impl Login {
    fn start(scene: &Scene, arguments: &[&str]) -> Login {
        let login = ["login", "accelo", "--port", "0", "--no-browser"];
        let mut process = scene.command(&[&login[..], arguments].concat()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let url = lines.find_map(|line| line.unwrap().trim().strip_prefix("http").map(|rest| format!("http{rest}")));
        // What comes next is read to its end, so that nobody waits for room in the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Login { process, url: url.unwrap() }
    }

    /// The value of a parameter of the address.
    fn parameter(&self, name: &str) -> String {
        let query = self.url.split_once('?').unwrap().1;
        form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).unwrap().1.into_owned()
    }

    /// The address where the browser comes back to, with these parameters; what it is shown there.
    fn come_back(&self, query: &str) -> (u16, String) {
        let (status, _, text) = browse(&format!("{}?{query}", self.parameter("redirect_uri")));
        (status, text)
    }

    /// A person who decides; what the browser shows in the end.
    fn decide(&self, decision: &str) -> (u16, String) {
        let (_, consent, _) = browse(&self.url);
        let (_, back, _) = browse(&format!("{}&decision={decision}", consent.unwrap()));
        let (status, _, text) = browse(&back.unwrap());
        (status, text)
    }

    fn end(mut self) -> (Option<i32>, String) {
        let mut out = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        (self.process.wait().unwrap().code(), out)
    }
}

/// One request: status, where it sends the browser, and its page.
fn browse(url: &str) -> (u16, Option<String>, String) {
    net::run(async {
        let browser = net::client_with().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = browser.get(url).send().await.unwrap();
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location, answer.text().await.unwrap())
    })
}

#[test]
fn who_consents_is_logged_in_until_logout() {
    let scene = Scene::new();
    let login = Login::start(&scene, &[]);
    assert_eq!(login.parameter("scope"), "read(all),write(all)");
    // Nobody else's answer ends the login.
    for forged in [
        "code=evil",
        "code=evil&state=",
        "code=evil&state=x",
        &format!("code=evil&state={0}&state={0}", login.parameter("state")),
    ] {
        let (status, page) = login.come_back(forged);
        assert_eq!(status, 400, "{forged}: {page}");
    }
    let (status, page) = login.decide("approve");
    assert!(status == 200 && page.contains("close this window"), "{status}: {page}");
    let (code, out) = login.end();
    let printed: Value = serde_json::from_str(&out).unwrap();
    let who = json!({ "account": "Juniper Works", "deployment": "juniper-works" });
    assert_eq!((code, printed), (Some(0), json!({ "vendor": "accelo", "account": "default", "who": who })));
    assert_eq!(scene.exchanges(), 1);
    let stored = std::fs::read_to_string(scene.grant()).unwrap();
    assert!(stored.contains("rfr_mock_") && !out.contains("_mock_"), "{out}");

    let (code, printed) = scene.run(&["check", "accelo"]);
    let who = json!({
        "account": "Juniper Works", "deployment": "juniper-works", "email": "mirela@juniper.example",
        "first-name": "Mirela", "last-name": "Osei", "staff-id": "21",
    });
    assert_eq!((code, &printed[0]["ok"], &printed[0]["who"]), (Some(0), &json!(true), &who), "{printed}");
    assert_eq!(scene.exchanges(), 1, "the check uses the grant that is kept");

    for forgotten in [true, false] {
        let (code, printed) = scene.run(&["logout", "accelo"]);
        assert_eq!((code, &printed["forgotten"]), (Some(0), &json!(forgotten)));
    }
    assert!(!scene.grant().exists());
}

#[test]
fn a_token_for_companies_alone_passes_the_check_and_says_whose_it_is() {
    let scene = Scene::new();
    let scope = ["login", "accelo", "--client-credentials", "--scope", "read(companies)"];
    assert_eq!(scene.run(&scope).0, Some(0));
    let (code, printed) = scene.run(&["check", "accelo"]);
    let first = &printed[0];
    assert_eq!((code, &first["ok"], &first["who"]["staff-id"]), (Some(0), &json!(true), &json!("21")), "{printed}");
}

#[test]
fn who_refuses_is_not_logged_in() {
    let scene = Scene::new();
    let login = Login::start(&scene, &["--scope", "read(staff)"]);
    assert_eq!(login.parameter("scope"), "read(staff)");
    let (status, page) = login.decide("deny");
    assert!(status == 200 && page.contains("Nothing was changed"), "{status}: {page}");
    assert_eq!(login.end().0, Some(4));
    assert!(!scene.grant().exists());
    assert_eq!(scene.exchanges(), 0);
}

#[test]
fn a_code_that_the_vendor_does_not_take_changes_nothing() {
    let scene = Scene::new();
    let login = Login::start(&scene, &[]);
    let (status, _) = login.come_back(&format!("code=made-up&state={}", login.parameter("state")));
    assert_eq!((status, login.end().0), (200, Some(4)));
    assert!(!scene.grant().exists());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_login() {
    let scene = Scene::new();
    let login = Login::start(&scene, &[]);
    let killed = Command::new("kill").args(["-INT", &login.process.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(login.end().0, Some(4));
}

#[test]
fn an_application_logs_in_without_a_person() {
    let scene = Scene::new();
    let (code, printed) = scene.run(&["login", "accelo", "--client-credentials"]);
    assert_eq!((code, &printed["who"]["email"]), (Some(0), &json!("mirela@juniper.example")), "{printed}");
    let (code, printed) = scene.run(&["check", "accelo"]);
    assert_eq!((code, &printed[0]["who"]["first-name"]), (Some(0), &json!("Mirela")), "{printed}");
    assert_eq!((printed.as_array().unwrap().len(), scene.exchanges()), (1, 1));
}

#[test]
fn a_token_that_is_given_stands_in_the_way_of_a_login() {
    let scene = Scene::new();
    let output = scene.command(&["login", "accelo", "--client-credentials"]).env("ACCELO_TOKEN", "t").output().unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((output.status.code(), &error["field"]), (Some(3), &json!("ACCELO_TOKEN")), "{error}");
    assert_eq!(scene.exchanges(), 0);
}

#[cfg(unix)]
#[test]
fn every_account_is_checked_and_the_exit_code_is_that_of_the_worst() {
    let scene = Scene::new();
    let setting = |name: &str| scene.mock.settings().iter().find(|(known, _)| known == name).unwrap().1.clone();
    let (base, token) = (setting("ACCELO_BASE_URL"), setting("ACCELO_TOKEN"));
    let common = format!("ACCELO_BASE_URL = {base:?}\nACCELO_DEPLOYMENT = \"d\"\n");
    let secret = scene.folder.path().join("token");
    std::fs::write(&secret, format!("{token}\n")).unwrap();
    super::vendor::set_mode(&secret, 0o600);
    let text = format!(
        "[accelo.accounts.a]\n{common}ACCELO_TOKEN = {{ file = \"token\" }}\n\
         [accelo.accounts.b]\n{common}ACCELO_TOKEN = {{ command = [\"echo\", \"wrong\"] }}\n\
         [accelo.accounts.c]\n{common}ACCELO_TOKEN = {{ env = \"GIVEN_TOKEN\" }}\n\
         [accelo.accounts.d]\n{common}ACCELO_TOKEN = {{ env = \"NO_SUCH_VARIABLE\" }}\n",
    );
    std::fs::write(scene.folder.path().join("outwit.toml"), text).unwrap();
    let check = |arguments: &[&str]| {
        let mut command = Command::new(outwit());
        command
            .args(["--config", "outwit.toml", "auth", "check"])
            .args(arguments)
            .env("GIVEN_TOKEN", &token)
            .current_dir(scene.folder.path());
        let output = command.output().unwrap();
        assert!(!String::from_utf8_lossy(&output.stdout).contains(&token));
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap(), output.stderr)
    };
    let (code, printed, stderr) = check(&[]);
    let outcomes: Vec<_> =
        printed.as_array().unwrap().iter().map(|one| (&one["account"], &one["ok"], &one["error"]["kind"])).collect();
    let row = |account: &str, ok: bool, kind: Value| (json!(account), json!(ok), kind);
    let expected = [
        row("a", true, Value::Null),
        row("b", false, json!("unauthenticated")),
        row("c", true, Value::Null),
        row("d", false, json!("misconfigured")),
    ];
    assert_eq!(outcomes, expected.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
    assert_eq!((code, &*stderr), (Some(4), &b""[..]));
    assert!(
        printed[3]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("ACCELO_TOKEN: the variable NO_SUCH_VARIABLE is not set")
    );
    assert_eq!(check(&["accelo", "--account", "a"]).0, Some(0));
    assert_eq!(check(&["accelo", "--account", "d"]).0, Some(3));
    let (code, printed, _) = check(&["accelo", "--account", "e"]);
    assert_eq!((code, &printed[0]["error"]["details"]["accounts"]), (Some(3), &json!(["default", "a", "b", "c", "d"])));
}

#[test]
fn with_mock_everything_works_and_nothing_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(outwit());
        command.args(["--mock", "auth"]).args(arguments).env("OUTWIT_STATE", folder.path()).current_dir(folder.path());
        let output = command.output().unwrap();
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap())
    };
    let (code, printed) = run(&["check"]);
    assert_eq!(code, Some(0), "{printed}");
    assert!(
        printed.as_array().unwrap().iter().all(|one| one["ok"] == true && one["account"] == "default"),
        "{printed}"
    );
    assert_eq!(printed.as_array().unwrap().len(), outwit_mocks::vendors().len());
    assert_eq!(run(&["login", "accelo", "--client-credentials"]).0, Some(0));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
