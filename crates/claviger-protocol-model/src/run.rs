//! Visits the states of the model.

use stateright::{Checker, Expectation, HasDiscoveries, Model, Path, Property};

use crate::actions::{Action, Protocol};
use crate::bounds::Scope;
use crate::state::World;

impl Model for Protocol {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::initial(&self.scope)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        self.possible(world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        self.next(world, action)
    }

    fn properties(&self) -> Vec<Property<Protocol>> {
        crate::properties::all(&self.scope)
    }
}

/// What was visited.
#[derive(Debug)]
pub struct Explored {
    /// How many states there are.
    pub distinct: usize,
    /// How many states were reached, each as often as a step led to it.
    pub visited: usize,
    /// The most steps from the initial state.
    pub depth: usize,
    /// Properties that do not hold.
    pub violations: Vec<Counterexample>,
    /// Examples that were not found.
    pub missing: Vec<&'static str>,
}

/// A property that does not hold.
#[derive(Debug)]
pub struct Counterexample {
    /// The property.
    pub property: &'static str,
    /// The steps to the state where it does not hold, and what each region has after each.
    pub trace: Vec<String>,
}

/// Visits every state within the scope, the nearest first, until a property does not hold.
pub fn explore(scope: Scope, threads: usize) -> Explored {
    let model = Protocol { scope };
    let properties = model.properties();
    let mut builder = model.checker().threads(threads).finish_when(HasDiscoveries::AnyFailures);
    if let Some(depth) = scope.depth {
        builder = builder.target_max_depth(depth);
    }
    let checker = builder.spawn_bfs().join();
    let mut found = checker.discoveries();
    let (mut violations, mut missing) = (Vec::new(), Vec::new());
    for property in properties {
        match (property.expectation, found.remove(property.name)) {
            (Expectation::Sometimes, None) => missing.push(property.name),
            (Expectation::Sometimes, Some(_)) | (_, None) => {}
            (_, Some(path)) => violations.push(Counterexample { property: property.name, trace: trace(path) }),
        }
    }
    Explored {
        distinct: checker.unique_state_count(),
        visited: checker.state_count(),
        depth: checker.max_depth(),
        violations,
        missing,
    }
}

fn trace(path: Path<World, Action>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut before: Option<World> = None;
    for (world, action) in path.into_vec() {
        for at in world.regions() {
            let then = before.as_ref().map(|before| before.key(at));
            match world.key(at) {
                key if then == Some(key) => {}
                Some(key) => lines.push(format!("    {at:?} has {key:?}")),
                None => lines.push(format!("    {at:?} has no key")),
            }
        }
        lines.extend(action.map(|action| format!("{action:?}")));
        before = Some(world);
    }
    lines
}
