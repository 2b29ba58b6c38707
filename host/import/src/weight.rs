//! Types as a validator of components counts them: what a type holds counts wherever the type stands.

use crate::convert::Made;
use crate::report::Report;
use crate::types::{Ty, Types};
use crate::wit;
use std::collections::{BTreeMap, BTreeSet};

/// The most that the types of a vendor may weigh. wasmparser refuses a component whose types weigh 1,000,000.
const MOST: u64 = 900_000;
/// What an operation weighs beside its input and its output: mostly its error.
const OF_AN_OPERATION: u64 = 30;

/// Makes the heaviest members of types `json` until a component can have all types.
pub(crate) fn fit(types: &mut Types, operations: &[Made], report: &mut Report) {
    let mut most = MOST / 2;
    let mut count = 0;
    while most > 1 && weight(types, operations) > MOST {
        count += types.lighten(most);
        most -= most.div_ceil(4);
    }
    (0..count).for_each(|_| report.json("more types than a component can have"));
}

/// Each interface exports its functions, its types, and those of others that it uses. The component of an interface has all of
/// this twice: as imports and as exports.
fn weight(types: &Types, operations: &[Made]) -> u64 {
    let owners = wit::owners(operations, types);
    let mut functions: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    let mut exported: BTreeSet<(Option<&str>, usize)> = owners.iter().map(|(index, owner)| (*owner, *index)).collect();
    for operation in operations {
        let interface = Some(operation.interface.as_str());
        let weight = functions.entry(interface).or_default();
        let own = [operation.output.clone(), operation.input.map(Ty::Named)];
        *weight = own.iter().flatten().map(|ty| types.weight(ty)).fold(*weight, u64::saturating_add);
        *weight = weight.saturating_add(OF_AN_OPERATION);
        exported.extend(operation.output.as_ref().and_then(Ty::named).map(|index| (interface, index)));
    }
    for (index, owner) in owners {
        exported.extend(types.inner(index).into_iter().map(|inner| (owner, inner)));
    }
    let mut all = functions;
    for (interface, index) in exported {
        let weight = all.entry(interface).or_default();
        *weight = weight.saturating_add(types.weight(&Ty::Named(index)));
    }
    let (largest, sum) = all
        .values()
        .fold((0, 0), |(largest, sum): (u64, u64), weight| (largest.max(*weight), sum.saturating_add(*weight)));
    largest.saturating_mul(2).max(sum)
}
