//! Breaking changes from one version of a contract to another, each by its name.

use super::items::Item;

/// The breaking changes, in the order of the old version. A new declaration is no breaking change.
pub(super) fn breaking(old: &[Item], new: &[Item]) -> Vec<String> {
    let mut changes = Vec::new();
    for before in declarations(old) {
        let Some(after) = declarations(new).find(|after| after.declaration == before.declaration) else {
            changes.push(format!("removed {}", name(before)));
            continue;
        };
        if before.kind != after.kind {
            changes.push(format!("changed {} to {}", name(before), after.kind));
            continue;
        }
        changes.extend(of_type(&name(before), before, after));
        changes.extend(of_parts(before, &parts(old, before), &parts(new, before)));
    }
    changes
}

fn declarations(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| item.part.is_none())
}

/// The parts of a declaration, in their order.
fn parts<'items>(items: &'items [Item], whole: &Item) -> Vec<&'items Item> {
    items
        .iter()
        .filter(|item| item.part.is_some() && item.declaration == whole.declaration && fits(item, whole))
        .collect()
}

/// An interface and a world may have the same name.
fn fits(part: &Item, whole: &Item) -> bool {
    matches!(part.kind.as_str(), "import" | "export") == (whole.kind == "world")
}

fn of_parts(whole: &Item, old: &[&Item], new: &[&Item]) -> Vec<String> {
    let is_same = |one: &Item, other: &Item| one.kind == other.kind && one.part == other.part;
    let mut changes = Vec::new();
    for before in old {
        match new.iter().find(|after| is_same(before, after)) {
            None => changes.push(format!("removed {} of {}", part_name(before), name(whole))),
            Some(after) => changes.extend(of_type(&format!("{} of {}", part_name(before), name(whole)), before, after)),
        }
    }
    for after in new.iter().filter(|after| !old.iter().any(|before| is_same(before, after))) {
        changes.push(format!("added {} to {}", part_name(after), name(whole)));
    }
    let kept = |items: &[&Item], others: &[&Item]| -> Vec<Option<String>> {
        let both = items.iter().filter(|item| others.iter().any(|other| is_same(item, other)));
        both.map(|item| item.part.clone()).collect()
    };
    if let (Some(first), true) = (old.first(), kept(old, new) != kept(new, old)) {
        changes.push(format!("changed the order of each {} of {}", first.kind, name(whole)));
    }
    changes
}

fn of_type(what: &str, before: &Item, after: &Item) -> Option<String> {
    let text = |item: &Item| item.of_type.clone().unwrap_or_else(|| "nothing".to_owned());
    (before.of_type != after.of_type).then(|| format!("changed {what} from {} to {}", text(before), text(after)))
}

fn name(item: &Item) -> String {
    format!("{} {}", item.kind, item.declaration)
}

fn part_name(item: &Item) -> String {
    format!("{} {}", item.kind, item.part.as_deref().unwrap_or_default()).trim_end().to_owned()
}
