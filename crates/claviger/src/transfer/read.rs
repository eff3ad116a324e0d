//! Files with secrets, and passphrases.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use claviger_transfer::WipingBuffer;
use claviger_types::Sensitive;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The most bytes of a file.
const BYTES_MAX: usize = 2 << 30;

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> Result<Sensitive<Vec<u8>>, Failure> {
    let unread = |error: io::Error| Failure::new(format!("{} cannot be read", path.display()), error);
    let mut file = File::open(path).map_err(unread)?;
    let (mut out, mut chunk) = (WipingBuffer::new(), Zeroizing::new(vec![0; 64 << 10]));
    loop {
        let read = file.read(&mut chunk).map_err(unread)?;
        out.push(chunk.get(..read).unwrap_or_default());
        if read == 0 {
            return Ok(out.into_sensitive());
        }
        if out.as_slice().len() > BYTES_MAX {
            return Err(Failure::new(format!("{} cannot be read", path.display()), "it has more than 2 GiB"));
        }
    }
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<Sensitive<String>, Failure> {
    let mut buffer = WipingBuffer::new();
    buffer.push(bytes(path)?.expose());
    buffer.into_text().ok_or_else(|| Failure::new(format!("{} cannot be read", path.display()), "it is not UTF-8"))
}

/// The passphrase in a file, without the end of its line; without a file, the one that a person types.
pub(crate) fn passphrase(file: Option<&Path>, is_new: bool) -> Result<Sensitive<String>, Failure> {
    let passphrase = match file {
        Some(path) => Sensitive::new(text(path)?.expose().trim_end_matches(['\r', '\n']).to_owned()),
        None => typed(is_new)?,
    };
    if passphrase.expose().is_empty() {
        return Err(Failure::usage("the passphrase cannot be used", "it is empty"));
    }
    Ok(passphrase)
}

fn typed(is_new: bool) -> Result<Sensitive<String>, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage("there is no passphrase", "no file is given, and standard input is not a terminal")
            .then("give --passphrase-file FILE"));
    }
    let ask = |prompt: &str| {
        let typed = rpassword::prompt_password(prompt);
        typed.map(Sensitive::new).map_err(|error| Failure::new("the terminal gives no passphrase", error))
    };
    let first = ask("Passphrase: ")?;
    if is_new && ask("Again: ")? != first {
        return Err(Failure::usage("the passphrase cannot be used", "the two entries differ"));
    }
    Ok(first)
}
