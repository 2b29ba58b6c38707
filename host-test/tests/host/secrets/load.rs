//! Components that want more than there is are not loaded.

use outwit::{Advice, ErrorKind, Settings};
use outwit_host_test::net;

#[test]
fn a_component_that_imports_what_the_host_does_not_offer_is_refused_by_the_imports_name() {
    net::run(async {
        for import in [
            "wasi:filesystem/types@0.2.3",
            "wasi:filesystem/preopens@0.2.0",
            "wasi:sockets/tcp@0.2.3",
            "wasi:sockets/ip-name-lookup@0.2.0",
            "wasi:random/random@0.2.3",
            "wasi:cli/stdout@0.2.3",
            "wasi:cli/exit@0.2.3",
            "wasi:cli/environment-more@0.2.3",
            "wasi:keyvalue/store@0.2.0",
            "wasi:config/store@0.2.0",
            "outwit:plugin/operations@0.1.0",
            "acme:vault/secrets@1.0.0",
        ] {
            let text = format!(
                r#"(component
                    (import "wasi:io/error@0.2.3" (instance))
                    (import "{import}" (instance)))"#
            );
            let component = wat::parse_str(&text).unwrap();
            let Err(error) = net::host().load(&component, Settings::default()).await else { panic!("{import}") };
            assert_eq!((error.kind, error.advice), (ErrorKind::Denied, Advice::AskPerson), "{import}: {error:?}");
            assert!(error.message.contains(import), "{error:?}");
        }
        // An import that is a function, not an interface.
        let component = wat::parse_str(r#"(component (import "run-anything" (func)))"#).unwrap();
        let Err(error) = net::host().load(&component, Settings::default()).await else { panic!() };
        assert_eq!(error.kind, ErrorKind::Denied, "{error:?}");
        assert!(error.message.contains("run-anything"), "{error:?}");
    });
}

#[test]
fn what_is_no_plugin_is_refused_and_said_to_be_none() {
    net::run(async {
        let module = wat::parse_str("(module)").unwrap();
        let empty = wat::parse_str("(component)").unwrap();
        for (bytes, expected) in [
            (&b""[..], "not a component"),
            (b"\0asm", "not a component"),
            (b"<html>", "not a component"),
            (&module, "not a component"),
            (&empty, "not an Outwit plugin"),
        ] {
            let Err(error) = net::host().load(bytes, Settings::default()).await else { panic!("{expected}") };
            assert_eq!(error.kind, ErrorKind::Misconfigured, "{error:?}");
            assert!(error.message.contains(expected), "{error:?}");
        }
    });
}
