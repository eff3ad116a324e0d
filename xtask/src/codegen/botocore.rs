//! The botocore that pip installed.

use std::error::Error;
use std::ffi::OsString;
use std::process::Command;

/// The version that the generated modules come from.
pub(crate) const VERSION: &str = "1.43.11";

/// Prints the SHA-256 digest of the model of a folder of botocore's data, a line feed, and the model, unpacked if need be.
const PRINT_MODEL: &str = "\
import botocore, gzip, hashlib, os, sys
path = os.path.join(os.path.dirname(botocore.__file__), 'data', sys.argv[1], 'service-2.json')
with open(path, 'rb') if os.path.exists(path) else gzip.open(path + '.gz') as file:
    model = file.read()
sys.stdout.buffer.write(hashlib.sha256(model).hexdigest().encode() + b'\\n' + model)
";

/// A service's model as botocore ships it.
pub(crate) struct ModelFile {
    /// The SHA-256 digest of `json`, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) json: Vec<u8>,
}

/// An installed botocore of the pinned version.
pub(crate) struct Botocore {
    python: OsString,
}

impl Botocore {
    /// Looks in `$PYTHON`, the workspace's virtual environment, and `python3`.
    #[expect(clippy::disallowed_methods, reason = "a task of the workspace may ask which Python it should use")]
    pub(crate) fn find() -> Option<Botocore> {
        let environment = crate::workspace().join(".venv/bin/python").into_os_string();
        let candidates = [std::env::var_os("PYTHON"), Some(environment), Some("python3".into())];
        candidates.into_iter().flatten().find(is_pinned).map(|python| Botocore { python })
    }

    /// The model in this folder of botocore's data: `kms/2014-11-01`.
    pub(crate) fn model(&self, folder: &str) -> Result<ModelFile, Box<dyn Error>> {
        let output = Command::new(&self.python).args(["-c", PRINT_MODEL, folder]).output()?;
        if !output.status.success() {
            return Err(format!("{folder}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let at = output.stdout.iter().position(|byte| *byte == b'\n').ok_or("the model has no digest")?;
        let (sha256, json) = output.stdout.split_at(at);
        Ok(ModelFile { sha256: String::from_utf8(sha256.to_vec())?, json: json.to_vec() })
    }
}

fn is_pinned(python: &OsString) -> bool {
    let version = Command::new(python).args(["-c", "import botocore; print(botocore.__version__)"]).output();
    version.is_ok_and(|output| output.status.success() && output.stdout.trim_ascii() == VERSION.as_bytes())
}
