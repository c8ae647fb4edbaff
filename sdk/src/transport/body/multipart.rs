//! Multipart forms. Parts come from memory, from files and from streams, and are sent in the order in which they were
//! added; names cannot break out of their header.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use reqwest::header::HeaderValue;

use super::{Body, OnProgress, Segment};

/// Parts smaller than this, in bytes, are copied together with their header.
const MAX_JOINED: usize = 16 * 1024;
const BINARY: &str = "application/octet-stream";

/// A `multipart/form-data` body for uploads. Parts are sent in the order in which they were added.
///
/// A form with a [`stream`](Self::stream) can be sent only once, so its call is neither retried nor redirected. Forms
/// of text, bytes and files on disk can be sent again.
///
/// ```
/// use bitbucket_cloud::Multipart;
///
/// let form = Multipart::new()
///     .text("message", "add the manual")
///     .file("docs/manual.md", "manual.md", "# Manual\n");
/// assert!(format!("{form:?}").contains("docs/manual.md"));
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Multipart {
    parts: Vec<Part>,
    progress: Option<OnProgress>,
    /// The first error in the form.
    invalid: Option<String>,
}

#[derive(Clone)]
struct Part {
    name: String,
    /// File name, media type and further parameters of a file.
    file: Option<(String, String, &'static str)>,
    data: Segment,
}

impl Multipart {
    /// A form without parts.
    ///
    /// ```
    /// let form = bitbucket_cloud::Multipart::new();
    /// ```
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    ///
    /// ```
    /// let form = bitbucket_cloud::Multipart::new().text("branch", "main");
    /// ```
    #[inline]
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let data = Segment::Bytes(Bytes::from(value.into()));
        self.parts.push(Part { name: name.into(), file: None, data });
        self
    }

    /// Adds a file with the media type `application/octet-stream`, from memory.
    ///
    /// ```
    /// use bitbucket_cloud::Multipart;
    ///
    /// let form = Multipart::new().file("files", "report.pdf", vec![0x25, 0x50]);
    /// ```
    #[inline]
    pub fn file(self, name: impl Into<String>, file_name: impl Into<String>, data: impl Into<Bytes>) -> Self {
        self.typed_file(name, file_name, BINARY, data)
    }

    /// Adds a file with another media type, from memory.
    ///
    /// ```
    /// use bitbucket_cloud::Multipart;
    ///
    /// let form = Multipart::new().typed_file("files", "a.svg", "image/svg+xml", "<svg/>");
    /// ```
    #[inline]
    pub fn typed_file(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        data: impl Into<Bytes>,
    ) -> Self {
        self.part(name.into(), file_name.into(), content_type.into(), "", Ok(Segment::Bytes(data.into())))
    }

    /// Adds a file from disk, which is read in chunks while it is sent. If it is missing or not a file, sending the
    /// request fails before anything is sent; if its length changes while it is sent, the request fails.
    ///
    /// ```
    /// use bitbucket_cloud::Multipart;
    ///
    /// let form = Multipart::new().path("files", "tool.tar.gz", "target/tool.tar.gz");
    /// ```
    #[inline]
    pub fn path(self, name: impl Into<String>, file_name: impl Into<String>, path: impl AsRef<Path>) -> Self {
        self.part(name.into(), file_name.into(), BINARY.into(), "", Segment::file(path.as_ref()))
    }

    /// Adds a file from a stream, with its length in bytes if that is known. Without it the body is sent with chunked
    /// encoding, which not every service accepts. If the stream has another length, the request fails.
    ///
    /// ```
    /// # fn run<S>(stream: S) -> bitbucket_cloud::Multipart
    /// # where S: futures_core::Stream<Item = std::io::Result<bytes::Bytes>> + Send + 'static {
    /// bitbucket_cloud::Multipart::new().stream("files", "dump.sql", stream, Some(1_048_576))
    /// # }
    /// ```
    #[inline]
    pub fn stream(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        self.part(name.into(), file_name.into(), BINARY.into(), "", Ok(Segment::stream(stream, length)))
    }

