//! `vendor.toml`: the facts of a vendor that needs no code of its own. The members are those of `kit::Api`, `kit::Row` and
//! `kit::wire::Names`, where each is explained.

pub use crate::oauth::{ClientAuth, Grant, OAuth};
pub use crate::request::{is_reserved_header, is_token, route_problem, url_problem};
pub use crate::stream::Stream;

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A list of two texts each, such as WIT's name and the vendor's.
pub type Pairs = Vec<(String, String)>;

/// All that is to say of a vendor beside its WIT.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Vendor {
    /// The name that ids begin with, such as `hubspot`: the name of the WIT's world and package.
    pub name: String,
    /// The vendor's own name, for people.
    pub title: String,
    /// What requests start with: scheme, host and maybe a path. A setting's name in braces is filled with its value, a DNS label.
    pub base: String,
    /// How the input of writing requests is encoded, unless an operation says otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub body: Body,
    /// Whether values in paths are percent-encoded. Without it, what would need that is refused.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encode_paths: bool,
    /// How a request proves who sends it, unless an operation says otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub auth: Auth,
    /// Headers of every request that settings give: the header, in lower case, and the setting. A setting without value and
    /// default is left out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub headers: Pairs,
    /// Parameters of the query of every request that settings give: the parameter and the setting.
    #[serde(default, skip_serializing_if = "is_default")]
    pub queries: Pairs,
    /// The settings, beside those that every component has.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Vec<Setting>,
    /// How the vendor spells names and values.
    #[serde(default, skip_serializing_if = "is_default")]
    pub names: Names,
    /// What answers mean.
    #[serde(default, skip_serializing_if = "is_default")]
    pub answers: Answers,
    /// A harmless call that shows whether the credential works.
    #[serde(default, skip_serializing_if = "is_default")]
    pub check: Option<Check>,
    /// The operations by their names in the WIT. Each operation of the WIT is here, but those of [`Auth::OAuth`].
    pub operations: BTreeMap<String, Operation>,
}

/// How a body is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// `application/json`
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

/// How a request proves who sends it. The strings name settings, except the names of headers, cookies and parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Auth {
    /// Not at all.
    #[default]
    #[serde(deserialize_with = "no_members")]
    None,
    /// `Authorization: Bearer …`
    Bearer {
        /// The setting that holds the token.
        token: String,
    },
    /// `Authorization: Basic …`
    Basic {
        /// The setting that holds the user.
        user: String,
        /// The setting that holds the password.
        password: String,
    },
    /// A header that holds the bare key.
    Header {
        /// The header's name, in lower case.
        header: String,
        /// The setting that holds the key.
        key: String,
    },
    /// A parameter of the query that holds the key.
    Query {
        /// The parameter's name.
        parameter: String,
        /// The setting that holds the key.
        key: String,
    },
    /// A cookie that holds the key.
    Cookie {
        /// The cookie's name.
        cookie: String,
        /// The setting that holds the key.
        key: String,
    },
    /// The id and the secret of a client at a token endpoint: what [`ClientAuth`] makes, and no file says.
    #[serde(skip)]
    Client {
        /// The setting that holds the client's id.
        user: String,
        /// The setting that holds the client's secret.
        password: String,
        /// Whether HTTP Basic carries both, form-encoded. Otherwise they are `client_id` and `client_secret` in the form.
        basic: bool,
    },
    /// A bearer token that an application asks for and renews. Only for the vendor, and not among several.
    #[serde(rename = "oauth")]
    OAuth(Box<OAuth>),
    /// Several at once.
    All {
        /// Each of them: bearer, basic, header, query or cookie.
        all: Vec<Auth>,
    },
    /// One without which a request may be sent, too. It is sent where one of its settings is given.
    Optional {
        /// Bearer, basic, header, query, cookie, or several at once.
        auth: Box<Auth>,
    },
}

/// An environment variable that the component reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Setting {
    /// Its name, such as `HUBSPOT_TOKEN`: capitals, digits and `_`, the vendor's name first.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// Whether nothing works without it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// Whether it is a credential.
    #[serde(default, skip_serializing_if = "is_default")]
    pub secret: bool,
    /// What holds without it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<String>,
}

/// How words are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// `against-type`
    Kebab,
    /// `against_type`
    #[default]
    Snake,
    /// `againstType`
    Camel,
    /// `AgainstType`
    Pascal,
    /// `againsttype`
    Flat,
}

/// How the vendor spells names, and what its values mean, in all operations. Names are given as WIT spells them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Names {
    /// How the names of members are spelled.
    pub members: Spelling,
    /// How the words of enumerations are spelled.
    pub words: Spelling,
    /// Names that follow no rule: WIT's, and the vendor's.
    #[serde(skip_serializing_if = "is_default")]
    pub renamed: Pairs,
    /// Words of enumerations that follow no rule: WIT's, and the vendor's.
    #[serde(skip_serializing_if = "is_default")]
    pub words_renamed: Pairs,
    /// Ids that are numbers at the vendor, and lists of such; text in WIT.
    #[serde(skip_serializing_if = "is_default")]
    pub numeric_ids: Vec<String>,
    /// Amounts that are numbers at the vendor and decimal text in WIT.
    #[serde(skip_serializing_if = "is_default")]
    pub decimals: Vec<String>,
    /// Fields of an input that are secrets.
    #[serde(skip_serializing_if = "is_default")]
    pub sensitive: Vec<String>,
}

