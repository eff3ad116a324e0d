//! The tables that the generated modules are made of.

use crate::pattern::Pattern;

/// The type of a value, with its constraints. One constant table, made from the service's model.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Which type.
    pub kind: Kind,
    /// Least value of a number; least length of a text (UTF-16 code units), blob (bytes) or list (members).
    pub min: Option<i64>,
    /// Greatest value of a number; greatest length of a text (UTF-16 code units), blob (bytes) or list (members).
    pub max: Option<i64>,
    /// The pattern that a text must match as a whole.
    pub pattern: Option<&'static Pattern>,
    /// The values that a text may have. Empty if there is no such limit. In the order in which AWS prints the set.
    pub values: &'static [&'static str],
    /// Whether the value is a secret, which no error or log may show.
    pub sensitive: bool,
}

/// The type of a value.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Named members, in the model's order.
    Structure(&'static [Member]),
    /// Members of one shape.
    List(&'static Shape),
    /// Texts of the first shape to values of the second.
    Map(&'static Shape, &'static Shape),
    /// A text.
    String,
    /// Bytes, in base64.
    Blob,
    /// A number of 32 bits.
    Integer,
    /// A number of 64 bits.
    Long,
    /// A floating-point number of 64 bits.
    Double,
    /// `true` or `false`.
    Boolean,
    /// A moment: seconds since 1970 in JSON, ISO 8601 in query protocols.
    Timestamp,
}

/// A member of a structure.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its name on the wire, in JSON, query and XML alike (no model in use renames one).
    pub name: &'static str,
    /// Its type.
    pub shape: &'static Shape,
    /// Whether a request without it is refused.
    pub required: bool,
}

impl Member {
    /// A member that must be there.
    pub const fn required(name: &'static str, shape: &'static Shape) -> Member {
        Member { name, shape, required: true }
    }

    /// A member that may be absent.
    pub const fn optional(name: &'static str, shape: &'static Shape) -> Member {
        Member { name, shape, required: false }
    }
}

impl Shape {
    /// A shape without constraints.
    pub const fn new(kind: Kind) -> Shape {
        Shape { kind, min: None, max: None, pattern: None, values: &[], sensitive: false }
    }

    /// A structure of these members.
    pub const fn structure(members: &'static [Member]) -> Shape {
        Shape::new(Kind::Structure(members))
    }

    /// A list of these.
    pub const fn list(member: &'static Shape) -> Shape {
        Shape::new(Kind::List(member))
    }

    /// A map from these texts to these values.
    pub const fn map(key: &'static Shape, value: &'static Shape) -> Shape {
        Shape::new(Kind::Map(key, value))
    }

    /// The same, with a least value or length.
    pub const fn min(mut self, min: i64) -> Shape {
        self.min = Some(min);
        self
    }

    /// The same, with a greatest value or length.
    pub const fn max(mut self, max: i64) -> Shape {
        self.max = Some(max);
        self
    }

    /// The same, for texts that match.
    pub const fn pattern(mut self, pattern: &'static Pattern) -> Shape {
        self.pattern = Some(pattern);
        self
    }

    /// The same, for texts that are one of these.
    pub const fn values(mut self, values: &'static [&'static str]) -> Shape {
        self.values = values;
        self
    }

    /// The same, as a secret.
    pub const fn sensitive(mut self) -> Shape {
        self.sensitive = true;
        self
    }

    /// The members, in the model's order; none unless this is a structure.
    pub fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }

    /// Whether a value of this shape may contain a secret.
    pub fn holds_sensitive(&self) -> bool {
        self.sensitive
            || match self.kind {
                Kind::Structure(members) => members.iter().any(|member| member.shape.holds_sensitive()),
                Kind::List(member) => member.holds_sensitive(),
                Kind::Map(key, value) => key.holds_sensitive() || value.holds_sensitive(),
                _ => false,
            }
    }
}
