//! What errors say.

/// Whether an error about an answer that cannot be understood says so in a documented form.
pub fn is_documented(message: &str) -> bool {
    let says = |words: &str| message.contains(words);
    // The documented forms of `response.rs` and `call.rs`: a place (in a recipe, also one in what a step takes or gives),
    // nothing at all, or what stood in the place of a list, of the envelope or of a stream; a state
    // in which no document lets work end; in a recipe also the thing that is not as it has to be, such as `a master Aero without an id`.
    let place = |root: &str| [": ", ".", "["].into_iter().any(|next| says(&format!(": {root}{next}")));
    place("response")
        || says(" answered ") && (place("input") || place("output"))
        || says("an answer without content")
        || says("without its word for success")
        || says("answered something unexpected: the record ")
        || says("with an object instead of a list; its members: ")
        || message.split(" without ").skip(1).any(|rest| {
            let member = rest.split([':', ';']).next().unwrap_or_default();
            !member.is_empty() && !member.contains(' ')
        })
        || ["a ", "an ", "no "].iter().any(|thing| says(&format!("answered something unexpected: {thing}")))
        || says("nested too deep")
        || says("the stream holds nothing")
        || says(" in place of events: ")
        || says(" has ended as ")
        || says("OUTWIT_MAX_BODY_BYTES")
}
