//! The facts of one vendor, as data.

use crate::call::Call;
use crate::error::FieldError;
use crate::imported::{CAN_BE, Imported, ImportedRow};
use crate::stream::Stream;
use crate::types::{Error, ErrorKind};
use crate::wire::Names;
use outwit_core::{base_setting, words::EFFECTS};
use serde_json::{Map, Value};

/// One vendor: where it is, how it is spoken to, and what its answers mean.
#[derive(Debug)]
pub struct Api {
    /// The name that ids begin with, such as `accelo`.
    pub name: &'static str,
    /// The vendor's own name, for messages.
    pub title: &'static str,
    /// What requests start with: scheme, host and maybe a path. A setting's name in braces is filled with its value,
    /// which must be a DNS label there. The setting `<NAME>_BASE_URL` replaces all of it.
    pub base: &'static str,
    /// How a request proves who sends it, unless its row says otherwise.
    pub auth: Auth,
    /// The vendor's settings, beside those that every component has.
    pub settings: &'static [Setting],
    /// How the vendor spells names and values.
    pub names: Names,
    /// How the input of writing requests is encoded.
    pub body: Body,
    /// The query parameter by which a POST stands for another method: for reads whose input does not fit into a query.
    pub method_override: Option<&'static str>,
    /// Texts of a read that fit into a query only if they hold nothing but ASCII letters, digits and these characters: the
    /// vendor's name and the characters. Others go as JSON, as what a query cannot say.
    pub plain: &'static [(&'static str, &'static str)],
    /// Where the result stands in an answer, as a JSON pointer. Empty: the whole answer.
    pub result: &'static str,
    /// Where an answer says what it is, as JSON pointers; the first that is there counts.
    pub code: &'static [&'static str],
    /// Codes that mean success. With any other code, the answer is an error whatever its HTTP status.
    pub success_codes: &'static [&'static str],
    /// Where what stands around the result is, as a JSON pointer; empty: nothing does. With it, an answer is a result only if it
    /// says so by a code of success in the first place for codes, or says nothing there and has data.
    pub envelope: &'static str,
    /// Where an answer tells how a job stands, as JSON pointers. If it does, that alone decides whether a 2xx is an error.
    pub state: &'static [&'static str],
    /// Where the same answer tells that work's id, as JSON pointers; the first that is there counts.
    pub work: &'static [&'static str],
    /// The words by which it says that the job has failed.
    pub failed: &'static [&'static str],
    /// Where an answer explains an error to people, as JSON pointers.
    pub message: &'static [&'static str],
    /// Where an answer lists what is wrong with a request, as a JSON pointer: an object of messages by field. Empty: nowhere.
    pub problems: &'static str,
    /// What the vendor's codes mean where the HTTP status does not tell.
    pub error_codes: &'static [(&'static str, ErrorKind)],
    /// What a phrase in the explanation means. It tells more than code and HTTP status, which stand for more than one cause.
    pub error_phrases: &'static [(&'static str, ErrorKind)],
    /// The ways in which the same operations are sent, where there are several.
    pub dialects: Option<Dialects>,
    /// How an application gets the token of [`Auth::Bearer`], where the vendor has OAuth.
    pub oauth: Option<OAuth>,
    /// What shows whether the credential works, and whose it is.
    pub check: Option<Check>,
    /// How requests are made where the facts tell where each field of an input goes: of imported vendors.
    pub imported: Option<Imported>,
}

impl Api {
    /// What is so unless a vendor says otherwise.
    pub const DEFAULT: Api = Api {
        name: "",
        title: "",
        base: "",
        auth: Auth::None,
        settings: &[],
        names: Names::DEFAULT,
        body: Body::Json,
        method_override: None,
        plain: &[],
        result: "",
        code: &[],
        success_codes: &[],
        envelope: "",
        state: &[],
        work: &[],
        failed: &[],
        message: &[],
        problems: "",
        error_codes: &[],
        error_phrases: &[],
        dialects: None,
        oauth: None,
        check: None,
        imported: None,
    };

    /// The setting that replaces the base.
    pub fn base_setting(&self) -> String {
        if CAN_BE { base_setting(self.name) } else { self.name.to_ascii_uppercase() + "_BASE_URL" }
    }
}

