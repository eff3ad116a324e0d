//! The seals of the regions' root keys, with the passphrases that open them.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal};
use std::sync::Arc;

use claviger_host::{Passphrase, PassphraseCost, RootSeal, RootSeals};
use claviger_types::Region;
use zeroize::Zeroizing;

use crate::config::{PassphraseSource, Seal, Settings};
use crate::failure::Failure;
use crate::system;

use super::files;

/// The least bytes of a passphrase that is chosen. A copied file can be tried as often as somebody likes.
const BYTES_MIN: usize = 12;

/// The seals of regions that exist.
pub(crate) fn open(settings: &Settings) -> Result<RootSeals, Failure> {
    seals(settings, |source, region| read(source, region, false))
}

/// The seals of regions that are made now. A passphrase that is asked for is asked for twice, and short ones are refused.
pub(crate) fn choose(settings: &Settings) -> Result<RootSeals, Failure> {
    seals(settings, |source, region| {
        let passphrase = read(source, region, true)?;
        if passphrase.bytes() < BYTES_MIN {
            let why = format!(
                "a copied file can be tried any number of times, and this one has {} bytes",
                passphrase.bytes()
            );
            return Err(Failure::usage("the passphrase is too short", why)
                .then(format!("take at least {BYTES_MIN}, such as four random words")));
        }
        Ok(passphrase)
    })
}

fn seals(
    settings: &Settings,
    read: impl Fn(&PassphraseSource, &Region) -> Result<Passphrase, Failure>,
) -> Result<RootSeals, Failure> {
    let mut seals = BTreeMap::new();
    for (region, configured) in &settings.regions {
        let seal = match configured {
            Seal::File => RootSeal::File,
            Seal::Passphrase(source) => {
                let passphrase = Arc::new(read(source, region)?);
                RootSeal::Passphrase { passphrase, cost: PassphraseCost::default() }
            }
        };
        seals.insert(region.clone(), seal);
    }
    Ok(RootSeals::new(seals))
}

fn read(source: &PassphraseSource, region: &Region, twice: bool) -> Result<Passphrase, Failure> {
    let bytes = match source {
        PassphraseSource::File(path) => without_line_end(files::read_private(path)?),
        PassphraseSource::Variable(name) => {
            let absent = || {
                Failure::new(
                    format!("the root key of {region} cannot be opened"),
                    format!("the variable {name} is not set"),
                )
                .then("set it for the server's process, or change passphrase_variable")
            };
            Zeroizing::new(system::variable(name).ok_or_else(absent)?.into_bytes())
        }
        PassphraseSource::Asked => asked(region, twice)
            .map_err(|error| Failure::new(format!("the passphrase of region {region} was not given"), error))?,
    };
    Ok(Passphrase::new(bytes))
}

/// Asks at the terminal, or takes a line of the standard input for each region, in the order of their names.
fn asked(region: &Region, twice: bool) -> io::Result<Zeroizing<Vec<u8>>> {
    if !io::stdin().is_terminal() {
        let mut line = Zeroizing::new(Vec::with_capacity(4096));
        io::stdin().lock().read_until(b'\n', &mut line)?;
        return if line.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(without_line_end(line)) };
    }
    let ask = |prompt: String| rpassword::prompt_password(prompt).map(|text| Zeroizing::new(text.into_bytes()));
    let first = ask(format!("Passphrase of region {region}: "))?;
    if twice && *ask("The same again: ".to_owned())? != *first {
        return Err(io::Error::other("the two differ"));
    }
    Ok(first)
}

fn without_line_end(mut bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_no_part_of_a_passphrase() {
        for (text, expected) in
            [("a b", "a b"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a "), ("", "")]
        {
            assert_eq!(*without_line_end(Zeroizing::new(text.into())), expected.as_bytes(), "{text:?}");
        }
    }
}
