//! The key specs that a region has (reference: AWS KMS Developer Guide, "Key spec reference").

use claviger_core::context::Cx;
use claviger_types::{KeySpec, Partition};

/// Whether keys, data key pairs and wrapping keys of this spec can be made in this region. SM2 is for the regions of China.
pub(crate) fn has(cx: &Cx<'_, '_>, spec: KeySpec) -> bool {
    spec != KeySpec::Sm2 || in_china(cx)
}

/// Whether the region is one of the partition `aws-cn`.
pub(crate) fn in_china(cx: &Cx<'_, '_>) -> bool {
    cx.partition() == Partition::AwsCn
}
