//! A server that speaks MySQL's protocol and knows the statements of the rotation functions, as MySQL 8.4 answers them. It is not MySQL: it
//! shows which statements the functions send to one, and that they go on from its answers.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use sha1::{Digest, Sha1};

/// The random bytes of every greeting.
const NONCE: &[u8; 20] = b"abcdefghijklmnopqrst";

/// An account: its password, and whether it is locked.
type Account = (String, bool);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) accounts: BTreeMap<String, Account>,
    /// The users and statements, without those that only ask.
    pub(crate) changes: Vec<(String, String)>,
}

#[derive(Clone, Default)]
pub(crate) struct MySqlImitation(pub(crate) Arc<Mutex<State>>);

impl MySqlImitation {
    /// Serves until the test's process ends. Gives the port.
    pub(crate) fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let this = self.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let this = this.clone();
                std::thread::spawn(move || this.serve(socket));
            }
        });
        port
    }

    /// Whether a password opens a session.
    pub(crate) fn opens(&self, user: &str, password: &str) -> bool {
        self.0.lock().unwrap().accounts.get(user).is_some_and(|account| *account == (password.to_owned(), false))
    }

    fn serve(&self, mut socket: TcpStream) -> Option<()> {
        let mut greeting = b"\x0a8.4.3\0\x01\0\0\0".to_vec();
        greeting.extend(&NONCE[..8]);
        // Protocol 4.1, databases, transactions, long passwords, plugins; utf8mb4; autocommit; 21 bytes with the final NUL.
        greeting.extend(b"\0\x09\xa2\x2d\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0");
        greeting.extend(&NONCE[8..]);
        greeting.extend(b"\0mysql_native_password\0");
        send(&mut socket, 0, &greeting);
        let login = receive(&mut socket)?;
        let rest = &login[32..];
        let end = rest.iter().position(|byte| *byte == 0)?;
        let user = String::from_utf8(rest[..end].to_vec()).unwrap();
        let proof = &rest[end + 2..end + 2 + usize::from(rest[end + 1])];
        let account = self.0.lock().unwrap().accounts.get(&user).cloned();
        match account.filter(|(password, _)| proof == scramble(password)) {
            Some((_, false)) => send(&mut socket, 2, OK),
            Some((_, true)) => send(&mut socket, 2, b"\xff\x2e\x0c#HY000locked"),
            None => send(&mut socket, 2, b"\xff\x15\x04#28000denied"),
        }
        while let Some(packet) = receive(&mut socket) {
            // A statement, or a goodbye.
            let Some((3, sql)) = packet.split_first() else { return None };
            let sql = String::from_utf8(sql.to_vec()).unwrap();
            match rows(&user, &sql) {
                Some(rows) => send_rows(&mut socket, &rows),
                None => {
                    self.change(&user, &sql);
                    send(&mut socket, 1, OK);
                }
            }
        }
        None
    }

    fn change(&self, by: &str, sql: &str) {
        let mut state = self.0.lock().unwrap();
        if sql.starts_with("SET NAMES") || sql.starts_with("SET SESSION") {
            return;
        }
        state.changes.push((by.to_owned(), sql.to_owned()));
        let user = sql.split('\'').nth(1).unwrap_or_default().to_owned();
        let password = sql.split_once(" BY '").map(|(_, rest)| {
            let end = rest.rfind('\'').unwrap();
            rest[..end].replace("''", "'")
        });
        if let Some(password) = password {
            if sql.starts_with("CREATE USER IF NOT EXISTS ") {
                state.accounts.entry(user).or_insert((password, sql.ends_with("ACCOUNT LOCK")));
            } else if sql.starts_with("ALTER USER USER() ") {
                state.accounts.insert(by.to_owned(), (password, false));
            } else {
                assert!(sql.starts_with("ALTER USER '") && sql.ends_with(" ACCOUNT UNLOCK"), "{sql}");
                state.accounts.insert(user, (password, false));
            }
        }
    }
}

const OK: &[u8] = b"\0\0\0\x02\0\0\0";

/// The rows of a question. None for a change.
fn rows(user: &str, sql: &str) -> Option<Vec<Vec<String>>> {
    let row = |columns: &[&str]| columns.iter().map(|column| (*column).to_owned()).collect::<Vec<_>>();
    Some(match sql {
        "SELECT 1" => vec![row(&["1"])],
        "SELECT VERSION()" => vec![row(&["8.4.3"])],
        "SELECT CURRENT_USER()" => vec![row(&[&format!("{user}@10.0.%")])],
        sql if sql.starts_with("SELECT plugin, ") => {
            vec![row(&["caching_sha2_password", "SPECIFIED", "", "/CN=a", "/CN='b"])]
        }
        sql if sql.starts_with("SELECT DEFAULT_ROLE_USER, ") => vec![row(&["reader", "%"]), row(&["writer", "%"])],
        sql if sql.starts_with("SHOW GRANTS FOR ") => {
            let account = sql.strip_prefix("SHOW GRANTS FOR ").unwrap().replace('\'', "`");
            vec![
                row(&[&format!("GRANT USAGE ON *.* TO {account}")]),
                row(&[&format!("GRANT SELECT ON `shop`.* TO {account} WITH GRANT OPTION")]),
                row(&[&format!("GRANT `reader`@`%`,`writer`@`%` TO {account}")]),
            ]
        }
        _ => return None,
    })
}

fn scramble(password: &str) -> Vec<u8> {
    let once = Sha1::digest(password.as_bytes());
    let mask = Sha1::new().chain_update(NONCE).chain_update(Sha1::digest(once)).finalize();
    once.iter().zip(mask).map(|(a, b)| a ^ b).collect()
}

fn receive(socket: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 4];
    socket.read_exact(&mut head).ok()?;
    let mut packet = vec![0; usize::from(head[0]) + (usize::from(head[1]) << 8) + (usize::from(head[2]) << 16)];
    socket.read_exact(&mut packet).ok()?;
    Some(packet)
}

fn send(socket: &mut TcpStream, number: u8, packet: &[u8]) {
    let length = u32::try_from(packet.len()).unwrap().to_le_bytes();
    let head = [length[0], length[1], length[2], number];
    // A client may be gone.
    let _ = socket.write_all(&[&head, packet].concat());
}

/// Rows of strings, each shorter than 251 bytes.
fn send_rows(socket: &mut TcpStream, rows: &[Vec<String>]) {
    let string = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let columns = rows[0].len();
    let eof = b"\xfe\0\0\x02\0".to_vec();
    let mut packets = vec![vec![u8::try_from(columns).unwrap()]];
    for _ in 0..columns {
        packets.push([&b"\x03def\0\0\0\x01c\x01c\x0c"[..], b"\x2d\0\0\x04\0\0\xfd\0\0\0\0\0"].concat());
    }
    packets.push(eof.clone());
    packets.extend(rows.iter().map(|row| row.iter().flat_map(|text| string(text)).collect()));
    packets.push(eof);
    for (number, packet) in (1..).zip(packets) {
        send(socket, number, &packet);
    }
}
