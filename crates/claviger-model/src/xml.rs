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

/// The answer of an operation. Without a shape, or without a body, it has no result element. Members stand in the model's
/// order.
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

/// The body of an error. `sender`: the caller is at fault. Without a message, there is no `Message` element.
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
    // The capacity is large enough from the start: a buffer that grows leaves copies of secrets behind, such as a new access
    // key's.
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

/// XML 1.0 has no form for most control characters, not even escaped. An error text that quotes one would make the answer
/// unreadable.
fn permitted(text: &str) -> Cow<'_, str> {
    let is_forbidden =
        |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) { text.replace(is_forbidden, "\u{fffd}").into() } else { text.into() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::{Sensitive, Timestamp};

    use super::*;
    use crate::iam::{
        AccessKey, AttachedPolicy, CreateAccessKeyResponse, GetAccessKeyLastUsedResponse,
        ListAttachedRolePoliciesResponse,
    };
    use crate::structure::Output;
    use crate::sts::GetCallerIdentityResponse;

    const IAM: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

    fn check<T: Output>(operation: &str, output: &T, expected: &str) {
        let xml = response(operation, IAM, T::shape(), output.to_tree().as_ref(), "id-1");
        assert_eq!(String::from_utf8(xml.to_vec()).unwrap(), expected);
    }

    #[test]
    fn lists_and_model_order() {
        let policy = |name: &str| AttachedPolicy {
            policy_name: Some(name.to_owned()),
            policy_arn: Some(format!("arn:aws:iam::aws:policy/{name}")),
        };
        let output = ListAttachedRolePoliciesResponse {
            attached_policies: Some(vec![policy("A"), policy("B")]),
            is_truncated: Some(false),
            marker: None,
        };
        check(
            "ListAttachedRolePolicies",
            &output,
            "<ListAttachedRolePoliciesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <ListAttachedRolePoliciesResult><AttachedPolicies>\
             <member><PolicyName>A</PolicyName><PolicyArn>arn:aws:iam::aws:policy/A</PolicyArn></member>\
             <member><PolicyName>B</PolicyName><PolicyArn>arn:aws:iam::aws:policy/B</PolicyArn></member>\
             </AttachedPolicies><IsTruncated>false</IsTruncated></ListAttachedRolePoliciesResult>\
             <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></ListAttachedRolePoliciesResponse>",
        );
        let shape = <ListAttachedRolePoliciesResponse as Output>::shape();
        let body = Tree::Map(vec![
            ("IsTruncated".into(), Tree::Bool(true)),
            ("NotInTheModel".into(), Tree::Bool(true)),
            ("AttachedPolicies".into(), Tree::List(Vec::new())),
        ]);
        let xml = response("ListAttachedRolePolicies", IAM, shape, Some(&body), "id-1");
        let xml = String::from_utf8(xml.to_vec()).unwrap();
        assert!(
            xml.contains("Result><AttachedPolicies></AttachedPolicies><IsTruncated>true</IsTruncated></List"),
            "{xml}"
        );
    }

    #[test]
    fn caller_identity() {
        let output = GetCallerIdentityResponse {
            user_id: Some("AIDAEXAMPLE".to_owned()),
            account: Some("111122223333".to_owned()),
            arn: Some("arn:aws:iam::111122223333:user/a<b>&c".to_owned()),
        };
        let shape = <GetCallerIdentityResponse as Output>::shape();
        let namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
        let xml = response("GetCallerIdentity", namespace, shape, output.to_tree().as_ref(), "01234567-89ab");
        assert_eq!(
            String::from_utf8(xml.to_vec()).unwrap(),
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account>\
             <Arn>arn:aws:iam::111122223333:user/a&lt;b&gt;&amp;c</Arn></GetCallerIdentityResult>\
             <ResponseMetadata><RequestId>01234567-89ab</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
        );
    }

    #[test]
    fn no_result_for_void() {
        check(
            "DeleteUser",
            &(),
            "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DeleteUserResponse>",
        );
        check(
            "GetAccessKeyLastUsed",
            &GetAccessKeyLastUsedResponse::default(),
            "<GetAccessKeyLastUsedResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <GetAccessKeyLastUsedResult></GetAccessKeyLastUsedResult>\
             <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetAccessKeyLastUsedResponse>",
        );
    }

    #[test]
    fn moments_and_secrets() {
        let access_key = AccessKey {
            user_name: "u".to_owned(),
            access_key_id: "AKIA".to_owned(),
            status: "Active".to_owned(),
            secret_access_key: Sensitive::new("s3cr3t".to_owned()),
            create_date: Some(Timestamp(1_609_193_147_831)),
        };
        check(
            "CreateAccessKey",
            &CreateAccessKeyResponse { access_key },
            "<CreateAccessKeyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateAccessKeyResult><AccessKey>\
             <UserName>u</UserName><AccessKeyId>AKIA</AccessKeyId><Status>Active</Status>\
             <SecretAccessKey>s3cr3t</SecretAccessKey><CreateDate>2020-12-28T22:05:47Z</CreateDate></AccessKey>\
             </CreateAccessKeyResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>\
             </CreateAccessKeyResponse>",
        );
    }

    #[test]
    fn errors() {
        let xml = error(IAM, "NoSuchEntity", Some("The user with name <x>\u{1}\r cannot be found."), true, "id-1");
        assert_eq!(
            String::from_utf8(xml.to_vec()).unwrap(),
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
             <Code>NoSuchEntity</Code><Message>The user with name &lt;x&gt;\u{fffd}&#13; cannot be found.</Message></Error>\
             <RequestId>id-1</RequestId></ErrorResponse>"
        );
        let xml = error(IAM, "ServiceFailure", None, false, "id-1");
        assert_eq!(
            String::from_utf8(xml.to_vec()).unwrap(),
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Receiver</Type>\
             <Code>ServiceFailure</Code></Error><RequestId>id-1</RequestId></ErrorResponse>"
        );
    }
}
