//! An answer that came to its end.

use crate::wire;
use outwit_core::header;

/// Status, headers and body of an answer.
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    /// In UTF-8.
    pub body: Vec<u8>,
    /// Why the body cannot be read.
    pub unread: Option<String>,
}

impl Reply {
    /// The answer with its body in UTF-8, whatever charset the headers name.
    pub fn of(status: u16, headers: Vec<(String, Vec<u8>)>, body: Vec<u8>) -> Reply {
        let [kind, coding] = ["content-type", "content-encoding"].map(|name| header(&headers, name));
        let decoded = wire::decoded(body, kind, coding);
        let (body, unread) = match decoded {
            Ok(body) => (body, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        Reply { status, headers, body, unread }
    }

    pub fn header(&self, wanted: &str) -> Option<&str> {
        header(&self.headers, wanted)
    }
}
