//! The media types that a client accepts (RFC 9110, 12.5.1).

use crate::wire::RawRequest;

/// Whether the client prefers JSON to XML: `application/json` is named, and no XML type has a greater weight or stands before it
/// with the same one. A wildcard names neither.
pub(crate) fn prefers_json(request: &RawRequest) -> bool {
    let values = request.headers.iter().filter(|(name, _)| name == "accept");
    let text = values.filter_map(|(_, value)| std::str::from_utf8(value).ok());
    let mut best = (0.0, false);
    for range in text.flat_map(|text| text.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let is_json = match parts.next().map(str::to_ascii_lowercase).as_deref() {
            Some("application/json") => true,
            Some("application/xml" | "text/xml") => false,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = weight.and_then(|q| q.parse().ok()).filter(|q| (0.0..=1.0).contains(q)).unwrap_or(1.0_f32);
        if weight > best.0 {
            best = (weight, is_json);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn preferences() {
        let check = |values: &[&str], expected: bool| {
            let request = RawRequest {
                method: "GET".to_owned(),
                path: "/".to_owned(),
                query: String::new(),
                headers: values.iter().map(|value| ("accept".to_owned(), value.as_bytes().to_vec())).collect(),
                body: Zeroizing::default(),
                id: "id".to_owned(),
                peer: None,
                secure: false,
            };
            assert_eq!(prefers_json(&request), expected, "{values:?}");
        };
        check(&[], false);
        check(&["*/*"], false);
        check(&["application/*"], false);
        check(&["application/json"], true);
        check(&["Application/JSON; charset=utf-8"], true);
        check(&["application/json, text/plain, */*"], true);
        check(&["text/html, application/xml;q=0.9, */*;q=0.8"], false);
        check(&["application/json", "text/xml"], true);
        check(&["text/xml, application/json"], false);
        check(&["text/xml;q=0.5, application/json"], true);
        check(&["application/json;q=0.5, application/xml;q=0.6"], false);
        check(&["application/json;q=0"], false);
        check(&["application/json;q=nan"], true);
        check(&["application/jsonx, text/json"], false);
    }
}
