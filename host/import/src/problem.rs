//! Why a document cannot be imported at all.

use std::fmt;

/// Why nothing came of a document. Each says what was found, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There are no bytes but white space.
    Empty,
    /// There are more bytes than an importer reads.
    TooLarge {
        /// How many there are.
        bytes: usize,
        /// How many may be there.
        most: usize,
    },
    /// There are more values than an importer reads, maybe by aliases of YAML that stand for each other.
    TooManyValues {
        /// How many may be there.
        most: usize,
    },
    /// Lists and objects are nested deeper than an importer reads.
    TooDeep {
        /// How deep they may be nested.
        most: usize,
        /// The place, as the beginning of a JSON pointer.
        place: String,
        /// The line that the reader had come to.
        line: usize,
    },
    /// It is no UTF-8.
    NotText,
    /// It begins as a document and ends in the middle.
    CutOff {
        /// What the reader says, with the line.
        message: String,
    },
    /// It is neither JSON nor YAML.
    Unreadable {
        /// What the reader says, with the line.
        message: String,
    },
    /// It can be read and is something else.
    NotADocument {
        /// What it is.
        found: String,
    },
    /// It says `openapi` or `swagger`, in a version that this importer does not read.
    UnknownVersion {
        /// The version.
        found: String,
    },
    /// It has no operations.
    NoOperations,
    /// No operation matches what was asked for.
    NothingMatches,
    /// The name that was asked for cannot be a vendor's.
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXPECTED: &str = "expected an OpenAPI document, 3.0 or 3.1, or Swagger 2.0, as JSON or YAML";
        match self {
            Problem::Empty => write!(f, "the file is empty; {EXPECTED}"),
            Problem::TooLarge { bytes, most } => write!(f, "the file has {bytes} bytes, and at most {most} are read"),
            Problem::TooManyValues { most } => {
                write!(f, "the file has more than {most} values, its aliases included; no more are read")
            }
            Problem::TooDeep { most, place, line } => {
                write!(
                    f,
                    "lists and objects are nested more than {most} deep at {place} (line {line}); no more are read"
                )
            }
            Problem::NotText => write!(f, "the file is no UTF-8 text; {EXPECTED}"),
            Problem::CutOff { message } => write!(f, "the file is cut off: {message}; {EXPECTED}"),
            Problem::Unreadable { message } => write!(f, "the file cannot be read: {message}; {EXPECTED}"),
            Problem::NotADocument { found } => write!(f, "the file is {found}; {EXPECTED}"),
            Problem::UnknownVersion { found } => write!(f, "the document says version {found}; {EXPECTED}"),
            Problem::NoOperations => write!(f, "the document has no operations; expected `paths` with methods"),
            Problem::NothingMatches => {
                write!(
                    f,
                    "no operation of the document matches; expected an operation's id, a tag or a path, maybe with `*`"
                )
            }
            Problem::Name { name, problem } => write!(f, "{name:?} cannot be a vendor's name: {problem}"),
        }
    }
}

impl std::error::Error for Problem {}
