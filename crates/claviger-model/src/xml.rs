//! Query-protocol answers: XML from a [`Tree`].

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use zeroize::Zeroizing;

use crate::shape::{Kind, Shape};
use crate::tree::{Number, Tree};
use crate::value::timestamp;

type Xml = Writer<Vec<u8>>;

/// The answer of an operation. Without a shape, or without a body, it has no result element. Members stand in the
/// model's order, whatever the order of the tree.
pub fn response(
    operation: &str,
    namespace: &str,
    shape: Option<&'static Shape>,
    body: Option<&Tree>,
    request_id: &str,
) -> Zeroizing<Vec<u8>> {
    document(|xml| {
        let root = format!("{operation}Response");
        open(xml, BytesStart::new(root.as_str()).with_attributes([("xmlns", namespace)]))?;
        if let (Some(shape), Some(body)) = (shape, body) {
            value(xml, &format!("{operation}Result"), shape, body)?;
        }
        element(xml, "ResponseMetadata", |xml| text(xml, "RequestId", request_id))?;
        close(xml, &root)
    })
}

/// An error. `sender` says whether the caller is at fault. Without a message, there is no `Message` element.
pub fn error(namespace: &str, code: &str, message: Option<&str>, sender: bool, request_id: &str) -> Zeroizing<Vec<u8>> {
    document(|xml| {
        open(xml, BytesStart::new("ErrorResponse").with_attributes([("xmlns", namespace)]))?;
        element(xml, "Error", |xml| {
            text(xml, "Type", if sender { "Sender" } else { "Receiver" })?;
            text(xml, "Code", code)?;
            message.map_or(Ok(()), |message| text(xml, "Message", message))
        })?;
        text(xml, "RequestId", request_id)?;
        close(xml, "ErrorResponse")
    })
}

fn document(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> Zeroizing<Vec<u8>> {
    // Roomy from the start: a buffer that grows leaves copies behind, and a created access key's secret would be in them.
    let mut xml = Writer::new(Vec::with_capacity(8192));
    // Writing to memory does not fail.
    let _infallible = write(&mut xml);
    Zeroizing::new(xml.into_inner())
}

fn value(xml: &mut Xml, name: &str, shape: &'static Shape, tree: &Tree) -> io::Result<()> {
    match (shape.kind, tree) {
        (_, Tree::Null) => Ok(()),
        (Kind::Structure(members), Tree::Map(_)) => element(xml, name, |xml| {
            for member in members {
                if let Some(tree) = tree.member(member.name) {
                    value(xml, member.name, member.shape, tree)?;
                }
            }
            Ok(())
        }),
        (Kind::List(member), Tree::List(items)) => {
            element(xml, name, |xml| items.iter().try_for_each(|item| value(xml, "member", member, item)))
        }
        (Kind::Map(_, shape), Tree::Map(entries)) => element(xml, name, |xml| {
            entries.iter().try_for_each(|(key, item)| {
                element(xml, "entry", |xml| {
                    text(xml, "key", key)?;
                    value(xml, "value", shape, item)
                })
            })
        }),
        (Kind::Timestamp, Tree::Number(number)) => match timestamp(*number) {
            Some(moment) => text(xml, name, &moment.iso8601()),
            None => Ok(()),
        },
        (_, Tree::Number(Number::Integer(number))) => text(xml, name, &number.to_string()),
        (_, Tree::Number(Number::Float(number))) => text(xml, name, &number.to_string()),
        (_, Tree::Bool(value)) => text(xml, name, if *value { "true" } else { "false" }),
        (_, Tree::Text(value)) => text(xml, name, value),
        (_, Tree::List(_) | Tree::Map(_)) => Ok(()), // not of the shape
    }
}

fn element(xml: &mut Xml, name: &str, content: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    open(xml, BytesStart::new(name))?;
    content(xml)?;
    close(xml, name)
}

fn text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    element(xml, name, |xml| {
        let escaped = Zeroizing::new(partial_escape(permitted(text)).into_owned());
        xml.write_event(Event::Text(BytesText::from_escaped(escaped.as_str())))
    })
}

fn open(xml: &mut Xml, start: BytesStart<'_>) -> io::Result<()> {
    xml.write_event(Event::Start(start))
}

fn close(xml: &mut Xml, name: &str) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))
}

/// XML 1.0 has no way to write most control characters, not even escaped; an error text that quotes one would make the
/// answer unreadable.
fn permitted(text: &str) -> Cow<'_, str> {
    let is_forbidden =
        |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) { text.replace(is_forbidden, "\u{fffd}").into() } else { text.into() }
}
