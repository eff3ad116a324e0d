//! Secrets of MySQL and MariaDB users.
//!
//! MariaDB gets the hash of a password, because it writes statements into its logs as they are. MySQL gets the password itself, because a
//! user cannot set a hash of its own; MySQL leaves passwords out of its logs.

mod account;
mod connection;
mod grants;
mod password;
mod session;

use super::login::Engine;
pub(crate) use connection::MySql;

pub(crate) const ENGINE: Engine = Engine {
    names: &["mysql", "mariadb"],
    port: 3306,
    // MariaDB's limit. MySQL's is 32 characters; it refuses a longer name.
    name_bytes_max: 80,
};
