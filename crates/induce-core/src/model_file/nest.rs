//! Models within models: the members of an ensemble, each a whole file of its own kind.

use super::ModelFile;
use crate::Result;

/// Between the name of a member and the names within it.
const SEPARATOR: char = '/';

/// Deepest nesting: opening a file that nests without end would end the process.
const DEEPEST: usize = 4;

impl ModelFile {
    /// Put `member` into this file under `name`.
    pub fn put_file(&mut self, name: &str, member: Self) {
        self.metadata
            .insert(format!("{name}{SEPARATOR}kind"), member.kind);
        for (key, value) in member.metadata {
            self.metadata
                .insert(format!("{name}{SEPARATOR}meta.{key}"), value);
        }
        for (key, tensor) in member.tensors {
            self.tensors.insert(format!("{name}{SEPARATOR}{key}"), tensor);
        }
    }

    /// Whether there is a member called `name`.
    pub fn has_file(&self, name: &str) -> bool {
        self.metadata.contains_key(&format!("{name}{SEPARATOR}kind"))
    }

    /// The member called `name`, unchecked but for being there, and not too deep within other members.
    ///
    /// # Errors
    /// If there is no such member, or it lies too deep.
    pub fn file_at(&self, name: &str) -> Result<Self> {
        if self.depth >= DEEPEST {
            return Err(self.fault(format!("more than {DEEPEST} models lie within each other")));
        }
        let prefix = format!("{name}{SEPARATOR}");
        let mut member = Self::new(self.text(&format!("{prefix}kind"))?);
        member.file = format!("{}, {name}", self.file);
        member.version = self.version;
        member.depth = self.depth + 1;
        let metadata = self
            .metadata
            .range(prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&prefix));
        for (key, value) in metadata {
            if let Some(key) = key[prefix.len()..].strip_prefix("meta.") {
                member.metadata.insert(key.into(), value.clone());
            }
        }
        let tensors = self
            .tensors
            .range(prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&prefix));
        for (key, tensor) in tensors {
            member.tensors.insert(key[prefix.len()..].into(), tensor.clone());
        }
        Ok(member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_comes_back_as_it_was() {
        let mut member = ModelFile::new("tree");
        member.put("leaf.value", vec![1.0, 2.0]);
        member.metadata.insert("spec".into(), "{}".into());
        let mut outer = ModelFile::new("bagging");
        outer.put_file("member.1", member.clone());
        outer.put_file("member.10", ModelFile::new("boost"));
        let back = ModelFile::read_bytes("x", &outer.to_bytes().unwrap()).unwrap();
        let found = back.file_at("member.1").unwrap();
        assert_eq!(
            (&found.kind, &found.metadata, &found.tensors),
            (&member.kind, &member.metadata, &member.tensors)
        );
        assert_eq!(back.file_at("member.10").unwrap().kind, "boost");
        assert!(back.file_at("member.2").is_err() && !back.has_file("member.2"));
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = (0..9).fold(ModelFile::new("tree"), |inner, _| {
            let mut outer = ModelFile::new("bagging");
            outer.put_file("member.0", inner);
            outer
        });
        let opened = (0..9).try_fold(nested, |file, _| file.file_at("member.0"));
        assert!(opened.is_err());
    }
}