/// What answers mean. The texts are JSON pointers into an answer, except the codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Answers {
    /// Where the result stands. Empty: the whole answer.
    #[serde(skip_serializing_if = "is_default")]
    pub result: String,
    /// Where an answer says what it is; the first that is there counts.
    #[serde(skip_serializing_if = "is_default")]
    pub code: Vec<String>,
    /// Codes that mean success. With any other code, the answer is an error whatever its HTTP status.
    #[serde(skip_serializing_if = "is_default")]
    pub success_codes: Vec<String>,
    /// Where an answer explains an error to people; the first that is there counts.
    #[serde(skip_serializing_if = "is_default")]
    pub message: Vec<String>,
    /// Where an answer lists what is wrong with a request: an object of messages by field.
    #[serde(skip_serializing_if = "is_default")]
    pub problems: String,
}

/// A harmless call that shows whether the credential works.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Check {
    /// The operation, named as in WIT.
    pub operation: String,
    /// Its input, as JSON.
    pub input: String,
}

/// One operation: how it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Operation {
    /// The HTTP method.
    pub method: Method,
    /// The path. `{task-id}` is filled from the input's field of this name in WIT, `{kind:task|email}` with one of these words
    /// only, `{NAME_IN_CAPITALS}` from a setting.
    pub route: String,
    /// What a call does at the vendor, where the method does not tell: GET reads, DELETE destroys, all others write.
    #[serde(default, skip_serializing_if = "is_default")]
    pub effect: Option<Effect>,
    /// Whether sending the request twice does the same as sending it once, where the method does not tell: GET and PUT.
    #[serde(default, skip_serializing_if = "is_default")]
    pub repeatable: Option<bool>,
    /// Whether it takes or gives a credential: not for agents.
    #[serde(default, skip_serializing_if = "is_default")]
    pub secret: bool,
    /// How the request proves who sends it, where the vendor's rule does not hold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub auth: Option<Auth>,
    /// What the request starts with, where that is not the vendor's base.
    #[serde(default, skip_serializing_if = "is_default")]
    pub base: Option<String>,
    /// How the body is encoded, where the vendor's rule does not hold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub body: Option<Body>,
    /// The media type of the body, where it is neither `application/json` nor that of a form.
    #[serde(default, skip_serializing_if = "is_default")]
    pub content_type: Option<String>,
    /// The media type of the answer, where it is another JSON than `application/json`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub accept: Option<String>,
    /// Where the result stands in the answer, where the vendor's rule does not hold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub result: Option<String>,
    /// The member that holds the result, where the vendor wraps it in an object.
    #[serde(default, skip_serializing_if = "is_default")]
    pub member: Option<String>,
    /// Whether the vendor may answer nothing at all, although there is an output.
    #[serde(default, skip_serializing_if = "is_default")]
    pub silent: bool,
    /// Whether the answer is plain text: the output is a string with all of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub text: bool,
    /// How long a call may take where no setting says it, in milliseconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deadline_ms: Option<u32>,
    /// What the events of an answer mean that comes piece by piece. In the WIT, the operation gives a resource.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stream: Option<Stream>,
    /// Parameters that are sent where the caller gave none, by the vendor's names.
    #[serde(default, skip_serializing_if = "is_default")]
    pub defaults: Pairs,
    /// Fields of the input, by WIT's names, for which these rules do not hold: a field that the route names goes into the path,
    /// other fields of GET and DELETE into the query (lists separated by commas) and of all other methods into the body, by the
    /// vendor's spelling.
    #[serde(default, skip_serializing_if = "is_default")]
    pub input: BTreeMap<String, Param>,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "they are what they are called")]
pub enum Method {
    #[default]
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What a call does at the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing changes.
    Read,
    /// Something is created or changed.
    Write,
    /// Something is deleted.
    Destroy,
}

/// Where a field of the input goes, and how. What is absent follows the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Param {
    /// The vendor's name for it, where its spelling is not the rule's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// Where it goes.
    #[serde(default, rename = "in", skip_serializing_if = "is_default")]
    pub place: Option<Place>,
    /// How a list or an object is written in a query or a form.
    #[serde(default, skip_serializing_if = "is_default")]
    pub style: Style,
    /// Whether text in WIT is a number at the vendor, where [`Names::numeric_ids`] does not tell.
    #[serde(default, skip_serializing_if = "is_default")]
    pub numeric: Option<bool>,
}

/// Where a field of the input goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Into the query.
    Query,
    /// Into a header.
    Header,
    /// Into the body, as a member.
    Body,
    /// It is the body.
    WholeBody,
}

/// How a list or an object is written where a value is text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// `a=1,2`; of an object `a=b,1,c,2`.
    #[default]
    Comma,
    /// `a=1&a=2`; of an object `b=1&c=2`, without its own name.
    Repeated,
    /// `a=1%202`
    Space,
    /// `a=1|2`
    Pipe,
    /// `a[]=1&a[]=2`; of an object `a[b]=1&a[c]=2`.
    Brackets,
    /// `a[0]=1&a[1]=2`; of an object `a[b]=1`.
    Indexed,
    /// JSON as text.
    Json,
}

/// Refuses members, which serde lets pass in a variant that has none (serde-rs/serde#2123).
fn no_members<'d, D: Deserializer<'d>>(from: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    Nothing::deserialize(from).map(|Nothing {}| ())
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
