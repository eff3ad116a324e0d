//! What a verifier can find wrong with a trail.

/// A fault, and the line of the present file at which it shows, from 1 on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct Finding {
    /// The line.
    pub line: u64,
    /// The fault.
    pub fault: TrailFault,
}

/// A fault of a trail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrailFault {
    /// The hash is not that of the line.
    #[error(
        "the line was changed or inserted, or a power cut damaged it: it does not have the hash that is written in it, or in the next line with a hash"
    )]
    Changed,
    /// Numbers are left out.
    #[error("lines {first} to {last} of the trail are missing here: they were removed or moved, or a file is missing")]
    Missing {
        /// The first number that is missing.
        first: u64,
        /// The last one.
        last: u64,
    },
    /// A number comes again.
    #[error(
        "line {seq} of the trail follows line {after}: lines were moved or copied, the files are in the wrong order, or the trail was begun anew without its earlier files"
    )]
    OutOfOrder {
        /// The number of the line.
        seq: u64,
        /// The number of the line before it.
        after: u64,
    },
    /// The number is right, but the line was linked to another one.
    #[error("line {seq} of the trail was written after another line {before} than this one: one of the two is of another copy of the trail, or was made anew", before = .seq.saturating_sub(1))]
    OtherTrail {
        /// The number of the line.
        seq: u64,
    },
    /// The file ends in bytes that no link covers.
    #[error(
        "the file ends in bytes without a hash: an incomplete line that a crash left or that is being written, or an inserted or changed line"
    )]
    Unlinked,
    /// Files without links come before a trail that does not begin there.
    #[error(
        "the files before this one have {lines} lines without a hash, and the first line with one is line {seq} of the trail: only files of before its line 1 have none"
    )]
    UnlinkedBefore {
        /// The number of lines without a hash.
        lines: u64,
        /// The number of the first line with one.
        seq: u64,
    },
    /// No line of any file has a link.
    #[error(
        "none of the {lines} lines has a hash: they are of a release that wrote none, a crash left them, or their hashes were removed"
    )]
    NoLink {
        /// The number of lines.
        lines: u64,
    },
    /// The first lines of a file are missing.
    #[error("the beginning of the file was cut off: it began with line {first} of the trail")]
    CutBeginning {
        /// The number of the file's first line.
        first: u64,
    },
    /// The line that was expected is not the one of its number, or is not there.
    #[error("line {seq} of the trail is not the one that was expected: the trail was made anew")]
    Unexpected {
        /// The number of the line.
        seq: u64,
    },
    /// The end of the trail is missing.
    #[error("the end of the trail was cut off: it ends with line {last}, and had a line {seq}")]
    CutEnd {
        /// The number of the last line.
        last: u64,
        /// The number of the line that was expected.
        seq: u64,
    },
    /// The trail begins after the line that was expected.
    #[error(
        "the trail begins with line {first}, after the line {seq} that was expected: give the earlier files too, or expect a later line"
    )]
    BeginsLater {
        /// The number of the first line.
        first: u64,
        /// The number of the line that was expected.
        seq: u64,
    },
    /// A file that another one follows does not end in a checkpoint.
    #[error(
        "the file before this one ends with line {last} and without a checkpoint: a region signs each file before it closes it"
    )]
    Unsigned {
        /// The number of its last line.
        last: u64,
    },
    /// A checkpoint's signature is not valid.
    #[error(
        "the checkpoint's signature is not that of the key in it: the trail was made anew up to here, or the checkpoint is of another trail"
    )]
    Signature,
    /// A checkpoint is of another region than those before it, or than the one that was expected.
    #[error("the checkpoint is of the region {found}, and not of {expected}")]
    Region {
        /// The region in the checkpoint.
        found: String,
        /// The expected one.
        expected: String,
    },
}
