//! What the catalogues say about credentials holds together.

use outwit::{Auth, Effect, Plugins};
use outwit_host_test::net;
use serde_json::Value;

#[test]
fn every_vendor_with_a_key_names_a_harmless_call_that_shows_whose_it_is() {
    net::run(async {
        for vendor in Plugins::embedded().names() {
            let plugin = net::plugin(vendor, [("", ""); 0]).await;
            let catalogue = plugin.catalogue();
            if catalogue.auth == Auth::None {
                continue;
            }
            let check = catalogue.check.as_ref().unwrap_or_else(|| panic!("{vendor}: the facts have no `check`"));
            let operation = catalogue.operation(&check.operation).unwrap_or_else(|| panic!("{}", check.operation));
            assert!(operation.effect == Effect::Read && !operation.secret, "{}", operation.id);
            assert!(operation.auth.is_none(), "{}: not the key that is to be checked", operation.id);
            assert!(
                serde_json::from_str::<Value>(&check.input).is_ok_and(|input| input.is_object()),
                "{}",
                check.input
            );
            for place in check.who.values() {
                let setting = catalogue.settings.iter().any(|setting| setting.name == *place);
                assert!(place.starts_with('/') || setting && !catalogue.is_secret(place), "{vendor}: {place}");
            }
        }
    });
}

#[test]
fn a_vendor_with_oauth_names_operations_that_can_do_it() {
    net::run(async {
        let mut found = 0;
        for vendor in Plugins::embedded().names() {
            let plugin = net::plugin(vendor, [("", ""); 0]).await;
            let catalogue = plugin.catalogue();
            let Some(oauth) = &catalogue.oauth else { continue };
            found += 1;
            assert!(matches!(catalogue.auth, Auth::Bearer { .. }), "{vendor}: a token goes nowhere");
            let consent = catalogue.operation(&oauth.authorize).unwrap_or_else(|| panic!("{}", oauth.authorize));
            assert!(consent.effect == Effect::Read && consent.method.is_none() && !consent.secret, "{}", consent.id);
            let exchange = catalogue.operation(&oauth.exchange).unwrap_or_else(|| panic!("{}", oauth.exchange));
            assert!(exchange.secret && exchange.route.is_some(), "{}", exchange.id);
            assert!(matches!(exchange.auth, Some(Auth::Basic { .. })), "{}", exchange.id);
            assert!(oauth.who.values().all(|pointer| pointer.starts_with('/')), "{:?}", oauth.who);
        }
        assert!(found > 0, "no vendor has OAuth");
    });
}
