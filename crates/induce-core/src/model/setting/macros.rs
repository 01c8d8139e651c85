//! One text from which a model's settings follow: struct, defaults, checks, table, search space.

use super::Setting;

/// Settings as plain data, from one text.
///
/// Every field has a sentence (its documentation, and what `induce models` prints), a type, a default and, where the type
/// does not say it, a range. From them follow the struct with serde, `Default`, `check_ranges()`, and the table `SETTINGS`
/// that the command line, Python, the reference pages and the search of settings read. So what people are told and what is
/// checked cannot differ. A last line `..part: Part = value;` takes in the settings of another struct, which says
/// `part struct`. Words after `alias` are names of earlier versions, which stay readable. `when other ["word"]` and
/// `unless other ["0"]` say on which values of another setting it has an effect: set without one it is refused.
///
/// ```
/// use induce_core::model::{Space, range};
///
/// induce_core::settings! {
///     /// Settings of k-means.
///     pub struct Spec {
///         /// Number of clusters
///         n_clusters: usize = 8, in range::from(1), search Space::Whole(2, 64), alias "clusters";
///         /// Relative change of the objective at which the iteration ends
///         tolerance: f64 = 1e-4, in range::at_least(0.0);
///     }
/// }
///
/// assert_eq!(Spec::SETTINGS[0].range.to_string(), ">= 1");
/// assert_eq!(Spec::SETTINGS[0].doc, "Number of clusters");
/// let wrong = Spec { n_clusters: 0, ..Spec::default() };
/// assert_eq!(wrong.check_ranges().unwrap_err().to_string(), "`n_clusters` cannot be 0: it must be at least 1");
/// ```
#[macro_export]
macro_rules! settings {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident : $type:ty = $default:expr
                    $(, in $range:expr)?
                    $(, search $space:expr)?
                    $(, alias $alias:literal)*
                    $(, when $with:ident [$($word:literal),+])?
                    $(, unless $without:ident [$($not:literal),+])?
                ;
            )+
        }
    ) => {
        $crate::settings! { @define [default, deny_unknown_fields]
            $(#[$meta])*
            $visibility struct $name {
                $($(#[doc = $doc])+ $field: $type = $default $(, in $range)? $(, search $space)? $(, alias $alias)*
                    $(, when $with [$($word),+])? $(, unless $without [$($not),+])?;)+
            }
        }
    };
    (
        $(#[$meta:meta])*
        $visibility:vis part struct $name:ident { $($body:tt)* }
    ) => {
        $crate::settings! { @define [default] $(#[$meta])* $visibility struct $name { $($body)* } }
    };
    // With a part; serde cannot refuse unknown fields where it flattens.
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident { $($body:tt)* }
    ) => {
        $crate::settings! { @define [default] $(#[$meta])* $visibility struct $name { $($body)* } }
    };
    (
        @define [$($serde:tt)*]
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident : $type:ty = $default:expr
                    $(, in $range:expr)?
                    $(, search $space:expr)?
                    $(, alias $alias:literal)*
                    $(, when $with:ident [$($word:literal),+])?
                    $(, unless $without:ident [$($not:literal),+])?
                ;
            )+
            $(.. $(#[doc = $part_doc:literal])+ $part:ident : $part_type:ty = $part_default:expr;)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde($($serde)*)]
        $visibility struct $name {
            $(
                $(#[doc = $doc])+
                $(#[serde(alias = $alias)])*
                pub $field: $type,
            )+
            $(
                $(#[doc = $part_doc])+
                #[serde(flatten)]
                pub $part: $part_type,
            )?
        }

        impl ::std::default::Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ $($part: $part_default,)? }
            }
        }

        impl $name {
            /// Every setting, in the order of the reference.
            pub const SETTINGS: &'static [$crate::model::Setting] =
                $crate::settings!(@all Self::OWN_SETTINGS $(, $part_type)?);

            const OWN_SETTINGS: &'static [$crate::model::Setting] = &[$(
                $crate::model::Setting {
                    name: stringify!($field),
                    aliases: &[$($alias),*],
                    doc: $crate::model::trimmed(concat!($($doc),+)),
                    range: $crate::settings!(@range $type $(, $range)?),
                    search: $crate::settings!(@search $($space)?),
                    when: $crate::settings!(@when $($with [$($word),+])? $(! $without [$($not),+])?),
                },
            )+];

            /// Hold every value against its range.
            ///
            /// # Errors
            /// For the first that is outside.
            pub fn check_ranges(&self) -> $crate::Result<()> {
                $(
                    let range = $crate::settings!(@range $type $(, $range)?);
                    $crate::model::SettingValue::check(&self.$field, stringify!($field), &range)?;
                )+
                $(self.$part.check_ranges()?;)?
                Ok(())
            }
        }
    };
    (@all $own:expr) => { $own };
    (@all $own:expr, $part:ty) => {
        &$crate::model::both::<{ $own.len() + <$part>::SETTINGS.len() }>($own, <$part>::SETTINGS)
    };
    (@range $type:ty, $range:expr) => { $range };
    (@range $type:ty) => { <$type as $crate::model::SettingValue>::RANGE };
    (@search $space:expr) => { Some($space) };
    (@search) => { None };
    (@when $with:ident [$($word:literal),+]) => {
        Some($crate::model::When { setting: stringify!($with), is: true, values: &[$($word),+] })
    };
    (@when ! $without:ident [$($not:literal),+]) => {
        Some($crate::model::When { setting: stringify!($without), is: false, values: &[$($not),+] })
    };
    (@when) => { None };
}

/// A closed set of words as an enum: serde, [`FromStr`](std::str::FromStr), names, and a range for [`settings!`].
///
/// ```
/// induce_core::choices! {
///     /// In which order leaves are split.
///     pub enum Growth {
///         /// Level by level.
///         Depthwise = "depthwise",
///         /// The leaf of largest gain first.
///         Leafwise = "leafwise" | "lossguide",
///     }
/// }
///
/// assert_eq!(Growth::NAMES, ["depthwise", "leafwise"]);
/// assert_eq!(Growth::Leafwise.name(), "leafwise");
/// // Words of earlier versions after `|` stay readable.
/// assert_eq!("lossguide".parse::<Growth>()?, Growth::Leafwise);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[macro_export]
macro_rules! choices {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $(
                $(#[$variant_meta:meta])*
                $variant:ident = $word:literal $(| $alias:literal)*
            ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
        $visibility enum $name {
            $(
                $(#[$variant_meta])*
                #[serde(rename = $word $(, alias = $alias)*)]
                $variant,
            )+
        }

        impl $name {
            /// Every name, in the order of the reference.
            pub const NAMES: &'static [&'static str] = &[$($word),+];

            /// The name after `--set`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::Error;

            fn from_str(text: &str) -> $crate::Result<Self> {
                match text {
                    $($word $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err($crate::Error::UnknownName {
                        what: "choice",
                        name: text.into(),
                        known: Self::NAMES.iter().map(|name| (*name).into()).collect(),
                    }),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl $crate::model::SettingValue for $name {
            const RANGE: $crate::model::Range = $crate::model::Range::OneOf(Self::NAMES);

            fn check(&self, _: &str, _: &$crate::model::Range) -> $crate::Result<()> {
                Ok(())
            }
        }
    };
}

/// A documentation text without the space that `///` leaves in front.
#[doc(hidden)]
pub const fn trimmed(doc: &'static str) -> &'static str {
    match doc.as_bytes() {
        [b' ', ..] => doc.split_at(1).1,
        _ => doc,
    }
}

/// The settings of a model and of a part of it.
#[doc(hidden)]
pub const fn both<const N: usize>(own: &[Setting], part: &[Setting]) -> [Setting; N] {
    let mut all = [own[0]; N];
    let mut i = 0;
    while i < N {
        all[i] = if i < own.len() {
            own[i]
        } else {
            part[i - own.len()]
        };
        i += 1;
    }
    all
}