/// The ways in which a vendor is spoken to. The value of a setting chooses one; without it, or where it is `auto`, each call
/// does: by the operation, by the ids and members of its input, and by asking one after the other where nothing tells.
#[derive(Clone, Copy, Debug)]
pub struct Dialects {
    /// The setting that chooses.
    pub setting: &'static str,
    /// Its values, in the order in which they are asked.
    pub all: &'static [Dialect],
    /// How a request is sent in one of them, named here so that only vendors that have several carry it.
    pub(crate) send: crate::dialect::Send,
}

impl Dialects {
    /// A setting and its values.
    pub const fn of(setting: &'static str, all: &'static [Dialect]) -> Dialects {
        Dialects { setting, all, send: crate::dialect::send }
    }

    /// The value of the setting that leaves the choice to each call.
    pub const AUTO: &str = "auto";
}

/// One way in which a vendor is spoken to.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Its name. A row tells in `dialects` how it is sent in it, except in the first.
    pub name: &'static str,
    /// Whether an id can only be meant for this dialect.
    pub owns: fn(&str) -> bool,
    /// How names and values are spelled in it, where that is not as [`Api::names`] says.
    pub names: Option<&'static Names>,
}

/// How a request proves who sends it. The strings name settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    None,
    /// `Authorization: Bearer …`
    Bearer {
        /// The setting that holds the token.
        token: &'static str,
    },
    /// `Authorization: Basic …`
    Basic {
        /// The setting that holds the user, or client id.
        user: &'static str,
        /// The setting that holds the password, or client secret.
        password: &'static str,
    },
    /// A header that holds the bare key.
    Header {
        /// The header's name, in lower case.
        name: &'static str,
        /// The setting that holds the key.
        key: &'static str,
    },
    /// A parameter of the query that holds the bare key. Only with [`Api::imported`].
    Query {
        /// The parameter's name.
        name: &'static str,
        /// The setting that holds the key.
        key: &'static str,
    },
    /// A cookie that holds the bare key. Only with [`Api::imported`].
    Cookie {
        /// The cookie's name.
        name: &'static str,
        /// The setting that holds the key.
        key: &'static str,
    },
    /// The id and the secret of an OAuth client at a token endpoint (RFC 6749, 2.3.1). Only with [`Api::imported`].
    Client {
        /// The setting that holds the client's id.
        user: &'static str,
        /// The setting that holds the client's secret.
        password: &'static str,
        /// Whether HTTP Basic carries both, form-encoded. Otherwise they are `client_id` and `client_secret` in the form.
        basic: bool,
    },
    /// Several at once. Only with [`Api::imported`].
    All(&'static [Auth]),
    /// One without which a request may be sent, too: it is sent where one of its settings is given. Only with [`Api::imported`].
    Optional(&'static Auth),
}

/// How an application gets a token that ends (RFC 6749). Operations are named as in WIT.
#[derive(Clone, Copy, Debug)]
pub struct OAuth {
    /// Builds the address of a user's consent; takes `scope`, `redirect-uri` and `state`, gives `url`. Empty: there is none.
    pub authorize: &'static str,
    /// Its row says how the token endpoint is asked.
    pub exchange: &'static str,
    /// What a token should be allowed to do, unless a person says otherwise.
    pub scope: &'static str,
    /// Words for what tells whom a token acts for, and where the token endpoint's answer has it, as JSON pointers.
    pub who: &'static [(&'static str, &'static str)],
}

/// A harmless call that shows whether the credential works.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The operation, named as in WIT.
    pub operation: &'static str,
    /// Its input, as JSON.
    pub input: &'static str,
    /// Words for what tells whose credential it is, and where that stands: a JSON pointer into the output, or a setting.
    pub who: &'static [(&'static str, &'static str)],
}

/// An environment variable that the component reads.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub description: &'static str,
    /// Whether nothing works without it.
    pub required: bool,
    /// Whether it is a credential.
    pub secret: bool,
    /// What holds without it.
    pub default: Option<&'static str>,
}

impl Setting {
    /// An optional setting that is no secret.
    pub const DEFAULT: Setting = Setting { name: "", description: "", required: false, secret: false, default: None };
}

/// How the input of writing requests is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`; JSON where the input has members of its own, which a form cannot say.
    Form,
}

/// What a call does at the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing changes.
    Read,
    /// Something is created or changed.
    Write,
    /// Something is deleted.
    Destroy,
}

impl Effect {
    /// The word that the catalogue uses.
    pub const fn word(self) -> &'static str {
        EFFECTS[self as usize]
    }
}

/// An operation that is not one exchange: input and output in WIT's spelling.
pub type Handler = fn(&Call, &Value) -> Result<Value, Error>;

