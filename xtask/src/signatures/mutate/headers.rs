//! Changes of whole headers: which there are, in which order, under which names, and how they are written.

use super::{Change, Mutation};
use crate::signatures::random::Random;
use crate::signatures::request::Request;

pub(super) const KINDS: [(&str, Mutation); 17] = [
    ("headers: in another order", |request, change| {
        for end in (1..request.headers.len()).rev() {
            request.headers.swap(end, change.random.below(end + 1));
        }
    }),
    ("headers: names in another case", |request, change| {
        for (name, _) in &mut request.headers {
            *name = match change.random.below(3) {
                0 => name.to_ascii_uppercase(),
                1 => name.to_ascii_lowercase(),
                _ => name.chars().map(|c| if change.random.once_in(2) { c.to_ascii_uppercase() } else { c }).collect(),
            };
        }
    }),
    ("headers: blanks around a value", |request, change| {
        one(request, change, |value, random| {
            let blank = random.text(&[" ", "\t", "  ", " \t "]).bytes();
            if random.once_in(2) { value.extend(blank) } else { drop(value.splice(0..0, blank)) }
        });
    }),
    ("headers: blanks between words", |request, change| {
        one(request, change, |value, random| {
            let blanks: Vec<usize> = (0..value.len()).filter(|at| value.get(*at) == Some(&b' ')).collect();
            if let Some(&at) = random.pick(&blanks) {
                value.splice(at..=at, random.text(&["  ", "\t", " \t ", ""]).bytes());
            }
        });
    }),
    ("headers: case of a value", |request, change| {
        one(request, change, |value, random| {
            if random.once_in(2) { value.make_ascii_uppercase() } else { value.make_ascii_lowercase() }
        });
    }),
    ("headers: one twice", |request, change| repeat(request, change, |_, _| {})),
    ("headers: one twice, changed", |request, change| {
        repeat(request, change, |value, random| value.insert(random.below(value.len() + 1), b'x'));
    }),
    ("headers: one removed", |request, change| {
        let at = change.random.below(request.headers.len());
        if at < request.headers.len() {
            request.headers.remove(at);
        }
    }),
    ("headers: a list split", |request, change| {
        let at = change.random.below(request.headers.len());
        if let Some((name, value)) = request.headers.get(at).cloned()
            && let Some(comma) = value.iter().position(|byte| *byte == b',')
        {
            let (head, tail) = value.split_at(comma);
            let both = [head, tail.get(1..).unwrap_or_default()].map(|part| (name.clone(), part.to_vec()));
            request.headers.splice(at..=at, both);
        }
    }),
    ("headers: repeated ones joined", |request, change| {
        let at = change.random.below(request.headers.len());
        let Some((name, value)) = request.headers.get(at).cloned() else { return };
        let later =
            |(n, header): (usize, &(String, Vec<u8>))| (n > at && header.0.eq_ignore_ascii_case(&name)).then_some(n);
        if let Some(other) = request.headers.iter().enumerate().find_map(later) {
            let (_, tail) = request.headers.remove(other);
            let comma: &[u8] = change.random.text(&[",", ",", ", "]).as_bytes();
            if let Some(header) = request.headers.get_mut(at) {
                header.1 = [&value[..], comma, &tail[..]].concat();
            }
        }
    }),
    ("headers: a harmless one added", |request, change| {
        let name = change.random.text(&[
            "Via",
            "X-Forwarded-For",
            "X-Amzn-Trace-Id",
            "Connection",
            "Date",
            "x_amz_date",
            "X-Amz",
        ]);
        add(request, change, name);
    }),
    ("headers: an x-amz one added", |request, change| {
        let names = [
            "X-Amz-Target",
            "X-Amz-Security-Token",
            "x-amz-date",
            "X-AMZ-Extra",
            "x-amz-content-sha256",
            "X-Amz-Expires",
        ];
        let name = change.random.text(&names);
        add(request, change, name);
    }),
    ("headers: two values exchanged", |request, change| {
        let (one, other) = (change.random.below(request.headers.len()), change.random.below(request.headers.len()));
        let value = |at: usize| request.headers.get(at).map(|(_, value)| value.clone());
        if let (Some(first), Some(second)) = (value(one), value(other)) {
            for (at, new) in [(one, second), (other, first)] {
                if let Some(header) = request.headers.get_mut(at) {
                    header.1 = new;
                }
            }
        }
    }),
    ("headers: one of another request", |request, change| {
        let Some(donor) = change.donor().cloned() else { return };
        if let Some((name, value)) = change.random.pick(&donor.headers).cloned() {
            request.set(&name, value);
        }
    }),
    ("headers: host as :authority", |request, change| {
        let Some(at) = request.header("host") else { return };
        let Some((_, host)) = request.headers.get(at).cloned() else { return };
        let authority = |value: Vec<u8>| (":authority".to_owned(), value);
        match change.random.below(3) {
            0 => drop(request.headers.splice(at..=at, [authority(host)])),
            1 => request.headers.push(authority(host)),
            _ => request.headers.push(authority([&host[..], b".x"].concat())),
        }
    }),
    ("headers: another host", |request, change| {
        let port = change.random.text(&[":443", ":80", ".", "@evil.test", ".evil.test"]);
        if let Some(at) = request.header("host")
            && let Some((_, value)) = request.headers.get_mut(at)
        {
            value.extend(port.bytes());
        }
    }),
    ("headers: a digest of the body added or changed", |request, change| {
        let value = change.random.text(&[
            "UNSIGNED-PAYLOAD",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ]);
        match request.header("x-amz-content-sha256") {
            Some(_) => request.set("x-amz-content-sha256", value),
            None => request.headers.push(("X-Amz-Content-Sha256".to_owned(), value.into())),
        }
    }),
];

fn one(request: &mut Request, change: &mut Change<'_>, edit: fn(&mut Vec<u8>, &mut Random)) {
    let at = change.random.below(request.headers.len());
    if let Some((_, value)) = request.headers.get_mut(at) {
        edit(value, &mut change.random);
    }
}

fn repeat(request: &mut Request, change: &mut Change<'_>, edit: fn(&mut Vec<u8>, &mut Random)) {
    let at = change.random.below(request.headers.len());
    if let Some(mut header) = request.headers.get(at).cloned() {
        edit(&mut header.1, &mut change.random);
        request.headers.insert(change.random.below(request.headers.len() + 1), header);
    }
}

fn add(request: &mut Request, change: &mut Change<'_>, name: &str) {
    let value = change.random.text(&["1", "", "20261124T150405Z", "TrentService.ScheduleKeyDeletion"]);
    request.headers.insert(change.random.below(request.headers.len() + 1), (name.to_owned(), value.into()));
}