    /// Sets a function that is called with the number of bytes sent and, if it is known, the length of the whole body.
    /// Each attempt starts at 0 again. The function must not block.
    ///
    /// ```
    /// use bitbucket_cloud::Multipart;
    ///
    /// let form = Multipart::new().path("files", "tool.tar.gz", "target/tool.tar.gz");
    /// let form = form.on_progress(|sent, total| println!("{sent} of {total:?} bytes"));
    /// ```
    #[inline]
    pub fn on_progress(mut self, progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Adds a file whose header has further parameters; `parameters` is written as it is.
    #[inline]
    pub(crate) fn part(
        mut self,
        name: String,
        file_name: String,
        content_type: String,
        parameters: &'static str,
        data: Result<Segment, String>,
    ) -> Self {
        match data {
            Ok(data) => self.parts.push(Part { name, file: Some((file_name, content_type, parameters)), data }),
            Err(reason) => {
                self.invalid.get_or_insert(reason);
            }
        }
        self
    }

    #[inline]
    pub(super) fn into_body(self) -> Result<Body, String> {
        if let Some(reason) = self.invalid {
            return Err(reason);
        }
        let boundary = boundary();
        let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
        let content_type = content_type.map_err(|_| "the boundary of the form is not valid")?;
        let mut body = Body::pieces(content_type, segments(&self.parts, &boundary));
        body.progress = self.progress;
        Ok(body)
    }
}

#[inline]
fn segments(parts: &[Part], boundary: &str) -> Vec<Segment> {
    let (mut segments, mut text) = (Vec::new(), BytesMut::new());
    for part in parts {
        text.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"").as_bytes());
        text.extend_from_slice(quote(&part.name).as_bytes());
        text.extend_from_slice(b"\"");
        if let Some((file_name, content_type, parameters)) = &part.file {
            let (file_name, content_type) = (quote(file_name), quote(content_type));
            text.extend_from_slice(
                format!("; filename=\"{file_name}\"{parameters}\r\nContent-Type: {content_type}").as_bytes(),
            );
        }
        text.extend_from_slice(b"\r\n\r\n");
        match &part.data {
            Segment::Bytes(bytes) if bytes.len() < MAX_JOINED => text.extend_from_slice(bytes),
            large => {
                segments.push(Segment::Bytes(text.split().freeze()));
                segments.push(large.clone());
            }
        }
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    segments.push(Segment::Bytes(text.freeze()));
    segments
}

/// Random enough that no part contains it by accident.
#[inline]
fn boundary() -> String {
    let part = || RandomState::new().hash_one(0);
    format!("form-{:016x}{:016x}", part(), part())
}

/// Escapes the three characters that the HTML standard escapes in names; slashes stay as they are.
#[inline]
fn quote(text: &str) -> String {
    text.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

impl fmt::Debug for Multipart {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.parts.iter().map(|part| &part.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multipart_names_cannot_break_out_of_their_header() {
        let form = Multipart::new().text("a\"\r\nX: y", "1").file("docs/ü.md", "ü.md", "text");
        let expected = "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"\r\n\r\n1\r\n\
                        --B\r\nContent-Disposition: form-data; name=\"docs/ü.md\"; filename=\"ü.md\"\r\n\
                        Content-Type: application/octet-stream\r\n\r\ntext\r\n--B--\r\n";
        let [Segment::Bytes(bytes)] = &*segments(&form.parts, "B") else { panic!("one piece") };
        assert_eq!(String::from_utf8_lossy(bytes), expected);
    }

    #[test]
    fn a_file_that_is_missing_is_found_before_anything_is_sent() {
        let error = Multipart::new().path("files", "a", "/no/such/file").into_body().err().unwrap();
        assert!(error.contains("cannot be read"), "{error}");
        assert!(Multipart::new().path("files", "a", "/").into_body().is_err());
    }
}
