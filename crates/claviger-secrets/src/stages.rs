//! Staging labels: which version has which label, and how labels move (reference: Secrets Manager User Guide, "What's in a
//! secret: version"; transitions as recorded from AWS).
//!
//! Pure functions over a secret's versions. INVARIANT: a label is on at most one version, and a version's labels are ascending.

use claviger_store::tables::secret_table::VersionMeta;

use claviger_core::error::Error;
use claviger_model::secretsmanager::error;

use super::lookup::no_such_version;

/// The label of the version that is read when the request names none.
pub(crate) const CURRENT: &str = "AWSCURRENT";
/// The version that was current before.
pub(crate) const PREVIOUS: &str = "AWSPREVIOUS";
/// The version that a rotation is making.
pub(crate) const PENDING: &str = "AWSPENDING";

/// The most labels over all versions of a secret (Secrets Manager quota).
const LABELS_MAX: usize = 20;

/// Gives a new value's version exactly `labels`. Each label is taken from the version that had it. With AWSCURRENT among them,
/// the old current version becomes the previous one, and a rotation that was finished on it is over.
pub(crate) fn put(versions: &mut [VersionMeta], target: &str, labels: &[String]) -> Result<(), Error> {
    let becomes_current = labels.iter().any(|label| label == CURRENT);
    let old_current = holder(versions, CURRENT).filter(|old| becomes_current && old != target);
    for label in labels {
        attach(versions, target, label);
    }
    if let Some(old) = old_current {
        if !labels.iter().any(|label| label == PREVIOUS) {
            attach(versions, &old, PREVIOUS);
        }
        if let Some(version) = versions.iter_mut().find(|v| v.id == old) {
            version.stages.retain(|stage| stage != PENDING);
        }
    }
    require_few(versions)
}

/// Moves, attaches or detaches one label, for UpdateSecretVersionStage.
pub(crate) fn update(
    versions: &mut [VersionMeta],
    label: &str,
    remove_from: Option<&str>,
    move_to: Option<&str>,
) -> Result<(), Error> {
    for id in [remove_from, move_to].into_iter().flatten() {
        if !versions.iter().any(|v| v.id == id) {
            return Err(no_such_version(id));
        }
    }
    if label == CURRENT && move_to.is_some_and(|to| versions.iter().any(|v| v.id == to && !v.has_value)) {
        return Err(no_value(move_to.unwrap_or_default()));
    }
    let holder = holder(versions, label);
    if remove_from.is_some() && remove_from != holder.as_deref() {
        return Err(not_the_holder(label));
    }
    match (move_to, holder) {
        (Some(to), Some(holder)) if to != holder && remove_from.is_none() => {
            return Err(holder_not_named(label, &holder));
        }
        (Some(to), holder) => {
            attach(versions, to, label);
            if let Some(old) = holder.filter(|old| label == CURRENT && old != to) {
                attach(versions, &old, PREVIOUS);
            }
        }
        (None, _) if remove_from.is_none() => return Err(nothing_to_do()),
        (None, _) if label == CURRENT => return Err(current_is_needed()),
        (None, _) => versions.iter_mut().for_each(|v| v.stages.retain(|stage| stage != label)),
    }
    require_few(versions)
}

fn holder(versions: &[VersionMeta], label: &str) -> Option<String> {
    versions.iter().find(|v| v.stages.iter().any(|stage| stage == label)).map(|v| v.id.clone())
}

fn attach(versions: &mut [VersionMeta], target: &str, label: &str) {
    for version in versions {
        version.stages.retain(|stage| stage != label);
        if version.id == target {
            let at = version.stages.partition_point(|stage| stage.as_str() < label);
            version.stages.insert(at, label.to_owned());
        }
    }
}

fn require_few(versions: &[VersionMeta]) -> Result<(), Error> {
    if versions.iter().map(|v| v.stages.len()).sum::<usize>() > LABELS_MAX {
        let text = format!("A secret can't have more than {LABELS_MAX} staging labels.");
        return Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text));
    }
    Ok(())
}

fn holder_not_named(label: &str, holder: &str) -> Error {
    invalid(format!(
        "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to version {holder}, so \
         you must explicitly reference that version in RemoveFromVersionId."
    ))
}

