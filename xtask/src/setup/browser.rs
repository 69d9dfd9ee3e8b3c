//! A browser without a window, Chromium, and what drives it from Node.js.

use anyhow::Result;
use std::env::{self, consts::ARCH};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{debian, node};
use crate::files;
use crate::progress::{self, Step};
use crate::workspace::Workspace;

/// What shows pages.
pub(crate) struct Browser {
    executable: PathBuf,
    /// Where it was unpacked, if it was not on the `PATH`.
    folder: Option<PathBuf>,
    /// A folder with the packages that drive it.
    pub(crate) driver: PathBuf,
}

/// Chromium of the `PATH`, or Debian's in `target/wasocket/chromium`: 400 MB.
pub(crate) fn find_or_install(workspace: &Workspace) -> Result<Browser> {
    let driver = node::browser_driver(workspace)?;
    if let Some(executable) = on_path() {
        progress::already("Chromium", &executable.display().to_string());
        return Ok(Browser { executable, folder: None, driver });
    }
    let folder = workspace.artefact("chromium");
    let executable = folder.join("root/usr/lib/chromium/chromium");
    if executable.exists() {
        progress::already("Chromium", "unpacked");
    } else {
        let mut step = Step::start("Chromium");
        debian::unpack(&mut step, &folder, &PACKAGES)?;
        files::write(&folder.join("fonts.conf"), fonts(&folder))?;
        step.finish(&folder.display().to_string());
    }
    Ok(Browser { executable, folder: Some(folder), driver })
}

impl Browser {
    /// Node.js with a program that is told the browser first, and then the rest of the arguments.
    pub(crate) fn node(&self, program: &Path) -> Result<Command> {
        let mut node = Command::new("node");
        node.arg(program).arg(&self.executable).current_dir(&self.driver);
        if let Some(folder) = &self.folder {
            let libraries = folder.join(format!("root/usr/lib/{ARCH}-linux-gnu"));
            let own = [libraries.join("pulseaudio"), libraries];
            let path = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
            node.env("LD_LIBRARY_PATH", env::join_paths(own.into_iter().chain(env::split_paths(&path)))?);
            node.env("FONTCONFIG_FILE", folder.join("fonts.conf"));
        }
        Ok(node)
    }
}

fn on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let places = env::split_paths(&path);
    places.flat_map(|place| NAMES.map(|name| place.join(name))).find(|executable| executable.is_file())
}

/// The system may have no fonts of its own, nor a configuration.
fn fonts(folder: &Path) -> String {
    let (own, cache) = (folder.join("root/usr/share/fonts"), folder.join("fonts"));
    format!(
        "<?xml version=\"1.0\"?>\n<fontconfig>\n<dir>/usr/share/fonts</dir>\n<dir>{}</dir>\n<cachedir>{}</cachedir>\n</fontconfig>\n",
        own.display(),
        cache.display()
    )
}

/// The browser, and a font.
const PACKAGES: [&str; 2] = ["chromium", "fonts-dejavu-core"];

/// What it is called.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
