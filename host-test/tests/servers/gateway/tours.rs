//! Every operation, by REST.

use super::served::{Served, all, serving};
use outwit_host_test::{Step, Variables};

/// Goes through a vendor's tour; gives how many operations were called.
async fn tour(served: &Served, vendor: &str) -> usize {
    let mut variables = Variables::new();
    let mut called = 0;
    for step in Step::of(vendor).unwrap() {
        let id = format!("{vendor}.{}", step.call);
        let (status, output) = served.call(&id, &step.filled(&variables)).await;
        if served.catalogue(vendor).operation(&id).is_none() {
            assert_eq!(status, 403, "{id} is not offered");
            continue;
        }
        assert_eq!(status, 200, "{id}: {output}");
        assert_eq!(step.take(&output, &mut variables), Vec::<String>::new(), "{id}");
        called += 1;
    }
    called
}

#[test]
fn a_file_of_one_vendor_does_all_that_the_vendor_offers() {
    for vendor in all() {
        serving(&[vendor], async |served| {
            let offered = served.catalogue(vendor).operations.len();
            assert!(tour(&served, vendor).await >= offered, "{vendor}: some of {offered} were not called");
        });
    }
}

#[test]
fn a_file_of_all_vendors_does_all_that_they_offer() {
    serving(&all(), async |served| {
        assert_eq!(served.app.catalogues().count(), all().len());
        for vendor in all() {
            tour(&served, vendor).await;
        }
    });
}

#[test]
fn the_order_of_the_vendors_makes_no_difference() {
    let mut turned = all();
    turned.reverse();
    serving(&turned, async |served| {
        let listed: Vec<&str> = served.app.catalogues().map(|catalogue| &*catalogue.vendor).collect();
        assert_eq!(listed, turned);
        tour(&served, turned[0]).await;
    });
}
