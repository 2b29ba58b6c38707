//! Which of several security requirements was chosen, and why: for the report.

use crate::oauth::plain;
use crate::read::Operation;
use crate::report::{Kind, Report};
use crate::security::Way;
use crate::together::word;
use outwit_link::vendor::Auth;

/// Says for each choice that the document leaves which one was taken: once for all operations that leave the same.
pub(crate) fn report(
    operations: &[Operation<'_>],
    ways: &[Vec<Way>],
    decided: &[Result<Auth, String>],
    counts: &[(Auth, usize)],
    report: &mut Report,
) {
    let mut choices: Vec<(Vec<&Way>, &Auth, usize, &Operation<'_>)> = Vec::new();
    for ((operation, all), decided) in operations.iter().zip(ways).zip(decided) {
        let Ok(chosen) = decided else { continue };
        let mut different: Vec<&Way> = Vec::new();
        all.iter().for_each(|way| {
            if !different.contains(&way) {
                different.push(way)
            }
        });
        if different.len() < 2 {
            continue;
        }
        match choices.iter_mut().find(|(known, auth, ..)| *known == different && *auth == chosen) {
            Some((.., count, _)) => *count += 1,
            None => choices.push((different, chosen, 1, operation)),
        }
    }
    for (all, chosen, count, first) in choices {
        let offered = all.iter().map(|way| in_words(way)).collect::<Vec<_>>().join(", or ");
        let sent = match chosen {
            Auth::Optional { auth } => auth,
            auth => auth,
        };
        let count_of = |auth: &Auth| {
            let same = counts.iter().filter(|(known, _)| plain(known.clone()) == plain(auth.clone()));
            same.map(|(_, count)| *count).max().unwrap_or_default()
        };
        let others = all.iter().filter_map(|way| match way {
            Way::Auth(auth) if *auth != Auth::None && plain(auth.clone()) != plain(sent.clone()) => {
                Some(count_of(auth))
            }
            _ => None,
        });
        let why = match others.max() {
            _ if *sent == Auth::None => "nothing else of it can be sent",
            None => "it is the only one that can be sent",
            Some(most) if most < count_of(sent) => "of these, it is what most operations may be sent with",
            Some(_) => "of these, as many operations may be sent with another, and it is easier to set up",
        };
        let open = if sent == chosen { "" } else { " where its settings are given" };
        let pointer = match first.node.get("security") {
            Some(_) => format!("{}/security", first.pointer),
            None => "/security".to_owned(),
        };
        let operations = if count == 1 { "1 operation".to_owned() } else { format!("{count} operations") };
        let text = format!("{operations} may be called {offered}; sent {}{open}: {why}", word(sent));
        report.say(Kind::Decided, pointer, None, text);
    }
}

fn in_words(way: &Way) -> String {
    match way {
        Way::Auth(auth) => word(auth),
        Way::Part(_, why) => format!("with {why}"),
        Way::Undefined(name) => format!("with {name}, which is not defined"),
        Way::Unsayable(why) => format!("with {why}, which cannot be sent"),
    }
}
