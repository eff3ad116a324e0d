use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

const LIMITS: Limits = Limits { frame: 200_000, exchange: 100_000 };

/// The messages that the bytes hold, given to the assembler in pieces that end at the cuts.
fn read(bytes: &[u8], cuts: &[usize]) -> Result<Vec<Message>, ChunkError> {
    let mut assembler = Assembler::new(LIMITS);
    let mut messages = Vec::new();
    let mut ends: Vec<usize> = cuts.to_vec();
    ends.push(bytes.len());
    ends.sort_unstable();
    let mut start = 0;
    for end in ends {
        let mut piece = &bytes[start..end];
        while let Some(message) = assembler.feed(&mut piece)? {
            messages.push(message);
        }
        assert!(piece.is_empty());
        start = end;
    }
    Ok(messages)
}

fn written(kind: Kind, message: &[u8]) -> Vec<u8> {
    let (mut out, mut sent) = (Vec::new(), 0);
    loop {
        sent = write_chunk(&mut out, kind, message, sent);
        if sent == message.len() {
            return out;
        }
    }
}

fn message(kind: Kind, bytes: &[u8]) -> Message {
    Message { kind, bytes: Zeroizing::new(bytes.to_vec()) }
}

fn head(kind: u8, zero: u8, length: u16, later: u32) -> Vec<u8> {
    [&[kind, zero][..], &length.to_be_bytes(), &later.to_be_bytes()].concat()
}

#[test]
fn the_bytes_of_a_chunk() {
    assert_eq!(written(Kind::Frame, b"abc"), b"\x04\0\0\x03\0\0\0\0abc");
    assert_eq!(written(Kind::Ping, b""), b"\x02\0\0\0\0\0\0\0");
    let long = written(Kind::Request, &[7; PART_BYTES_MAX + 2]);
    assert_eq!(long[..8], [5, 0, 0x3f, 0xf8, 0, 0, 0, 2]);
    assert_eq!(long[8 + PART_BYTES_MAX..], [5, 0, 0, 2, 0, 0, 0, 0, 7, 7]);
}

#[test]
fn lanes_alternate() {
    let (frame, request) = (vec![1; PART_BYTES_MAX + 1], vec![2; PART_BYTES_MAX + 1]);
    let mut bytes = Vec::new();
    let first = write_chunk(&mut bytes, Kind::Frame, &frame, 0);
    let second = write_chunk(&mut bytes, Kind::Request, &request, 0);
    write_chunk(&mut bytes, Kind::Ping, b"ping", 0);
    write_chunk(&mut bytes, Kind::Frame, &frame, first);
    write_chunk(&mut bytes, Kind::Request, &request, second);
    let expected = [message(Kind::Ping, b"ping"), message(Kind::Frame, &frame), message(Kind::Request, &request)];
    assert_eq!(read(&bytes, &[]).unwrap(), expected);
}

#[test]
fn what_is_refused() {
    let refused = |bytes: &[u8]| read(bytes, &[]).unwrap_err();
    assert_eq!(refused(&head(9, 0, 0, 0)), ChunkError::Kind(9));
    assert_eq!(refused(&head(4, 1, 0, 0)), ChunkError::Head);
    assert_eq!(refused(&head(4, 0, u16::MAX, 0)), ChunkError::Head);
    assert_eq!(refused(&head(4, 0, 10, 1)), ChunkError::Head, "a chunk that is neither full nor the last");
    let full = PART_BYTES_MAX as u16;
    assert_eq!(refused(&head(4, 0, full, u32::MAX)), ChunkError::TooLarge(PART_BYTES_MAX + u32::MAX as usize));
    assert_eq!(refused(&head(5, 0, full, 100_000)), ChunkError::TooLarge(PART_BYTES_MAX + 100_000));
    assert_eq!(refused(&head(2, 0, CONTROL_BYTES_MAX as u16 + 1, 0)), ChunkError::TooLarge(CONTROL_BYTES_MAX + 1));
    let mut assembler = Assembler::new(Limits::HELLO);
    assert_eq!(assembler.feed(&mut &head(4, 0, 1, 0)[..]), Err(ChunkError::TooLarge(1)));

    let first = written(Kind::Frame, &[0; PART_BYTES_MAX + 5])[..HEAD_BYTES + PART_BYTES_MAX].to_vec();
    for other in [head(4, 0, 4, 0), head(4, 0, 6, 0), head(4, 0, full, 5)] {
        assert_eq!(refused(&[first.clone(), other].concat()), ChunkError::Order);
    }
    let request = written(Kind::Request, &[0; PART_BYTES_MAX + 5])[..HEAD_BYTES + PART_BYTES_MAX].to_vec();
    assert_eq!(
        refused(&[request, head(6, 0, 5, 0)].concat()),
        ChunkError::Order,
        "an answer in the place of a request"
    );
}

#[test]
fn the_largest_messages_pass() {
    for (kind, limit) in
        [(Kind::Frame, LIMITS.frame), (Kind::Answer, LIMITS.exchange), (Kind::Close, CONTROL_BYTES_MAX)]
    {
        assert_eq!(read(&written(kind, &vec![1; limit]), &[]).unwrap(), [message(kind, &vec![1; limit])]);
        assert_eq!(read(&written(kind, &vec![1; limit + 1]), &[]).unwrap_err(), ChunkError::TooLarge(limit + 1));
    }
}

proptest! {
    /// Whatever the pieces in which the bytes arrive, the messages are those that were written.
    #[test]
    fn pieces_do_not_matter(
        messages in vec((select(Kind::ALL.to_vec()), vec(any::<u8>(), 0..60), 0..40_000_usize), 0..6),
        cuts in vec(any::<Index>(), 0..12),
    ) {
        let messages: Vec<(Kind, Vec<u8>)> = messages
            .into_iter()
            .map(|(kind, start, more)| {
                let more = if kind.lane() == Lane::Control { 0 } else { more };
                (kind, [start, vec![9; more]].concat())
            })
            .collect();
        let bytes: Vec<u8> = messages.iter().flat_map(|(kind, bytes)| written(*kind, bytes)).collect();
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        let expected: Vec<Message> = messages.iter().map(|(kind, bytes)| message(*kind, bytes)).collect();
        prop_assert_eq!(read(&bytes, &cuts).unwrap(), expected);
    }
}
