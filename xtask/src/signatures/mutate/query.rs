//! Changes of the path and of the query's parameters.

use super::{Change, Mutation};
use crate::signatures::random::Random;
use crate::signatures::request::Request;

pub(super) const KINDS: [(&str, Mutation); 14] = [
    ("query: in another order", |request, change| {
        pieces(request, change, |pieces, random| {
            for end in (1..pieces.len()).rev() {
                pieces.swap(end, random.below(end + 1));
            }
        });
    }),
    ("query: more characters escaped", |request, change| {
        let mut escape = |c: char| {
            let written = c.is_ascii_alphanumeric() || "-._~".contains(c);
            // A digit may belong to an escape.
            if written && !c.is_ascii_hexdigit() && change.random.once_in(4) {
                format!("%{:02x}", u32::from(c))
            } else {
                c.to_string()
            }
        };
        request.query = request.query.chars().map(&mut escape).collect();
    }),
    ("query: fewer characters escaped", |request, change| {
        let plain =
            [("%20", "+"), ("%2F", "/"), ("%3A", ":"), ("%C3%A9", "é"), ("%3B", ";"), ("%7E", "~"), ("%40", "@")];
        if let Some((escaped, written)) = change.random.pick(&plain) {
            request.query = request.query.replace(escaped, written);
        }
    }),
    ("query: escapes in lower case", |request, _| {
        for (upper, lower) in [("%2F", "%2f"), ("%3B", "%3b"), ("%3D", "%3d"), ("%C3", "%c3"), ("%2B", "%2b")] {
            request.query = request.query.replace(upper, lower);
        }
    }),
    ("query: escaped twice", |request, change| {
        let escapes: Vec<usize> = request.query.match_indices('%').map(|(at, _)| at).collect();
        if let Some(&at) = change.random.pick(&escapes) {
            request.query.insert_str(at + 1, "25");
        }
    }),
    ("query: a plus for an escaped one", |request, _| request.query = request.query.replace("%2B", "+")),
    ("query: empty pieces", |request, change| {
        pieces(request, change, |pieces, random| pieces.insert(random.below(pieces.len() + 1), String::new()));
    }),
    ("query: an equals sign more or less", |request, change| {
        pieces(request, change, |pieces, random| {
            let at = random.below(pieces.len());
            if let Some(piece) = pieces.get_mut(at) {
                match piece.strip_suffix('=') {
                    Some(bare) if random.once_in(2) => *piece = bare.to_owned(),
                    _ => piece.push('='),
                }
            }
        });
    }),
    ("query: a parameter added", |request, change| {
        pieces(request, change, |pieces, random| {
            let added = random.text(&[
                "a",
                "zz=1",
                "Action=AssumeRole",
                "X-Amz-Expires=604800",
                "X-Amz-Security-Token=t",
                "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                "X-Amz-Signature=00",
            ]);
            pieces.insert(random.below(pieces.len() + 1), added.to_owned());
        });
    }),
    ("query: a parameter removed", |request, change| {
        pieces(request, change, |pieces, random| drop(pieces.remove(random.below(pieces.len()))));
    }),
    ("query: a parameter twice", |request, change| {
        pieces(request, change, |pieces, random| {
            if let Some(piece) = random.pick(pieces).cloned() {
                pieces.insert(random.below(pieces.len() + 1), piece);
            }
        });
    }),
    ("query: case of a name", |request, change| {
        pieces(request, change, |pieces, random| {
            let at = random.below(pieces.len());
            if let Some(piece) = pieces.get_mut(at) {
                let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
                *piece = format!("{}={value}", name.to_ascii_lowercase());
            }
        });
    }),
    ("path: dots and slashes", |request, change| {
        let slashes: Vec<usize> = request.path.match_indices('/').map(|(at, _)| at).collect();
        if let Some(&at) = change.random.pick(&slashes) {
            request
                .path
                .insert_str(at, change.random.text(&["/", "/.", "/x/..", "/..", "/%2e", "/%2E%2E", "/;", "\\"]));
        }
    }),
    ("path: escapes", |request, change| {
        let (from, to) = *change
            .random
            .pick(&[
                ("%2F", "/"),
                ("%2F", "%2f"),
                ("%2e", "."),
                ("a", "%61"),
                ("A", "%41"),
                ("%20", "+"),
                ("%", "%25"),
                ("~", "%7E"),
                ("+", "%20"),
            ])
            .unwrap_or(&("", ""));
        if !from.is_empty() {
            request.path = request.path.replacen(from, to, 1);
        }
    }),
];

fn pieces(request: &mut Request, change: &mut Change<'_>, edit: fn(&mut Vec<String>, &mut Random)) {
    let mut pieces: Vec<String> = request.query.split('&').map(str::to_owned).collect();
    edit(&mut pieces, &mut change.random);
    request.query = pieces.join("&");
}
