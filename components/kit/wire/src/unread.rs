//! Lists of an answer that nobody has read yet.

use crate::node::Node;
use crate::parse::Parser;

/// A list that was checked to be JSON and is read item by item. A tree of all that a large list holds takes ten times as much
/// memory as its text.
#[derive(Clone, Debug)]
pub struct Unread<'t>(&'t str);

impl PartialEq for Unread<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.items() == other.items()
    }
}

impl<'t> Unread<'t> {
    /// The text begins with a list.
    pub(crate) fn of(text: &'t str) -> Unread<'t> {
        Unread(text)
    }

    /// Whether both are the same part of one text.
    pub fn is(&self, other: &Unread<'_>) -> bool {
        std::ptr::eq(self.0, other.0)
    }

    /// The items, one at a time: only the one that is looked at takes memory.
    pub fn each(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let mut parser = self.parser();
        std::iter::from_fn(move || parser.has_item().then(|| parser.read()))
    }

    pub(crate) fn parser(&self) -> Parser<'t, 't> {
        Parser::of_checked(self.0)
    }

    /// The items.
    pub fn items(&self) -> Vec<Node<'t>> {
        let mut items = Vec::new();
        for item in self.each() {
            items.push(item);
        }
        items
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        !self.parser().has_item()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Form, Kind, Names, Node, Text, Type, read_into};

    static JSON: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::Json };
    static LIST: Type = Type { size: 8, align: 4, form: Form::Any, kind: Kind::List(&JSON) };

    #[test]
    fn a_list_that_is_read_late_is_the_one_that_was_sent() {
        let sent = br#"{"a": [ ], "b": [1, [2, {"z": [3]}], "x\u0041"], "c": {"d": [null]}}"#;
        let (node, depth) = Node::read_lazily(sent).unwrap();
        assert_eq!(depth, 5);
        assert!(matches!(node.get("b"), Some(Node::Unread(list)) if !list.is_empty()));
        assert!(matches!(node.get("a"), Some(Node::Unread(list)) if list.is_empty()));
        assert_eq!(node.to_json(), r#"{"a":[],"b":[1,[2,{"z":[3]}],"xA"],"c":{"d":[null]}}"#);
    }

    #[test]
    fn what_is_broken_in_a_list_is_told_at_its_place() {
        for (text, at) in [("[1,{\"a\":tru}]", 8), ("[[1 2]]", 4), ("[\"a", 3), ("[{\"a\" 1}]", 6)] {
            let broken = Node::read_lazily(text.as_bytes()).unwrap_err();
            assert_eq!(broken.at, at, "{text}");
            assert_eq!(Node::read(text.as_bytes()).unwrap_err(), broken);
        }
    }

    #[test]
    fn what_is_withheld_is_taken_out_of_a_list_that_is_read_late() {
        let (node, _) = Node::read_lazily(br#"[{"b":[{"secured_value":1,"c":2}],"SecuredValue":[3]}]"#).unwrap();
        let names = Names { withheld: &["securedValue"], ..Names::DEFAULT };
        let mut json = Text::default();
        read_into(&LIST, &node, &names, "response", &mut json).unwrap();
        assert_eq!(json.take(), r#"[{"b":[{"c":2}]}]"#);
    }
}
