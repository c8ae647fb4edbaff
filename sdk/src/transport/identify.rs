//! Identifies resources in paths: by text, by number, or by an object that the service returned. All forms become an
//! [`Identified`], which is the text or the reason why there is none.

use std::fmt::Display;

use super::response::Response;

/// Identifies a resource `R` (one of [`id`](crate::id)) in the path of a request.
///
/// Implemented for text, numbers and [`Uuid`](crate::Uuid)s, and for objects that the service returned: a `&Pipeline`,
/// or the `&Response<Pipeline>` it came in. If an object lacks the member that identifies it, sending the request fails
/// with [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), and the error names the member.
///
/// The trait is sealed, since nobody else can name what its method returns: the generator decides which member identifies
/// which resource.
///
/// ```no_run
/// # #[cfg(feature = "pipelines")]
/// # async fn run(client: bitbucket_cloud::Client) -> Result<(), bitbucket_cloud::Error> {
/// let pipelines = client.pipelines();
/// let by_number = pipelines.get("acme", "rocket", 17).send().await?;
/// let by_object = pipelines.get("acme", "rocket", &by_number).send().await?;
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0603
/// use bitbucket_cloud::transport::Identified;
///
/// struct Build(Identified);
///
/// impl<R> bitbucket_cloud::Identify<R> for Build {
///     fn id(self) -> Identified {
///         self.0
///     }
/// }
/// ```
pub trait Identify<R> {
    #[doc(hidden)]
    fn id(self) -> Identified;
}

impl<R, T: Display> Identify<R> for T {
    #[inline]
    fn id(self) -> Identified {
        Identified(Ok(self.to_string()))
    }
}

/// The value for the path, or why there is none.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Identified(Result<String, String>);

impl Identified {
    /// The value of a member of an object.
    pub(crate) fn member(model: &str, member: &str, value: Option<&dyn Display>) -> Self {
        let missing = || format!("the `{model}` has no `{member}`, which identifies it");
        Self(value.map(ToString::to_string).ok_or_else(missing))
    }
}

// Extension traits keep an identifier and use it in several requests.
impl<R> Identify<R> for &Identified {
    #[inline]
    fn id(self) -> Identified {
        self.clone()
    }
}

// A response stands for what it holds.
impl<'r, R, T> Identify<R> for &'r Response<T>
where
    &'r T: Identify<R>,
{
    #[inline]
    fn id(self) -> Identified {
        Identify::<R>::id(&**self)
    }
}

/// A value of a path parameter.
pub(crate) trait PathValue {
    fn text(&self) -> Result<String, String>;
}

impl<T: Display> PathValue for T {
    #[inline]
    fn text(&self) -> Result<String, String> {
        Ok(self.to_string())
    }
}

impl PathValue for Identified {
    #[inline]
    fn text(&self) -> Result<String, String> {
        self.0.clone()
    }
}

/// Implements `Identify` for references to an object: `identified_by!(Pipeline, member: "uuid", value: uuid);`, with
/// the member in JSON, and the field or accessor that reads it.
macro_rules! identified_by {
    ($name:ident, member: $member:literal, value: $($value:tt)+) => {
        impl $crate::Identify<$crate::id::$name> for &$name {
            #[inline]
            fn id(self) -> $crate::transport::Identified {
                $crate::transport::Identified::member(
                    stringify!($name),
                    $member,
                    self.$($value)+.as_ref().map(|value| value as &dyn ::std::fmt::Display),
                )
            }
        }
    };
}
pub(crate) use identified_by;