/// A check or rearrangement of a request's parameters, by the vendor's names.
pub type RequestHook = fn(&mut Map<String, Value>) -> Result<(), FieldError>;

/// What a vendor drops from a request without an error is found here. Input and output are in WIT's spelling.
#[derive(Debug)]
pub struct Guard {
    /// Refuses an input before it is sent. It may read a record.
    pub before: fn(&Call, &Value) -> Result<(), Error>,
    /// Compares the output with the input.
    pub after: fn(&Value, &Value) -> Result<(), Error>,
}

/// One operation: how it is sent, and what is special about it.
#[derive(Debug)]
pub struct Row {
    /// The HTTP method; empty where the operation is a function of its own.
    pub method: &'static str,
    /// The path. `{id}` is filled from the input's field as the vendor spells it, `{kind:task|email}` with one of these words
    /// only, `{NAME_IN_CAPITALS}` from a setting.
    pub route: &'static str,
    /// What is done instead of one exchange, with input and output in WIT's spelling.
    pub run: Option<Handler>,
    /// What a call does at the vendor.
    pub effect: Effect,
    /// Whether sending the request twice does the same as sending it once.
    pub repeatable: bool,
    /// Whether the vendor may say of what went well nothing at all, although there is an output.
    pub silent: bool,
    /// Whether it takes or gives a credential: not for agents.
    pub secret: bool,
    /// How the request proves who sends it, where the vendor's rule does not hold.
    pub auth: Option<Auth>,
    /// Parameters that are sent where the caller gave none, by the vendor's names.
    pub defaults: &'static [(&'static str, &'static str)],
    /// Checks and rearranges the parameters (by the vendor's names) before they are encoded.
    pub prepare: Option<RequestHook>,
    /// Where the result stands, where the vendor's rule does not hold.
    pub result: Option<&'static str>,
    /// The member that holds the result, where the vendor wraps it in an object: always, or now and then. Of a record that is
    /// wrapped, what stands beside it counts as its members, too.
    pub member: Option<&'static str>,
    /// What the vendor's codes mean here, where that is more than they mean everywhere.
    pub error_codes: &'static [(&'static str, ErrorKind)],
    /// What an HTTP status means here, where that is more than it says by itself.
    pub statuses: &'static [(u16, ErrorKind)],
    /// The vendor's code that may mean a missing record or something else, and the operation that then reads the record by its `id`.
    pub reread: Option<(&'static str, &'static str)>,
    /// Looks at what the request is about to write, and at what came of it.
    pub guard: Option<&'static Guard>,
    /// Parameters that are only taken where a setting is `1`: the vendor's name and the setting.
    pub switched: &'static [(&'static str, &'static str)],
    /// Members of the body that secret settings give, or a host that adds credentials: the vendor's name and the setting.
    pub body_secrets: &'static [(&'static str, &'static str)],
    /// How many milliseconds a call may take without `OUTWIT_DEADLINE_MS`. Of a job, the longest, with the time to cancel it.
    pub deadline_ms: Option<u32>,
    /// The answer comes piece by piece.
    pub stream: Option<&'static Stream>,
    /// Parameters of a writing request that stand in the query, by the vendor's names.
    pub query: &'static [&'static str],
    /// The dialect that this row is of, where that is not the first and no other has the operation.
    pub only: Option<&'static str>,
    /// Fields of the input, in WIT's spelling, that the dialect of this row has nothing for. They are refused.
    pub lacks: &'static [&'static str],
    /// How the operation is sent in dialects other than the first.
    pub dialects: &'static [(&'static str, Row)],
    /// What only rows of [`Api::imported`] say.
    pub imported: Option<&'static ImportedRow>,
}

impl Row {
    /// What follows from a method and a route.
    pub const fn new(method: &'static str, route: &'static str) -> Row {
        let (effect, repeatable) = match method.as_bytes() {
            b"GET" => (Effect::Read, true),
            b"PUT" => (Effect::Write, true),
            b"DELETE" => (Effect::Destroy, false),
            _ => (Effect::Write, false),
        };
        Row {
            method,
            route,
            run: None,
            effect,
            repeatable,
            silent: false,
            secret: false,
            auth: None,
            defaults: &[],
            prepare: None,
            result: None,
            member: None,
            error_codes: &[],
            statuses: &[],
            reread: None,
            guard: None,
            switched: &[],
            body_secrets: &[],
            deadline_ms: None,
            stream: None,
            query: &[],
            only: None,
            lacks: &[],
            dialects: &[],
            imported: None,
        }
    }
}
