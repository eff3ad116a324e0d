//! Requests and responses as structures, and the macros that the generated modules are written in.

use crate::error::{Invalid, Serialization};
use crate::shape::Shape;
use crate::tree::Tree;
use crate::validate::validate;
use crate::value::Value;

/// A structure of a service's model.
pub trait Structure: Value {
    /// Its shape in the model.
    fn shape() -> &'static Shape;
}

/// What an operation takes: a structure, or `()` for nothing.
pub trait Input: Sized {
    /// Its shape in the model.
    fn shape() -> &'static Shape;

    /// From a body that keeps the constraints; members that the model does not know are ignored.
    fn from_tree(tree: Tree) -> Result<Self, Serialization>;

    /// From any body: checked against the model, then read.
    fn decode(tree: Tree) -> Result<Self, Invalid> {
        validate(Self::shape(), &tree)?;
        Ok(Self::from_tree(tree)?)
    }
}

/// What an operation answers: a structure, or `()` for an empty body.
pub trait Output {
    /// Its shape in the model; none for an empty body.
    fn shape() -> Option<&'static Shape>;

    /// Into a body; none for an empty one. Absent members are left out, never null; empty lists stay.
    fn to_tree(&self) -> Option<Tree>;
}

impl<T: Structure> Input for T {
    fn shape() -> &'static Shape {
        <T as Structure>::shape()
    }

    fn from_tree(tree: Tree) -> Result<Self, Serialization> {
        T::read(tree)
    }
}

impl<T: Structure> Output for T {
    fn shape() -> Option<&'static Shape> {
        Some(<T as Structure>::shape())
    }

    fn to_tree(&self) -> Option<Tree> {
        Some(self.write())
    }
}

impl Input for () {
    fn shape() -> &'static Shape {
        const { &Shape::structure(&[]) }
    }

    fn from_tree(tree: Tree) -> Result<Self, Serialization> {
        tree.into_members().map(drop)
    }
}

impl Output for () {
    fn shape() -> Option<&'static Shape> {
        None
    }

    fn to_tree(&self) -> Option<Tree> {
        None
    }
}

/// The value of a member that a body did or did not have.
pub(crate) fn present<T: Value>(value: Option<T>) -> Result<T, Serialization> {
    value.map_or_else(T::absent, Ok)
}

/// The members that have a value.
pub(crate) fn members<const N: usize>(all: [(&str, Tree); N]) -> Tree {
    Tree::Map(
        all.into_iter().filter(|(_, tree)| *tree != Tree::Null).map(|(name, tree)| (name.to_owned(), tree)).collect(),
    )
}

/// From one description of a structure: its shape, the Rust type, and the way between the two.
macro_rules! structure {
    (
        $(#[$doc:meta])*
        $name:ident as $shape:ident {
            $( $(#[$member_doc:meta])* $field:ident: $type:ty = $wire:literal, $presence:ident $member:ident; )*
        }
    ) => {
        static $shape: $crate::Shape = $crate::Shape::structure(&[$($crate::Member::$presence($wire, &$member)),*]);

        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $name {
            $( $(#[$member_doc])* pub $field: $type, )*
        }

        impl $crate::Structure for $name {
            fn shape() -> &'static $crate::Shape {
                &$shape
            }
        }

        impl $crate::Value for $name {
            #[allow(clippy::match_single_binding, reason = "a structure without members matches no name")]
            fn read(tree: $crate::Tree) -> Result<Self, $crate::Serialization> {
                $( let mut $field: Option<$type> = None; )*
                for (name, value) in tree.into_members()? {
                    match name.as_str() {
                        $( $wire => $field = Some(<$type as $crate::Value>::read(value)?), )*
                        _ => drop(value),
                    }
                }
                Ok($name { $( $field: $crate::structure::present($field)?, )* })
            }

            fn write(&self) -> $crate::Tree {
                $crate::structure::members([$(($wire, $crate::Value::write(&self.$field))),*])
            }
        }
    };
}

/// The values of an enumeration, as constants in a module of their own.
macro_rules! values {
    ($(#[$doc:meta])* $module:ident { $( $name:ident = $value:literal, )* }) => {
        $(#[$doc])*
        pub mod $module {
            $(
                #[doc = concat!("`", $value, "`.")]
                pub const $name: &str = $value;
            )*
            /// All of them, in the model's order.
            pub const VALUES: &[&str] = &[$($value),*];
        }
    };
}

pub(crate) use {structure, values};
