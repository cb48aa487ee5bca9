//! Whether the files of a plan can be written, before anything is signed: a certificate whose files cannot be written stays on
//! record without being of use to anybody.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hf_topology::plan::{Plan, Step};

use super::directory::DirectoryError;
use super::owner::Owner;
use crate::domain::Domain;
use crate::error::CommandError;

/// Look at the place of each directory that is to be written.
pub(super) fn check(domain: &Domain, plan: &Plan) -> Result<(), CommandError> {
    for step in &plan.changes {
        if let Step::WriteFiles { spec, .. } = step {
            let owner = Owner::named(spec.settings.owner.as_deref(), spec.settings.group.as_deref())?;
            try_out(&domain.instance(&spec.instance), owner)
                .map_err(|error| CommandError::from(error).hint("nothing was changed"))?;
        }
    }
    Ok(())
}

/// Write a file there, or where the directory will be made, give it to its owner and take it away.
fn try_out(directory: &Path, owner: Owner) -> Result<(), DirectoryError> {
    let place = existing(directory)?;
    let failed = |operation, path: &Path| {
        let path = path.to_owned();
        move |source| DirectoryError { operation, path, source }
    };
    let file = tempfile::Builder::new()
        .prefix(".try-")
        .tempfile_in(&place)
        .map_err(|error| failed("write files in", &place)(error))?;
    owner.give(file.path()).map_err(failed("change the owner of", &place))?;
    file.close().map_err(failed("remove files in", &place))
}

/// The directory itself, or the nearest one above it that is there.
fn existing(directory: &Path) -> Result<PathBuf, DirectoryError> {
    let mut place = directory;
    loop {
        match fs::metadata(place) {
            Ok(found) if found.is_dir() => return Ok(place.to_owned()),
            Ok(_) => return Err(not_made(directory, io::ErrorKind::NotADirectory.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(not_made(directory, error)),
        }
        let Some(above) = place.parent() else {
            return Err(not_made(directory, io::ErrorKind::NotFound.into()));
        };
        place = above;
    }
}

fn not_made(directory: &Path, source: io::Error) -> DirectoryError {
    DirectoryError { operation: "make the directory", path: directory.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_written_is_left_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        try_out(&root.path().join("trust/a1"), Owner::default()).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("trust"), "in the way").unwrap();
        let error = try_out(&root.path().join("trust/a1"), Owner::default()).unwrap_err();
        assert!(error.to_string().ends_with("trust/a1`"), "{error}");
    }
}
