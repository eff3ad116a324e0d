//! Changes of single bytes and characters, anywhere in a request.

use super::{Change, Mutation};
use crate::signatures::random::Random;
use crate::signatures::request::Request;

pub(super) const KINDS: [(&str, Mutation); 9] = [
    ("bytes: flip a bit of a header's value", |request, change| {
        anywhere(request, change, |bytes, random| {
            let (at, bit) = (random.below(bytes.len()), random.below(8));
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        });
    }),
    ("bytes: insert into a header's value", |request, change| {
        anywhere(request, change, |bytes, random| bytes.insert(random.below(bytes.len() + 1), byte(random)));
    }),
    ("bytes: delete from a header's value", |request, change| {
        anywhere(request, change, |bytes, random| {
            if !bytes.is_empty() {
                bytes.remove(random.below(bytes.len()));
            }
        });
    }),
    ("bytes: of a header's name", |request, change| {
        let at = change.random.below(request.headers.len());
        if let Some((name, _)) = request.headers.get_mut(at) {
            edit(name, &mut change.random);
        }
    }),
    ("bytes: of the method", |request, change| edit(&mut request.method, &mut change.random)),
    ("bytes: of the path", |request, change| edit(&mut request.path, &mut change.random)),
    ("bytes: of the query", |request, change| edit(&mut request.query, &mut change.random)),
    ("bytes: of the body", |request, change| {
        let (at, random) = (change.random.below(request.body.len() + 1), &mut change.random);
        match request.body.get_mut(at) {
            Some(byte) if random.once_in(3) => *byte ^= 1 << random.below(8),
            Some(_) if random.once_in(2) => drop(request.body.remove(at)),
            _ => request.body.insert(at, byte(random)),
        }
    }),
    ("bytes: cut the query or the body short", |request, change| {
        if change.random.once_in(2) {
            request.body.truncate(change.random.below(request.body.len()));
        } else {
            let end = change.random.below(request.query.len());
            // The query is ASCII unless another change made it otherwise.
            if request.query.is_char_boundary(end) {
                request.query.truncate(end);
            }
        }
    }),
];

fn anywhere(request: &mut Request, change: &mut Change<'_>, edit: fn(&mut Vec<u8>, &mut Random)) {
    let at = change.random.below(request.headers.len());
    if let Some((_, value)) = request.headers.get_mut(at) {
        edit(value, &mut change.random);
    }
}

/// Replaces, inserts or deletes one character.
fn edit(text: &mut String, random: &mut Random) {
    let mut characters: Vec<char> = text.chars().collect();
    let (at, new) = (random.below(characters.len() + 1), character(random));
    match characters.get_mut(at) {
        Some(old) if random.once_in(3) => *old = new,
        Some(_) if random.once_in(2) => drop(characters.remove(at)),
        _ => characters.insert(at, new),
    }
    *text = characters.into_iter().collect();
}

fn byte(random: &mut Random) -> u8 {
    if random.once_in(2) { *random.pick(b" \t\r\n\0,;=/%+&").unwrap_or(&b' ') } else { random.next().to_le_bytes()[0] }
}

fn character(random: &mut Random) -> char {
    const SPECIAL: [char; 18] =
        [' ', '\t', '\n', '\0', '%', '/', '.', '&', '=', '+', ';', '?', '#', '~', '0', 'a', 'é', '\u{2028}'];
    if random.once_in(2) {
        *random.pick(&SPECIAL).unwrap_or(&' ')
    } else {
        char::from(random.next().to_le_bytes()[0] & 0x7f)
    }
}
