//! What must hold in every state, and what must be possible.

use stateright::Property;

use crate::actions::Protocol;
use crate::bounds::Scope;
use crate::key::{Key, KeyState, Region, Regions};
use crate::state::World;

/// All properties, and the examples that show that the explored part of the model is not empty.
pub(crate) fn all(scope: &Scope) -> Vec<Property<Protocol>> {
    let mut all = vec![
        Property::always("a primary's epoch names its own region", |_, world: &World| {
            world.keys().all(|(at, key)| key.primary != at || key.epoch.region == at)
        }),
        Property::always("a region becomes the primary of an epoch once", |_, world: &World| !world.past.claimed_twice),
        Property::always("two primaries of one epoch never exist", |_, world: &World| {
            no_two(world, |a, b| a.epoch == b.epoch)
        }),
        Property::always("without force, two primaries of one counter never exist", |_, world: &World| {
            world.past.forced || no_two(world, |a, b| a.epoch.counter == b.epoch.counter)
        }),
        Property::always("no region goes back in (epoch, revision)", |_, world: &World| !world.past.went_back),
        Property::always("no region loses material", |_, world: &World| !world.past.lost_material),
        Property::always("the current material is held", |_, world: &World| {
            world.keys().all(|(_, key)| key.current.is_none_or(|current| key.holds(current)))
        }),
        Property::always("material is held by all before it is used", |_, world: &World| is_held_before_use(world)),
        Property::always("without force, no acknowledged change is lost", |_, world: &World| !world.past.lost_change),
        Property::always("at rest, all members agree", |_, world: &World| !world.is_at_rest() || agree(world)),
    ];
    let bounds = &scope.bounds;
    let mut example = |possible: bool, name, shows: fn(&Protocol, &World) -> bool| {
        if possible {
            all.push(Property::sometimes(name, shows));
        }
    };
    example(bounds.handovers > 0, "a hand-over ends", |_, world: &World| {
        world.is_at_rest() && !world.past.forced && world.keys().all(|(_, key)| key.primary != Region(0))
    });
    example(bounds.rotations > 0, "a rotation of a key with replicas ends", |_, world: &World| {
        world.is_at_rest() && world.keys().count() > 1 && world.keys().all(|(_, key)| key.current != Some(0))
    });
    example(
        bounds.promotions > 0 && bounds.rotations > 0,
        "a region that was forced off brings its material",
        |_, world: &World| {
            world.is_at_rest() && world.keys().all(|(_, key)| key.epoch.region != Region(0) && key.materials.len() > 1)
        },
    );
    example(bounds.refusals > 0, "an offer is declined", |model, world| {
        let refused = world.left.refusals < model.scope.bounds.refusals;
        world.is_at_rest() && refused && world.past.claimed.len() == 1
    });
    all
}

/// Whether no two regions that take themselves for the primary are alike in this.
fn no_two(world: &World, alike: fn(&Key, &Key) -> bool) -> bool {
    let primaries: Vec<(Region, &Key)> = world.keys().filter(|(at, key)| key.primary == *at).collect();
    primaries.iter().all(|(at, a)| primaries.iter().all(|(other, b)| at == other || !alike(a, b)))
}

/// Whether every region that can encrypt does so with material that all others can decrypt with.
fn is_held_before_use(world: &World) -> bool {
    let usable: Vec<&Key> = world.keys().map(|(_, key)| key).filter(|key| key.is_usable()).collect();
    let held = |id| usable.iter().all(|other| other.holds(id));
    usable.iter().filter_map(|key| key.current).all(held)
}

/// Whether there is one primary, whose replicas are all other regions with the key, and all of them have its state and nothing to wait for.
fn agree(world: &World) -> bool {
    let Some((at, primary)) = world.keys().find(|(at, key)| key.primary == *at) else {
        return world.keys().count() == 0;
    };
    let members = world.keys().fold(Regions::default(), |all, (region, _)| all.with(region));
    let like_primary = |key: &Key| {
        let Key { state, schedule, materials, current, replicas, epoch, revision, handover, .. } = key;
        let same = (schedule, materials, current) == (&primary.schedule, &primary.materials, &primary.current)
            && (key.primary, replicas, epoch, revision) == (at, &primary.replicas, &primary.epoch, &primary.revision);
        same && *state == KeyState::Enabled && handover.is_none() && key.pending.is_empty() && key.awaited().is_none()
    };
    members == primary.members() && world.keys().all(|(_, key)| like_primary(key))
}
