//! What is read of an answer before anybody knows whether it counts.

use super::{Answer, BodyCell};
use crate::api::Api;
use crate::call::Call;
use crate::dialect::ResolvedRow;
use crate::output::output;
use crate::types::Error;
use crate::wire::{self, Broken, Kind, ListAt, Mark, Node, Sink, Type, Unread};

/// What is read of the answer that counts.
pub(crate) struct Reading<'s, 'h> {
    pub body: &'h BodyCell,
    /// Where an output that is a list goes while the answer is read, before it is judged.
    pub out: Option<&'s mut dyn Sink<'h>>,
    /// The list of the answer that is there.
    pub list: Option<Unread<'h>>,
}

impl<'h> Reading<'_, 'h> {
    /// Reads an answer of success: all of it, and the list that is the output into that, unless anything is wrong with it.
    pub fn answer(
        &mut self,
        api: &Api,
        resolved: ResolvedRow,
        ty: Option<&Type>,
        body: &'h [u8],
    ) -> Result<(Node<'h>, u8), Broken> {
        let (Some(out), Some(ty @ Type { kind: Kind::List(_), .. })) = (&mut self.out, ty) else {
            return Node::read_lazily(body);
        };
        let ResolvedRow { row, names, .. } = resolved;
        // A list tells itself how long it will be.
        out.back(Mark::START);
        out.expect((body.len() + body.len() / 5).min(1 << 14));
        let pointer = row.result.unwrap_or(api.result);
        let list = ListAt { pointer, member: row.member, ty, names, root: "response" };
        let (answer, depth, list) = wire::read_with_list(body, list, *out)?;
        self.list = list;
        Ok((answer, depth))
    }

    /// The answer as the operation's output.
    pub(super) fn output(
        &mut self,
        call: &Call,
        resolved: ResolvedRow,
        ty: Option<&Type>,
        answer: Answer<'h>,
    ) -> Result<(), Error> {
        let Some(out) = &mut self.out else { return Ok(()) };
        match (&self.list, &answer.result) {
            (Some(list), Some(Node::Unread(result))) if result.is(list) => return Ok(()),
            _ if matches!(ty, Some(Type { kind: Kind::List(_), .. })) => out.back(Mark::START),
            _ => out.expect(self.body.get().map_or(0, |body| body.len() + body.len() / 5)),
        }
        output(call, resolved, ty, answer, *out)
    }
}
