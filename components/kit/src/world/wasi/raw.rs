//! The four functions of `wasi:http` that give an `error-code`, with nothing of it but its number.
//!
//! The bindings make a value of its 39 cases, with their texts, at each of the four: 12 KB of code in every component, to
//! learn one number. (A host's text in such an error is not freed: some bytes for each request that fails.)

use wasi::http::types::{FutureIncomingResponse, IncomingResponse, OutgoingBody, OutgoingRequest, RequestOptions};
use wasi::io::error::Error as IoError;

/// The number of a case of `wasi:http/types.error-code`, in the order of the WIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code(pub u8);

#[rustfmt::skip]
impl Code {
    pub const DNS_TIMEOUT: Code = Code(0);
    pub const DNS_ERROR: Code = Code(1);
    pub const DESTINATION_NOT_FOUND: Code = Code(2);
    pub const DESTINATION_UNAVAILABLE: Code = Code(3);
    pub const DESTINATION_IP_PROHIBITED: Code = Code(4);
    pub const DESTINATION_IP_UNROUTABLE: Code = Code(5);
    pub const CONNECTION_REFUSED: Code = Code(6);
    pub const CONNECTION_TIMEOUT: Code = Code(8);
    pub const CONNECTION_READ_TIMEOUT: Code = Code(9);
    pub const CONNECTION_WRITE_TIMEOUT: Code = Code(10);
    pub const CONNECTION_LIMIT_REACHED: Code = Code(11);
    pub const TLS_PROTOCOL_ERROR: Code = Code(12);
    pub const TLS_CERTIFICATE_ERROR: Code = Code(13);
    pub const TLS_ALERT_RECEIVED: Code = Code(14);
    pub const HTTP_REQUEST_DENIED: Code = Code(15);
    pub const HTTP_REQUEST_METHOD_INVALID: Code = Code(18);
    pub const HTTP_REQUEST_URI_INVALID: Code = Code(19);
    pub const HTTP_RESPONSE_BODY_SIZE: Code = Code(28);
    pub const HTTP_RESPONSE_TIMEOUT: Code = Code(33);
}

/// Where a function puts its result: no result of the four is larger.
#[repr(C, align(8))]
struct Area([u8; 56]);

impl Area {
    fn code(&self, at: usize) -> Code {
        Code(self.0[at])
    }

    fn handle(&self, at: usize) -> u32 {
        u32::from_le_bytes([self.0[at], self.0[at + 1], self.0[at + 2], self.0[at + 3]])
    }
}

/// `wasi:http/outgoing-handler.handle`
pub(crate) fn handle(request: OutgoingRequest, options: RequestOptions) -> Result<FutureIncomingResponse, Code> {
    let mut area = Area([0; 56]);
    // result: its case, then at 8 the handle or the code.
    unsafe {
        imports::handle(request.take_handle(), 1, options.take_handle(), &mut area);
        match area.0[0] {
            0 => Ok(FutureIncomingResponse::from_handle(area.handle(8))),
            _ => Err(area.code(8)),
        }
    }
}

/// `wasi:http/types.future-incoming-response.get`, once it is ready; none, if there is nothing to get.
pub(crate) fn get(future: &FutureIncomingResponse) -> Option<Result<IncomingResponse, Code>> {
    let mut area = Area([0; 56]);
    // option, at 8 result (of having been taken before), at 16 result, at 24 the handle or the code.
    unsafe {
        imports::get(future.handle(), &mut area);
        match (area.0[0], area.0[8], area.0[16]) {
            (1, 0, 0) => Some(Ok(IncomingResponse::from_handle(area.handle(24)))),
            (1, 0, _) => Some(Err(area.code(24))),
            _ => None,
        }
    }
}

/// `wasi:http/types.outgoing-body.finish`, without trailers.
pub(crate) fn finish(body: OutgoingBody) -> Result<(), Code> {
    let mut area = Area([0; 56]);
    // result: its case, then at 8 the code.
    unsafe { imports::finish(body.take_handle(), 0, 0, &mut area) };
    if area.0[0] == 0 { Ok(()) } else { Err(area.code(8)) }
}

/// `wasi:http/types.http-error-code`
pub(crate) fn code_of(error: &IoError) -> Option<Code> {
    let mut area = Area([0; 56]);
    // option, then at 8 the code.
    unsafe { imports::http_error_code(error.handle(), &mut area) };
    (area.0[0] == 1).then(|| area.code(8))
}

mod imports {
    use super::Area;

    #[link(wasm_import_module = "wasi:http/outgoing-handler@0.2.4")]
    unsafe extern "C" {
        pub fn handle(request: u32, has_options: u32, options: u32, result: &mut Area);
    }

    #[link(wasm_import_module = "wasi:http/types@0.2.4")]
    unsafe extern "C" {
        #[link_name = "[method]future-incoming-response.get"]
        pub fn get(future: u32, result: &mut Area);
        #[link_name = "[static]outgoing-body.finish"]
        pub fn finish(body: u32, has_trailers: u32, trailers: u32, result: &mut Area);
        #[link_name = "http-error-code"]
        pub fn http_error_code(error: u32, result: &mut Area);
    }
}