fn not_the_holder(label: &str) -> Error {
    invalid(format!(
        "When you move staging label {label}, if you specify RemoveFromVersionId, it must be set to the version that currently \
         has the staging label {label}."
    ))
}

fn current_is_needed() -> Error {
    invalid(format!(
        "You can only move staging label {CURRENT} to a different secret version. It can\u{2019}t be completely removed."
    ))
}

/// A rotation that has not made its value yet left this version. AWS does not document the text.
fn no_value(id: &str) -> Error {
    let text =
        format!("You can't move staging label {CURRENT} to version {id} because that version has no secret value.");
    Error::new(error::INVALID_REQUEST_EXCEPTION, text)
}

fn nothing_to_do() -> Error {
    invalid("You must provide either RemoveFromVersionId or MoveToVersionId.".to_owned())
}

fn invalid(text: String) -> Error {
    Error::new(error::INVALID_PARAMETER_EXCEPTION, text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::Timestamp;

    use super::*;

    /// Versions from `v1[AWSCURRENT,x] v2[]`.
    fn versions(text: &str) -> Vec<VersionMeta> {
        let version = |word: &str| {
            let (id, stages) = word.trim_end_matches(']').split_once('[').unwrap();
            let stages = stages.split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect();
            VersionMeta {
                id: id.to_owned(),
                stages,
                created: Timestamp(0),
                last_accessed: None,
                kms_key: None,
                has_value: true,
            }
        };
        text.split_whitespace().map(version).collect()
    }

    fn shown(versions: &[VersionMeta]) -> String {
        let words: Vec<String> = versions.iter().map(|v| format!("{}[{}]", v.id, v.stages.join(","))).collect();
        words.join(" ")
    }

    fn check_put(before: &str, target: &str, labels: &str, after: &str) {
        let mut versions = versions(before);
        if !versions.iter().any(|v| v.id == target) {
            versions.extend(super::tests::versions(&format!("{target}[]")));
        }
        let labels: Vec<String> = labels.split(',').map(str::to_owned).collect();
        put(&mut versions, target, &labels).unwrap();
        assert_eq!(shown(&versions), after, "{before} put {target} {labels:?}");
    }

    fn check_update(before: &str, label: &str, from: &str, to: &str, after: &str) {
        let mut versions = versions(before);
        let [given_from, given_to] = [from, to].map(|id| Some(id).filter(|id| !id.is_empty()));
        match update(&mut versions, label, given_from, given_to) {
            Ok(()) => assert_eq!(shown(&versions), after, "{before} {label} {from} -> {to}"),
            Err(error) => assert!(error.to_string().contains(after), "{before} {label} {from} -> {to}: {error}"),
        }
    }

    #[test]
    fn first_values() {
        check_put("", "v1", "AWSCURRENT", "v1[AWSCURRENT]");
        check_put("", "v1", "AWSPENDING", "v1[AWSPENDING]");
    }

    #[test]
    fn a_new_value_pushes_the_current_one_back() {
        check_put("v1[AWSCURRENT]", "v2", "AWSCURRENT", "v1[AWSPREVIOUS] v2[AWSCURRENT]");
        check_put("v1[AWSPREVIOUS] v2[AWSCURRENT]", "v3", "AWSCURRENT", "v1[] v2[AWSPREVIOUS] v3[AWSCURRENT]");
        check_put("v1[AWSPREVIOUS,a] v2[AWSCURRENT,b]", "v3", "AWSCURRENT", "v1[a] v2[AWSPREVIOUS,b] v3[AWSCURRENT]");
    }

    #[test]
    fn a_finished_rotation_ends_with_the_next_value() {
        check_put("v1[AWSCURRENT,AWSPENDING]", "v2", "AWSCURRENT", "v1[AWSPREVIOUS] v2[AWSCURRENT]");
        check_put("v1[AWSCURRENT,AWSPENDING]", "v2", "AWSPENDING", "v1[AWSCURRENT] v2[AWSPENDING]");
    }

    #[test]
    fn custom_labels_move_and_are_sorted() {
        check_put("v1[AWSCURRENT]", "v2", "two,one,three", "v1[AWSCURRENT] v2[one,three,two]");
        check_put("v2[one,three,two]", "v3", "one,two,four", "v2[three] v3[four,one,two]");
        check_put("v2[one]", "v3", "one", "v2[] v3[one]");
    }

    #[test]
    fn the_recorded_trace() {
        let put0 = "v1[AWSPREVIOUS] v2[AWSCURRENT,PUT0]";
        check_put("v1[AWSCURRENT]", "v2", "AWSCURRENT,PUT0", put0);
        let put1 = "v1[AWSPREVIOUS] v2[AWSCURRENT,PUT0] v3[AWSPENDING,PUT1]";
        check_put(put0, "v3", "AWSPENDING,PUT1", put1);
        let stage1 = "v1[] v2[AWSPREVIOUS,PUT0] v3[AWSCURRENT,AWSPENDING,PUT1]";
        check_update(put1, "AWSCURRENT", "v2", "v3", stage1);
        let put2 = "v1[] v2[AWSPREVIOUS,PUT0] v3[AWSCURRENT,PUT1] v4[AWSPENDING,PUT2]";
        check_put(stage1, "v4", "AWSPENDING,PUT2", put2);
        let stage2 = "v1[] v2[PUT0] v3[AWSPREVIOUS,PUT1] v4[AWSCURRENT,AWSPENDING,PUT2]";
        check_update(put2, "AWSCURRENT", "v3", "v4", stage2);
    }

    #[test]
    fn moving_one_label() {
        check_update("v1[AWSCURRENT] v2[]", "x", "", "v2", "v1[AWSCURRENT] v2[x]");
        check_update("v1[x] v2[]", "x", "v1", "v2", "v1[] v2[x]");
        check_update("v1[x] v2[]", "x", "v1", "", "v1[] v2[]");
        check_update("v1[x] v2[]", "x", "", "v1", "v1[x] v2[]");
        check_update("v1[AWSPENDING]", "AWSCURRENT", "", "v1", "v1[AWSCURRENT,AWSPENDING]");
        check_update("v1[AWSPREVIOUS] v2[AWSCURRENT]", "AWSCURRENT", "v2", "v1", "v1[AWSCURRENT] v2[AWSPREVIOUS]");
    }

    #[test]
    fn refused_moves() {
        check_update(
            "v1[AWSCURRENT] v2[]",
            "AWSCURRENT",
            "",
            "v2",
            "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version v1, so \
             you must explicitly reference that version in RemoveFromVersionId.",
        );
        check_update(
            "v1[x] v2[]",
            "x",
            "v2",
            "v2",
            "it must be set to the version that currently has the staging label x.",
        );
        check_update(
            "v1[] v2[]",
            "x",
            "v1",
            "v2",
            "it must be set to the version that currently has the staging label x.",
        );
        check_update("v1[AWSCURRENT]", "AWSCURRENT", "v1", "", "You can only move staging label AWSCURRENT");
        check_update("v1[x]", "x", "v1", "v9", "can't find the specified secret value for VersionId: v9");
        check_update("v1[x]", "x", "", "", "either RemoveFromVersionId or MoveToVersionId");
    }

    #[test]
    fn a_version_without_a_value_does_not_become_current() {
        let mut versions = versions("v1[AWSCURRENT] v2[AWSPENDING]");
        versions[1].has_value = false;
        let refusal = update(&mut versions, CURRENT, Some("v1"), Some("v2")).unwrap_err().to_string();
        assert!(refusal.starts_with("InvalidRequestException") && refusal.contains("no secret value"), "{refusal}");
        assert_eq!(shown(&versions), "v1[AWSCURRENT] v2[AWSPENDING]");
        update(&mut versions, "mine", None, Some("v2")).unwrap();
    }

    #[test]
    fn labels_are_limited() {
        let labels: Vec<String> = (0..LABELS_MAX).map(|n| format!("l{n:02}")).collect();
        let mut versions = versions(&format!("v1[{}] v2[]", labels.join(",")));
        assert!(put(&mut versions.clone(), "v2", &["l00".to_owned()]).is_ok());
        let refusal = put(&mut versions, "v2", &["one more".to_owned()]).unwrap_err();
        assert!(refusal.to_string().starts_with("LimitExceededException"), "{refusal}");
    }
}
