//! The botocore that pip installed.

use std::error::Error;
use std::ffi::OsString;
use std::process::Command;

/// The version that the generated modules come from.
pub(crate) const VERSION: &str = "1.43.11";

/// Prints the model of a folder of botocore's data, unpacked if need be.
const PRINT_MODEL: &str = "\
import botocore, gzip, os, shutil, sys
path = os.path.join(os.path.dirname(botocore.__file__), 'data', sys.argv[1], 'service-2.json')
with open(path, 'rb') if os.path.exists(path) else gzip.open(path + '.gz') as model:
    shutil.copyfileobj(model, sys.stdout.buffer)
";

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
    pub(crate) fn model(&self, folder: &str) -> Result<Vec<u8>, Box<dyn Error>> {
        let output = Command::new(&self.python).args(["-c", PRINT_MODEL, folder]).output()?;
        if !output.status.success() {
            return Err(format!("{folder}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(output.stdout)
    }
}

fn is_pinned(python: &OsString) -> bool {
    let version = Command::new(python).args(["-c", "import botocore; print(botocore.__version__)"]).output();
    version.is_ok_and(|output| output.status.success() && output.stdout.trim_ascii() == VERSION.as_bytes())
}
