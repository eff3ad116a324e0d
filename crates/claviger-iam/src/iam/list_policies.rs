//! ListPolicies: managed policies, AWS's own first and then the account's.

use claviger_model::iam::{ListPoliciesRequest, ListPoliciesResponse};
use claviger_store::tables::iam_table;
use claviger_store::{Error as StoreError, Key};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::access;
use super::pages::Window;
use super::policies::{self, Managed};
use claviger_core::aws_managed_policies::POLICIES;

pub(crate) struct ListPolicies;

impl Operation for ListPolicies {
    const ACTION: &'static str = "iam:ListPolicies";
    const READ_ONLY: bool = true;
    type Input = ListPoliciesRequest;
    type Output = ListPoliciesResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let path = policies::arn_of(cx, input.path_prefix.as_deref().unwrap_or("/"), "");
        let permission = RequiredPermission::new(Self::ACTION, path, cx.account(), ResourcePolicy::Identity);
        Ok(Resolved::found(permission, ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<ListPoliciesResponse, Error> {
        let filter = Filter::of(&input);
        let only_attached = filter.only_attached.then_some("attached");
        let scope = [input.scope.as_deref(), filter.prefix, input.policy_usage_filter.as_deref(), only_attached];
        let window = Window::open(cx, Self::NAME, &scope, input.marker.as_deref(), input.max_items)?;
        let read = |after: Option<&[u8]>, limit| filter.read(cx, after, limit);
        let page = window.gather(cx, read, |policy| filter.keeps(cx, policy))?;
        Ok(ListPoliciesResponse {
            policies: Some(page.items.iter().map(|policy| policy.shown(cx, false)).collect::<Result<_, _>>()?),
            is_truncated: Some(page.next.is_some()),
            marker: page.next,
        })
    }
}

/// The filter of a request.
struct Filter<'a> {
    of_aws: bool,
    of_account: bool,
    only_attached: bool,
    prefix: Option<&'a str>,
    usage: Option<&'a str>,
}

/// The rows of AWS's policies are this byte and a number. The rows of the account's policies are the other byte and the row's
/// key.
const AWS: u8 = 0;
const ACCOUNT: u8 = 1;

impl<'a> Filter<'a> {
    fn of(input: &'a ListPoliciesRequest) -> Filter<'a> {
        let scope = input.scope.as_deref().unwrap_or("All");
        Filter {
            of_aws: scope != "Local",
            of_account: scope != "AWS",
            only_attached: input.only_attached.unwrap_or(false),
            prefix: input.path_prefix.as_deref(),
            usage: input.policy_usage_filter.as_deref(),
        }
    }

    fn read(&self, cx: &Cx<'_, '_>, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Key, Managed)>, StoreError> {
        let (kind, last) = match after.and_then(<[u8]>::split_first) {
            Some((kind, rest)) => (*kind, Some(rest)),
            None => (AWS, None),
        };
        let mut rows = Vec::new();
        if self.of_aws && kind == AWS {
            let skip = last.and_then(<[u8]>::first).map_or(0, |n| usize::from(*n) + 1);
            let of_aws = (0_u8..).zip(&POLICIES).skip(skip).take(limit);
            rows.extend(of_aws.map(|(n, p)| (vec![AWS, n], Managed::Aws(p, p.arn(cx.partition())))));
        }
        if self.of_account && rows.len() < limit {
            let last = last.filter(|_| kind == ACCOUNT);
            let of_account = iam_table::policies(cx.tx, cx.account(), last, limit - rows.len())?;
            rows.extend(
                of_account.into_iter().map(|(row, p)| ([&[ACCOUNT], row.as_slice()].concat(), Managed::Own(p))),
            );
        }
        Ok(rows)
    }

    fn keeps(&self, cx: &Cx<'_, '_>, policy: &Managed) -> Result<bool, Error> {
        if self.prefix.is_some_and(|prefix| !policy.path().starts_with(prefix)) {
            return Ok(false);
        }
        if self.usage.is_none() && !self.only_attached {
            return Ok(true);
        }
        let uses = policy.uses(cx)?;
        let (attached, bounding) = (uses.attached > 0, uses.bounding > 0);
        let wanted = match self.usage {
            Some("PermissionsPolicy") => attached,
            Some("PermissionsBoundary") => bounding,
            _ => true,
        };
        Ok(wanted && (attached || bounding || !self.only_attached))
    }
}
