//! Versions of the crate, and how far one must go.

use super::finding::Finding;
use super::rule::EffectClass;

/// A version, without what may follow its three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    /// Reads `1.2.3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim().split(['.', '-', '+']);
        let mut next = || numbers.next()?.parse().ok();
        Some(Self { major: next()?, minor: next()?, patch: next()? })
    }
}

/// How far a version goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BumpLevel {
    /// Not at all.
    None,
    /// The last number.
    Patch,
    /// The middle number.
    Minor,
    /// The first number.
    Major,
}

impl BumpLevel {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// What the findings demand of the version, and what the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bump {
    /// By the worst finding that is not accepted.
    pub required: BumpLevel,
    /// The last version that was released, if there is one.
    pub released: Option<String>,
    /// What `sdk/Cargo.toml` says.
    pub declared: String,
    /// Whether that goes far enough.
    pub enough: bool,
}

impl Bump {
    /// Judges the declared version.
    #[must_use]
    pub fn of(findings: &[Finding], released: Option<&str>, declared: &str) -> Self {
        let worst = findings.iter().filter(|finding| finding.accepted.is_none()).map(|finding| finding.class).min();
        let required = match worst {
            None => BumpLevel::None,
            Some(EffectClass::Blocks | EffectClass::Compile | EffectClass::Runtime) => BumpLevel::Major,
            Some(EffectClass::Extends | EffectClass::Lint) => BumpLevel::Minor,
            Some(EffectClass::None) => BumpLevel::Patch,
        };
        let enough = match (released.and_then(Version::parse), Version::parse(declared)) {
            (Some(old), Some(new)) => went(old, new) >= lowered(required, old) || new.major > old.major,
            // Nothing is released that could break.
            _ => true,
        };
        Self { required, released: released.map(str::to_owned), declared: declared.to_owned(), enough }
    }
}

/// Before 1.0, what breaks raises the second number, and everything else the third.
fn lowered(step: BumpLevel, old: Version) -> BumpLevel {
    match step {
        BumpLevel::Major if old.major == 0 => BumpLevel::Minor,
        BumpLevel::Minor if old.major == 0 => BumpLevel::Patch,
        step => step,
    }
}

fn went(old: Version, new: Version) -> BumpLevel {
    if new.major > old.major {
        BumpLevel::Major
    } else if (new.major, new.minor) > (old.major, old.minor) {
        BumpLevel::Minor
    } else if new > old {
        BumpLevel::Patch
    } else {
        BumpLevel::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enough(class: EffectClass, released: &str, declared: &str) -> bool {
        Bump::of(&[Finding::new("op-added", class, "x")], Some(released), declared).enough
    }

    #[test]
    fn below_one_what_breaks_raises_the_second_number() {
        assert!(enough(EffectClass::Compile, "0.4.0", "0.5.0"));
        assert!(!enough(EffectClass::Compile, "0.4.0", "0.4.1"));
        assert!(enough(EffectClass::Extends, "0.4.0", "0.4.1"));
        assert!(!enough(EffectClass::Extends, "0.4.0", "0.4.0"));
        assert!(!enough(EffectClass::Runtime, "1.4.0", "1.5.0"));
        assert!(enough(EffectClass::Runtime, "1.4.0", "2.0.0"));
        assert!(enough(EffectClass::Lint, "1.4.0", "1.5.0"));
    }
}
